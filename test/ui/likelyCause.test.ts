import * as assert from 'node:assert/strict';
import type { ClientFailure } from '../../src/client/clientFailure';
import { defaultTls } from '../../src/ui/connections/tlsProfile';
import { explainClientFailure } from '../../src/ui/reporting/clientFailure';
import { explanationText } from '../../src/ui/reporting/explanation';
import { failingProfile as profile } from '../support/failingProfile';

describe('A failure with a likely cause', () => {
  it('has TLS in the first place where plain TCP met what expects it', () => {
    const reset: ClientFailure = { kind: 'transport', failure: { step: 'tcp', code: 'reset', detail: '' } };
    const closed: ClientFailure = { kind: 'closedByServer', duringConnect: true };
    const unanswered: ClientFailure = { ...reset, duringConnect: true };
    for (const failure of [reset, unanswered, closed]) {
      const { why, next, remedy } = explainClientFailure(failure, { ...profile, port: 8883 });
      assert.match(why, /^Port 8883 is usually for TLS, and this connection speaks without it\. /);
      assert.match(next, /^Choose TLS as the transport/);
      assert.equal(remedy, 'editConnection');
    }
    for (const failure of [unanswered, closed]) {
      const { why, next, remedy } = explainClientFailure(failure, profile);
      assert.match(why, /^Servers do that when the port expects TLS, when/);
      assert.match(next, /^Choose TLS as the transport/);
      assert.equal(remedy, 'editConnection');
    }
    // A connection that had been accepted did speak what the server reads.
    assert.equal(explainClientFailure(reset, profile).remedy, 'connect');
    const tls = { transport: 'tls', proxy: undefined, tls: defaultTls } as const;
    for (const failure of [reset, unanswered, closed]) {
      const text = explanationText(explainClientFailure(failure, { ...profile, port: 8883, network: tls }));
      assert.doesNotMatch(text, /Choose TLS|expects TLS/);
    }
  });

  it('names the versions of a connection that finds out', () => {
    const automatic = { ...profile, version: 'automatic' } as const;
    const text = (failure: ClientFailure) => explanationText(explainClientFailure(failure, automatic));
    assert.match(text({ kind: 'closedByServer', duringConnect: true }), /do not speak MQTT 5\.0, or/);
    const unsendable = (id: 'passwordWithoutUserName' | 'nullCharacter') =>
      text({ kind: 'connectNotSendable', violation: { id, offset: 9 } });
    assert.match(unsendable('passwordWithoutUserName'), /MQTT 3\.1\.1 has no such CONNECT/);
    assert.match(unsendable('nullCharacter'), /MQTT 5\.0 or 3\.1\.1 has no such CONNECT/);
  });
});

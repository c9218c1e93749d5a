import * as assert from 'node:assert/strict';
import { fakeVscode } from '../support/vscodeFake';
import { Emitter } from '../../src/base/lifecycle';
import { ClientError, type KeptFailure, PublishError } from '../../src/client/mqttClient';
import { ProtocolViolation } from '../../src/protocol/violations';
import type { ConnectionProfile } from '../../src/ui/connections/connectionProfile';
import { reportKeptFailures } from '../../src/ui/connections/keptFailureReporter';
import type { LiveConnection } from '../../src/ui/connections/liveConnection';
import { explainKeptFailure } from '../../src/ui/reporting/publishOutcome';
import { MemorySessionStore } from '../support/memorySessionStore';
import { FakeClock, turn } from '../support/fakeClock';
import { a } from '../support/packets';
import { ScriptedConnection } from '../support/scriptedConnection';
import { benchProfile } from '../support/windowConnection';

const { window } = fakeVscode;
const answered = (reasonCode: number, more = {}) => ({
  outcome: { reasonCode, packetIdentifier: 1, properties: {}, ...more },
});

describe('A message that was kept and did not get through', () => {
  const connection = { profile: benchProfile, version: 5 } as const;
  const cases: readonly [what: string, failure: KeptFailure, text: RegExp][] = [
    [
      'was refused',
      { topicName: 't', ...answered(0x97, { properties: { reasonString: 'ten a day' } }) },
      /^A message that was kept did not get through\. bench refused the message to "t": quota exceeded \(0x97\)\. It says: "ten a day"/,
    ],
    [
      'has expired',
      { topicName: 't', error: new PublishError({ kind: 'expired' }) },
      /Message Expiry Interval passed/,
    ],
    [
      'was taken by a server that lost the session',
      { topicName: undefined, ...answered(0, { sessionLost: true }) },
      /^A message that was kept from earlier: bench had taken it \(PUBREC\) and then lost the session/,
    ],
    [
      'was taken likewise, and is known',
      { topicName: 't', ...answered(0, { sessionLost: true }) },
      /The message to "t": bench had taken it \(PUBREC\)/,
    ],
    [
      'was taken, and its session does not go on on this side',
      { topicName: undefined, error: new ClientError({ kind: 'notConnected' }) },
      /^A message that was kept from earlier: bench had taken it \(PUBREC\), and whether it went on to anybody is not known\. Its session does not go on/,
    ],
    [
      'could not be sent again',
      {
        topicName: undefined,
        error: new ProtocolViolation({ id: 'qosNotSupported', offset: 0, value: 2 }),
      },
      /^A message that was kept from earlier was not sent again: .*\.$/,
    ],
    [
      'belonged to a session that does not go on',
      { topicName: 't', error: new ClientError({ kind: 'notConnected' }) },
      /The message to "t" is lost with its session/,
    ],
  ];
  for (const [what, failure, text] of cases) {
    it(`is told to a person where it ${what}`, () => {
      assert.match(explainKeptFailure(failure, connection), text);
    });
  }

  it('has a line in the log; a warning tells the first and how many there are besides', async () => {
    const failures = new Emitter<{ connection: LiveConnection; failure: KeptFailure }>();
    const lines: string[] = [];
    const warn = (line: string): void => void lines.push(line);
    const clock = new FakeClock();
    const nothing = (): void => undefined;
    reportKeptFailures({ onKeptFailed: failures.event }, { warn, info: nothing, error: nothing }, clock);
    const fail = (topicName: string) =>
      failures.fire({
        connection: connection as unknown as LiveConnection,
        failure: { topicName, ...answered(0x87) },
      });
    window.messages.length = 0;
    for (const topicName of ['a', 'b', 'c']) fail(topicName);
    assert.equal(window.messages.length, 0);
    await clock.pass(1000);
    fail('d');
    await clock.pass(1000);
    assert.equal(lines.length, 4);
    assert.deepEqual(
      window.messages.map(({ kind, buttons }) => `${kind}: ${buttons.join()}`),
      ['warning: Show Log', 'warning: Show Log'],
    );
    assert.match(
      window.messages[0]?.text ?? '',
      /^bench: .*"a".* The log has 2 more that did not get through\.$/,
    );
    assert.match(window.messages[1]?.text ?? '', /^bench: .*"d".*what the server allows this user\.$/);
  });

  it('is told by nobody any more once the window is closed, and a warning that cannot be shown ends up in the log', async () => {
    const failures = new Emitter<{ connection: LiveConnection; failure: KeptFailure }>();
    const lines: string[] = [];
    const nothing = (): void => undefined;
    const clock = new FakeClock();
    const log = { warn: nothing, info: nothing, error: (line: string) => void lines.push(line) };
    const reporter = reportKeptFailures({ onKeptFailed: failures.event }, log, clock);
    const failure = { topicName: 't', ...answered(0x87) };
    const fail = () => failures.fire({ connection: connection as unknown as LiveConnection, failure });
    const { showWarningMessage } = window;
    window.messages.length = 0;
    Object.assign(window, { showWarningMessage: () => Promise.reject(new Error('no window')) });
    try {
      fail();
      await clock.pass(1000);
    } finally {
      Object.assign(window, { showWarningMessage });
    }
    assert.deepEqual(lines, ['A warning could not be shown: Error: no window']);
    fail();
    await clock.pass(1000);
    assert.equal(window.messages.length, 1);
    await turn();
    fail();
    reporter.dispose();
    assert.equal(clock.waiting, 0);
    fail();
    await clock.pass(1000);
    assert.deepEqual([window.messages.length, clock.waiting], [1, 0]);
  });

  it('is told by its connection, after another window kept it', async () => {
    const store = new MemorySessionStore();
    const profile: Partial<ConnectionProfile> = { clientId: 'c', cleanStart: false };
    const first = new ScriptedConnection(profile, undefined, { sessionStore: () => store });
    await first.connected();
    first.connection
      .publish({ topicName: 't', payload: new Uint8Array(1), qos: 1, retain: false })
      .catch(() => undefined);
    await turn();
    store.crash();
    first.connection.dispose();
    const next = new ScriptedConnection(profile, undefined, { sessionStore: () => store });
    const told: KeptFailure[] = [];
    next.connection.onKeptFailed((failure) => told.push(failure));
    assert.deepEqual(await next.connected(a.connack({ sessionPresent: true })), [
      'PUBLISH q1 #1 dup t "\x00"',
    ]);
    await next.server.send(a.acknowledgement('PUBACK', 1, 0x87));
    assert.deepEqual(told, [{ topicName: 't', ...answered(0x87) }]);
    next.connection.dispose();
  });
});

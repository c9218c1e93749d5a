import * as assert from 'node:assert/strict';
import { encodeUtf8 } from '../../src/base/utf8';
import type { ClientFailure } from '../../src/client/clientFailure';
import type { SocketFailureCode } from '../../src/base/transportFailure';
import { explainClientFailure } from '../../src/ui/reporting/clientFailure';
import { explanationText } from '../../src/ui/reporting/explanation';
import { failingProfile as profile } from '../support/failingProfile';
import { tellsEach } from '../support/toldFailures';

function transport(code: SocketFailureCode, detail = code.toUpperCase()): ClientFailure {
  return { kind: 'transport', failure: { step: 'tcp', code, detail } };
}

function notMqtt(text: string): ClientFailure {
  return { kind: 'notMqtt', firstBytes: Uint8Array.from(text, (character) => character.charCodeAt(0)) };
}

describe('A failed connection', () => {
  tellsEach([
    [
      transport('refused'),
      'refused: nothing listens on broker.local:1884',
      /nothing listens on port 1884.*Start the server/,
      'editConnection',
    ],
    [
      transport('hostNotFound'),
      'host not found: broker.local',
      /no host called "broker\.local".*misspelt.*Correct the name/,
      'editConnection',
    ],
    [
      transport('unreachable'),
      'unreachable: broker.local',
      /cannot be reached.*no way to that network.*Check the network/,
      'connect',
    ],
    [
      transport('timedOut'),
      'no answer from broker.local:1884',
      /did not answer in time.*firewall/,
      'connect',
    ],
    [
      transport('reset'),
      'connection dropped: reset by the server',
      /was reset.*Check that the server runs/,
      'connect',
    ],
    [transport('notPermitted'), 'not permitted: broker.local:1884', /firewall or policy.*Allow/, 'connect'],
    [transport('other', 'EPROTO'), 'connection failed: EPROTO', /The system says: EPROTO/, 'connect'],
    [
      { kind: 'connectUnencodable', detail: 'Password has to be a Uint8Array' },
      'not sent: CONNECT cannot be encoded',
      /Nothing was sent to broker\.local:1884.*Password has to be a Uint8Array\..*settings/,
      'openSettings',
    ],
    [
      { kind: 'notDisconnected' },
      'connected already',
      /There is a connection to broker\.local:1884 already.*Disconnect it first/,
      'connect',
    ],
    [
      { kind: 'connectNotSendable', violation: { id: 'passwordWithoutUserName', offset: 9 } },
      'a password needs a user name',
      /Nothing was sent to broker\.local:1884.*Enter a user name/,
      'editConnection',
    ],
    [
      notMqtt('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'),
      'not an MQTT server: an HTTP server answers',
      /does not speak MQTT.*answered CONNECT with "HTTP\/1\.1 400 Bad Request".*port 1883/,
      'editConnection',
    ],
    [
      notMqtt('SSH-2.0-OpenSSH_9.6\r\n'),
      'not an MQTT server: an SSH server answers',
      /SSH on 22/,
      'editConnection',
    ],
    [
      notMqtt('\x15\x03\x01\x00\x02\x02\x46'),
      'not an MQTT server: a TLS server answers',
      /the bytes 15 03 01 00 02 02 46.*expects TLS/,
      'editConnection',
    ],
    [
      notMqtt('220 mail.example ESMTP\r\n'),
      'not an MQTT server: a mail or FTP server answers',
      /Check the port/,
      'editConnection',
    ],
    [
      notMqtt('\xde\xad\xbe\xef'),
      'not an MQTT server: something else answers',
      /the bytes DE AD BE EF/,
      'editConnection',
    ],
    [{ kind: 'notConnected' }, 'not connected', /Connect first/, 'connect'],
    [
      { kind: 'sessionUnknown' },
      'the server has an unknown session',
      /knows nothing of.*"cleanStart" to true/,
      'openSettings',
    ],
    [{ kind: 'connackTimeout' }, 'no answer to CONNECT', /never answered CONNECT/, 'editConnection'],
    [
      { kind: 'keepAliveTimeout' },
      'connection dropped: no answer to ping',
      /within the keep alive of 30 s/,
      'connect',
    ],
    [
      { kind: 'closedByServer', duringConnect: false },
      'connection dropped by the server',
      /closed the connection without a word.*Connect again/,
      'connect',
    ],
    [
      { kind: 'closedByServer', duringConnect: false, suspicion: 'takenOver' },
      'another client uses this client identifier, as far as can be told',
      /closed the connection again and again.*an identifier of its own, then connect again/,
      'connect',
    ],
    [
      { kind: 'closedByServer', duringConnect: true },
      'closed by the server without an answer',
      /expects TLS.*MQTT 5\.0/,
      'editConnection',
    ],
  ]);

  it('blames no packet where nothing was sent', () => {
    const failure: ClientFailure = {
      kind: 'connectNotSendable',
      violation: { id: 'passwordWithoutUserName', offset: 9 },
    };
    const text = explanationText(explainClientFailure(failure, { ...profile, version: '3.1.1' }));
    assert.match(text, /MQTT-3\.1\.2-22/);
    assert.doesNotMatch(text, /the last packet/);
  });

  it('names the broken rule and its clause', () => {
    const failure: ClientFailure = { kind: 'protocol', violation: { id: 'topicNameWildcard', offset: 2 } };
    const explanation = explainClientFailure(failure, profile);
    assert.match(explanation.short, /^protocol error: /);
    assert.match(explanationText(explanation), /MQTT-3\.3\.2-2.*Open the inspector/);
  });

  it('shows only the first line of what answered, and not more than a glance of it', () => {
    const failure: ClientFailure = { kind: 'notMqtt', firstBytes: encodeUtf8(`HTTP/1.1 ${'x'.repeat(200)}`) };
    assert.match(
      explainClientFailure(failure, profile).why,
      /^It answered CONNECT with "HTTP\/1\.1 x{31}", so/,
    );
  });
});

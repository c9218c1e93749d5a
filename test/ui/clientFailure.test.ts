import * as assert from 'node:assert/strict';
import { encodeUtf8 } from '../../src/base/utf8';
import type { AuthenticationProblemCode } from '../../src/client/authentication';
import type { ClientFailure } from '../../src/client/clientFailure';
import type { SocketFailureCode } from '../../src/base/transportFailure';
import { prunedText, setAsideText } from '../../src/ui/reporting/sessionStoreFailure';
import { explainClientFailure } from '../../src/ui/reporting/clientFailure';
import { explanationText, type Remedy } from '../../src/ui/reporting/explanation';
import { failingProfile as profile } from '../support/failingProfile';

const elsewhere = { serverReference: 'other.local:1885' };

function transport(code: SocketFailureCode, detail = code.toUpperCase()): ClientFailure {
  return { kind: 'transport', failure: { step: 'tcp', code, detail } };
}

function notMqtt(text: string): ClientFailure {
  return { kind: 'notMqtt', firstBytes: Uint8Array.from(text, (character) => character.charCodeAt(0)) };
}

/** At the end of a row. */
const shortAuthenticationProblems: Readonly<Record<AuthenticationProblemCode, string>> = {
  malformedChallenge: 'the server does not follow the authentication method',
  nonceMismatch: 'the answer was for somebody else',
  tooFewIterations: 'too few iterations (10)',
  tooManyIterations: 'too many iterations (99000000)',
  serverNotProven: 'the server did not prove that it knows the password',
  refusedByMethod: 'the server refused the authentication: unknown-user',
  credentialsNotUsable: 'user name or password has characters that cannot be used',
  noAuthenticator: 'the server asks for more than a password',
  timedOut: 'the authentication took too long',
  failed: 'the authentication failed: no card',
};

const cases: readonly [failure: ClientFailure, short: string, text: RegExp, remedy: Remedy][] = [
  [
    { kind: 'storeFailed', failure: { code: 'inUse' } },
    'session in use by another window',
    /goes on in another window\. .*Disconnect it there/,
    'openSettings',
  ],
  [
    { kind: 'storeFailed', failure: { code: 'full', detail: 'database or disk is full' } },
    'the session cannot be kept on the disk',
    /no room for it: database or disk is full\. .*Make room on the disk/,
    'openSettings',
  ],
  [
    { kind: 'storeFailed', failure: { code: 'notPermitted', detail: 'EACCES: permission denied' } },
    'the session cannot be kept on the disk',
    /cannot be written: EACCES: permission denied\. .*Let this user write there/,
    'openSettings',
  ],
  [
    { kind: 'storeFailed', failure: { code: 'newer' } },
    'the session is of a newer version',
    /A newer version of this extension keeps it.*Update the extension/,
    'openSettings',
  ],
  [
    { kind: 'storeFailed', failure: { code: 'unusable', detail: 'EIO' } },
    'the session cannot be kept on the disk',
    /The disk says: EIO\. /,
    'openSettings',
  ],
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
  [transport('timedOut'), 'no answer from broker.local:1884', /did not answer in time.*firewall/, 'connect'],
  [
    transport('reset'),
    'connection dropped: reset by the server',
    /was reset.*Check that the server runs/,
    'connect',
  ],
  [transport('notPermitted'), 'not permitted: broker.local:1884', /firewall or policy.*Allow/, 'connect'],
  [transport('other', 'EPROTO'), 'connection failed: EPROTO', /The system says: EPROTO/, 'connect'],
  [
    { kind: 'refusedByServer', version: 5, reasonCode: 0x86 },
    'refused: bad user name or password (0x86)',
    /broker\.local:1884 refused the connection.*does not accept this user name with this password.*Enter the password again/,
    'setPassword',
  ],
  [
    { kind: 'refusedByServer', version: 4, reasonCode: 4 },
    'refused: bad user name or password (return code 4)',
    /does not accept this user name/,
    'setPassword',
  ],
  [
    { kind: 'refusedByServer', version: 4, reasonCode: 5 },
    'refused: not authorized (return code 5)',
    /wrong password/,
    'setPassword',
  ],
  [
    { kind: 'refusedByServer', version: 5, reasonCode: 0x87 },
    'refused: not authorized (0x87)',
    /does not let this user/,
    'setPassword',
  ],
  [
    { kind: 'refusedByServer', version: 4, reasonCode: 1 },
    'refused: protocol version not accepted (return code 1)',
    /does not speak this version.*Choose another version/,
    'editConnection',
  ],
  [
    { kind: 'refusedByServer', version: 5, reasonCode: 0x84 },
    'refused: protocol version not accepted (0x84)',
    /Choose another version/,
    'editConnection',
  ],
  [
    { kind: 'refusedByServer', version: 3, reasonCode: 2 },
    'refused: Client Identifier not accepted (return code 2)',
    /"clientId"/,
    'openSettings',
  ],
  [
    { kind: 'refusedByServer', version: 5, reasonCode: 0x89 },
    'refused: server busy (0x89)',
    /too much to do/,
    'connect',
  ],
  [
    { kind: 'refusedByServer', version: 5, reasonCode: 0x8a, reasonString: 'ask Bob' },
    'refused: Banned (0x8a)',
    /It says: "ask Bob"/,
    'connect',
  ],
  [
    { kind: 'refusedByServer', version: 4, reasonCode: 99 },
    'refused: reason not known (return code 99)',
    /no more than that code/,
    'connect',
  ],
  [
    { kind: 'refusedByServer', version: 5, reasonCode: 0x9c, serverReference: 'other.local:1885' },
    'refused: use another server (0x9c)',
    /names "other\.local:1885": connecting there changes host and port/,
    'connectElsewhere',
  ],
  [
    { kind: 'refusedByServer', version: 5, reasonCode: 0x9d },
    'refused: server moved (0x9d)',
    /does not name the other one/,
    'editConnection',
  ],
  [
    { kind: 'refusedByServer', version: 5, reasonCode: 0x8c },
    'refused: authentication method not accepted (0x8c)',
    /does not know this way to authenticate/,
    'openSettings',
  ],
  [
    { kind: 'refusedByServer', version: 5, reasonCode: 0x86, ...elsewhere },
    'refused: bad user name or password (0x86)',
    /Enter the password again, .*The server also names another one: "other\.local:1885"\./,
    'setPassword',
  ],
  [
    { kind: 'refusedByServer', version: 5, reasonCode: 0x85, ...elsewhere },
    'refused: Client Identifier not accepted (0x85)',
    /Change or remove "clientId".* also names another one/,
    'openSettings',
  ],
  [
    { kind: 'disconnectedByServer', reasonCode: 0x8e, ...elsewhere },
    'another client uses this Client Identifier (0x8e)',
    /an identifier of its own, .* also names another one/,
    'connect',
  ],
  ...(
    [
      ['malformedChallenge', 'no nonce', /does not follow|not what the method asks for: no nonce/],
      ['nonceMismatch', undefined, /replays an older exchange/],
      ['tooFewIterations', 10, /with 10 iterations, so few that who listens could guess/],
      ['tooManyIterations', 99_000_000, /asks for 99000000 iterations/],
      ['serverNotProven', undefined, /may be another server than it says/],
      ['refusedByMethod', 'unknown-user', /It says: unknown-user\./],
      ['credentialsNotUsable', 'password: U+0007', /\(RFC 4013\): password: U\+0007/],
      ['noAuthenticator', undefined, /nothing here can answer/],
      ['timedOut', undefined, /did not answer in time/],
      ['failed', 'no card', /could not go on: no card/],
    ] as const
  ).map(([code, detail, text]): (typeof cases)[number] => [
    { kind: 'authenticationFailed', problem: detail === undefined ? { code } : { code, detail } },
    shortAuthenticationProblems[code],
    text,
    code === 'noAuthenticator' ? 'openSettings' : 'setPassword',
  ]),
  [
    { kind: 'disconnectedByServer', reasonCode: 0x9d, serverReference: 'other.local' },
    'disconnected by the server: Server moved (0x9d)',
    /wants its clients to go to another one.*names "other\.local": connecting there changes/,
    'connectElsewhere',
  ],
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
    { kind: 'disconnectedByServer', reasonCode: 0x8e },
    'another client uses this Client Identifier (0x8e)',
    /same Client Identifier/,
    'connect',
  ],
  [
    {
      kind: 'disconnectedByServer',
      reasonCode: 0x8b,
      reasonString: 'at noon',
      userProperties: Array.from({ length: 7 }, (_, index) => ['back', `in ${index}`] as const),
    },
    'disconnected by the server: Server shutting down (0x8b)',
    /It says: "at noon"\. It adds: "back" is "in 0", .*"in 4" and 2 more\./,
    'connect',
  ],
  [
    { kind: 'disconnectedByServer', reasonCode: 0x8b },
    'disconnected by the server: Server shutting down (0x8b)',
    /restarted/,
    'connect',
  ],
  [
    { kind: 'disconnectedByServer', reasonCode: 0x93 },
    'disconnected by the server: Receive Maximum exceeded (0x93)',
    /Open the inspector/,
    'connect',
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
];

describe('A session that was set aside', () => {
  it('is told with what was lost with it, as far as anybody knows', () => {
    const told = (messages?: number) => setAsideText('bench', 'a packet is broken', messages);
    assert.match(
      told(2),
      /^bench: .*\(a packet is broken\)\. 2 messages that waited in it are not sent\. .*aside/,
    );
    assert.match(told(1), / 1 message that waited in it is not sent\. /);
    assert.match(told(0), / No message waited in it\. /);
    assert.match(told(), / Messages that may have waited in it are not sent\. /);
  });
});

describe('A session that had to go for others', () => {
  it('is told with what was lost with it', () => {
    assert.equal(
      prunedText({ lastUsed: Date.UTC(2026, 2, 3), messages: 2 }),
      'A session that was kept on this computer and last used on 3 March 2026 was removed to make room for others. 2 messages that waited in it are not sent.',
    );
  });
});

describe('A failed connection', () => {
  for (const [failure, short, text, remedy] of cases) {
    const explanation = explainClientFailure(failure, profile);
    it(`is told as "${short}"`, () => {
      assert.equal(explanation.short, short);
      assert.match(explanationText(explanation), text);
      assert.equal(explanation.remedy, remedy);
    });

    it(`is told in whole sentences: ${short}`, () => {
      for (const part of [explanation.what, explanation.why, explanation.next])
        assert.match(part, /^["\w].*\.$/);
    });
  }

  for (const [version, reasonCode] of [
    [4, 4],
    [4, 5],
    [5, 0x86],
    [5, 0x87],
  ] as const) {
    it(`asks for a user name where there is none: version ${version}, code ${reasonCode}`, () => {
      const failure: ClientFailure = { kind: 'refusedByServer', version, reasonCode };
      const { next, remedy } = explainClientFailure(failure, { ...profile, userName: undefined });
      assert.match(next, /^Enter a user name/);
      assert.equal(remedy, 'editConnection');
    });
  }

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

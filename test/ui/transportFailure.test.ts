import * as assert from 'node:assert/strict';
import type { PeerCertificate } from '../../src/base/certificate';
import type { SocketFailureCode, TransportFailure } from '../../src/base/transportFailure';
import type { NetworkSetting } from '../../src/contributions/networkSettings';
import { parseProfiles } from '../../src/ui/connections/connectionProfile';
import { explanationText, type Remedy } from '../../src/ui/reporting/explanation';
import { explainTransportFailure } from '../../src/ui/reporting/transportFailure';

const certificate: PeerCertificate = {
  subject: 'CN=broker, O=Acme',
  issuer: 'CN=authority, O=Acme',
  validFrom: Date.UTC(2024, 0, 1),
  validTo: Date.UTC(2025, 2, 3, 23, 59),
  subjectAltNames: ['DNS:other.example', 'IP Address:10.0.0.1'],
  fingerprint256: 'AB:CD',
};
const now = Date.UTC(2025, 5, 1);

const rejected = (detail: string, change: Partial<PeerCertificate> = {}): TransportFailure => ({
  ...{ step: 'tls', code: 'certificateRejected', detail },
  certificate: { ...certificate, ...change },
});
const file = (code: Extract<TransportFailure, { step: 'certificateFile' }>['code']): TransportFailure => ({
  ...{ step: 'certificateFile', code, setting: 'key', path: '/certs/device.key', detail: 'EWHY' },
});
const alert = (number: number): TransportFailure => ({
  ...{ step: 'tls', code: 'alert', alert: number, detail: 'ERR_SSL' },
});
const at = (step: 'tls' | 'webSocket', code: SocketFailureCode): TransportFailure => ({
  ...{ step, code, detail: 'EWHY' },
});
const proxied = { step: 'proxy', proxy: 'http://proxy:3128', detail: 'EWHY' } as const;

const tls: NetworkSetting = { transport: 'tls', host: 'h' };
const ws: NetworkSetting = { transport: 'ws', host: 'h', path: '/mqtt' };
const own: NetworkSetting = { host: 'h', proxy: 'http://ada@proxy:3128' };
const nameless: NetworkSetting = { host: 'h', proxy: 'http://proxy:3128' };
const editors: NetworkSetting = { host: 'h' };
const unix: NetworkSetting = { transport: 'unix', socketPath: '/run/m' };

const cases: readonly [
  failure: TransportFailure,
  network: NetworkSetting,
  short: string,
  text: RegExp,
  remedy: Remedy,
][] = [
  [
    { step: 'nameResolution', code: 'timedOut', detail: 'EWHY' },
    { host: 'h' },
    'no address for h in time',
    /name server of this network does not answer/,
    'connect',
  ],
  [
    rejected('CERT_HAS_EXPIRED'),
    tls,
    'certificate expired on 3 March 2025',
    /mqtts:\/\/h:8883 is not trusted, so nothing was sent\..*for CN=broker, O=Acme, issued by CN=authority, O=Acme, valid from 1 January 2024 to 3 March 2025/,
    'connect',
  ],
  [
    rejected('CERT_HAS_EXPIRED', { validTo: Date.UTC(2026, 0, 1) }),
    tls,
    'certificate of the issuer expired',
    /certificate of CN=authority, O=Acme, which signed the server's, has expired/,
    'editConnection',
  ],
  [
    rejected('CERT_NOT_YET_VALID'),
    tls,
    'certificate valid only from 1 January 2024',
    /Check the clocks/,
    'connect',
  ],
  [
    rejected('DEPTH_ZERO_SELF_SIGNED_CERT', { issuer: certificate.subject }),
    tls,
    'certificate is self-signed',
    /CN=broker, O=Acme, signed by itself, valid.*choose a copy of it.*fingerprint is AB:CD/,
    'editConnection',
  ],
  [
    rejected('SELF_SIGNED_CERT_IN_CHAIN'),
    tls,
    'certificate of an unknown authority',
    /CN=authority, O=Acme, which issued its certificate, is none of the authorities that this computer trusts/,
    'editConnection',
  ],
  [
    rejected('UNABLE_TO_VERIFY_LEAF_SIGNATURE'),
    { ...tls, tls: { ca: ['a.pem', 'b.pem'] } },
    'certificate of an unknown authority',
    /is not in "a\.pem", "b\.pem"\./,
    'editConnection',
  ],
  [
    rejected('ERR_TLS_CERT_ALTNAME_INVALID'),
    tls,
    'certificate is not for h',
    /is for DNS:other\.example, IP Address:10\.0\.0\.1, not for "h"/,
    'openSettings',
  ],
  [
    rejected('ERR_TLS_CERT_ALTNAME_INVALID'),
    { ...tls, tls: { serverName: 'n' } },
    'certificate is not for n',
    /not for "n"/,
    'openSettings',
  ],
  [rejected('CERT_REVOKED'), tls, 'certificate is revoked', /has revoked/, 'connect'],
  [
    rejected('PATH_LENGTH_EXCEEDED'),
    tls,
    'certificate not accepted: PATH_LENGTH_EXCEEDED',
    /says PATH_LENGTH_EXCEEDED/,
    'editConnection',
  ],
  [
    { step: 'tls', code: 'certificateRejected', detail: 'X', certificate: undefined },
    tls,
    'TLS: no certificate',
    /showed no certificate/,
    'openSettings',
  ],
  [alert(116), tls, 'client certificate needed', /choose the client certificate and key/, 'editConnection'],
  [alert(42), tls, 'client certificate not accepted', /bad certificate/, 'editConnection'],
  [alert(48), tls, 'client certificate of an unknown authority', /unknown CA/, 'editConnection'],
  [alert(45), tls, 'client certificate expired', /Renew/, 'editConnection'],
  [alert(70), tls, 'TLS: version not accepted', /"tls\.minimumVersion"/, 'openSettings'],
  [
    alert(40),
    tls,
    'TLS: no agreement with the server',
    /no cipher suite in common|client certificate/,
    'editConnection',
  ],
  [alert(120), tls, 'TLS: application protocol not accepted', /"tls\.alpn"/, 'openSettings'],
  [alert(99), tls, 'TLS: ended by the server with alert 99', /ERR_SSL/, 'connect'],
  [
    { step: 'tls', code: 'notTls', detail: 'X' },
    tls,
    'no TLS there',
    /port 8883 does not speak TLS/,
    'editConnection',
  ],
  [
    { step: 'tls', code: 'noCommonVersion', detail: 'X' },
    tls,
    'TLS: no version in common',
    /older/,
    'openSettings',
  ],
  [
    { step: 'tls', code: 'optionsInvalid', detail: 'X' },
    tls,
    'TLS settings not usable',
    /Nothing was sent/,
    'openSettings',
  ],
  [
    { step: 'tls', code: 'authoritiesUnreadable', detail: 'X' },
    tls,
    "this computer's certificates cannot be read",
    /Nothing was sent.*"tls\.systemCertificates" to false/,
    'openSettings',
  ],
  [
    { step: 'tcp', code: 'optionsInvalid', detail: 'EWHY' },
    tls,
    'cannot be tried: EWHY',
    /makes no sense/,
    'editConnection',
  ],
  [
    at('webSocket', 'optionsInvalid'),
    tls,
    'WebSocket: a header is invalid',
    /HTTP has no place for/,
    'openSettings',
  ],
  [at('tls', 'timedOut'), tls, 'TLS: no answer', /did not answer the TLS handshake/, 'editConnection'],
  [at('tls', 'closed'), tls, 'TLS: closed by the server', /client certificate/, 'editConnection'],
  [at('tls', 'other'), tls, 'TLS failed: EWHY', /The system says: EWHY/, 'editConnection'],
  [
    file('missing'),
    tls,
    'no such file: device.key',
    /"\/certs\/device\.key" of "tls\.key"/,
    'editConnection',
  ],
  [file('unreadable'), tls, 'cannot read device.key', /EWHY/, 'editConnection'],
  [file('invalid'), tls, 'device.key is no key', /Choose a PEM file with the client key/, 'editConnection'],
  [file('keyMissing'), tls, 'no key in device.key', /"tls\.key" names no file/, 'editConnection'],
  [file('mismatch'), tls, 'device.key belongs to another certificate', /made together/, 'editConnection'],
  [file('passphraseMissing'), tls, 'passphrase needed for device.key', /secret storage/, 'enterPassphrase'],
  [file('passphraseWrong'), tls, 'wrong passphrase for device.key', /again/, 'enterPassphrase'],
  [
    file('notTrusted'),
    tls,
    'certificate files need a trusted workspace',
    /Trust the workspace/,
    'manageTrust',
  ],
  [file('noFolder'), tls, 'no folder for device.key', /Open the folder/, 'editConnection'],
  [
    { ...proxied, code: 'authenticationRequired', sentCredentials: false },
    own,
    'proxy wants a password',
    /h:1883 cannot be reached through the proxy http:\/\/proxy:3128\..*Enter the proxy's password/,
    'enterProxyPassword',
  ],
  [
    { ...proxied, code: 'authenticationRequired', sentCredentials: true },
    own,
    'proxy: wrong user name or password',
    /does not accept/,
    'enterProxyPassword',
  ],
  [
    { ...proxied, code: 'authenticationRequired', sentCredentials: false },
    nameless,
    'proxy wants a user name',
    /Write the user name into "proxy" of "bench"/,
    'openSettings',
  ],
  [
    { ...proxied, code: 'authenticationRequired', sentCredentials: false },
    editors,
    'proxy wants a user name',
    /"http\.proxyAuthorization"/,
    'openProxySettings',
  ],
  [
    { ...proxied, code: 'connectRefused', status: 403, detail: 'HTTP 403 Forbidden' },
    own,
    'proxy does not connect: HTTP 403 Forbidden',
    /rules do not allow it/,
    'editConnection',
  ],
  [
    { ...proxied, code: 'connectRefused', status: 5 },
    own,
    'proxy does not connect: EWHY',
    /the server refused the connection/,
    'editConnection',
  ],
  [{ ...proxied, code: 'notProxy' }, own, 'no proxy there', /"socks5:\/\/"/, 'openSettings'],
  [
    { ...proxied, code: 'addressInvalid', detail: 'It is odd.' },
    editors,
    'proxy setting not usable',
    /It is odd\. Correct "http\.proxy"/,
    'openProxySettings',
  ],
  [{ ...proxied, code: 'hostNotFound' }, own, 'proxy not found', /misspelt/, 'openSettings'],
  [{ ...proxied, code: 'refused' }, own, 'proxy failed: nothing listens there', /proxy runs/, 'openSettings'],
  [
    { ...proxied, code: 'timedOut' },
    editors,
    'proxy failed: it did not answer in time',
    /proxy runs/,
    'openProxySettings',
  ],
  [
    { ...proxied, code: 'tlsFailed', failure: { step: 'tls', code: 'notTls', detail: 'X' } },
    own,
    'proxy: no TLS there',
    /TLS connection to the proxy/,
    'openSettings',
  ],
  [
    { step: 'webSocket', code: 'upgradeRefused', status: 404, detail: 'Not Found' },
    ws,
    'WebSocket refused: HTTP 404 Not Found',
    /no WebSocket at the path "\/mqtt"\. Correct the path/,
    'editConnection',
  ],
  [
    { step: 'webSocket', code: 'upgradeRefused', status: 401, detail: 'Unauthorized' },
    ws,
    'WebSocket refused: HTTP 401 Unauthorized',
    /"headers"/,
    'openSettings',
  ],
  [
    { step: 'webSocket', code: 'upgradeRefused', status: 502, detail: '' },
    ws,
    'WebSocket refused: HTTP 502',
    /Check the path and the server/,
    'editConnection',
  ],
  [
    { step: 'webSocket', code: 'notWebSocket', detail: 'X' },
    ws,
    'no WebSocket there',
    /port 80 speaks no WebSocket/,
    'editConnection',
  ],
  [
    { step: 'webSocket', code: 'subprotocolRefused', detail: 'X' },
    ws,
    'the WebSocket is not for MQTT',
    /Correct the path/,
    'editConnection',
  ],
  [
    { step: 'webSocket', code: 'frameInvalid', detail: 'RSV1 must be clear' },
    ws,
    'WebSocket: invalid frame',
    /RSV1 must be clear/,
    'editConnection',
  ],
  [
    { step: 'webSocket', code: 'textFrame', detail: 'it begins with 10 0c' },
    ws,
    'WebSocket: text frame',
    /MQTT-6\.0\.0-1/,
    'editConnection',
  ],
  [
    { step: 'webSocket', code: 'closedWithStatus', status: 1008, detail: 'why not' },
    ws,
    'WebSocket closed with status 1008',
    /"why not"/,
    'connect',
  ],
  [at('webSocket', 'closed'), ws, 'WebSocket: closed by the server', /wss/, 'editConnection'],
  [at('webSocket', 'timedOut'), ws, 'WebSocket: no answer', /hangs/, 'editConnection'],
  [at('webSocket', 'other'), ws, 'WebSocket failed: EWHY', /EWHY/, 'connect'],
  [
    { step: 'tcp', code: 'noSuchSocket', detail: 'ENOENT' },
    unix,
    'no such Unix socket',
    /at unix:\/run\/m/,
    'editConnection',
  ],
  [
    { step: 'tcp', code: 'refused', detail: 'X' },
    unix,
    'refused: nothing listens on unix:/run/m',
    /no server listens/,
    'editConnection',
  ],
  [
    { step: 'tcp', code: 'notPermitted', detail: 'X' },
    unix,
    'not permitted: unix:/run/m',
    /permissions of the socket/,
    'connect',
  ],
];

describe('A failure on the way to a server', () => {
  for (const [failure, network, short, text, remedy] of cases) {
    it(`at the step ${failure.step} is told as "${short}"`, () => {
      const [parsed] = parseProfiles([{ name: 'bench', ...network }], 'user');
      assert.ok(parsed?.profile, parsed?.invalid?.problem);
      const explanation = explainTransportFailure(failure, parsed.profile, now);
      assert.equal(explanation.short, short);
      assert.match(explanationText(explanation), text);
      assert.equal(explanation.remedy, remedy);
      for (const part of [explanation.what, explanation.why, explanation.next]) {
        assert.match(part, /^["\w].*\.$/);
      }
    });
  }
});

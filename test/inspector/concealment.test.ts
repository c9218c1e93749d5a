import assert from 'node:assert/strict';
import { toHex } from '../../src/base/bytes';
import { encodeUtf8 } from '../../src/base/utf8';
import { concealSecrets } from '../../src/inspector/concealment';
import { encode } from '../../src/protocol/codec';
import type { Connect, ControlPacket, ProtocolVersion } from '../../src/protocol/controlPacket';
import type { Properties } from '../../src/protocol/properties';

const secret = encodeUtf8('open sesame');

function connect(version: ProtocolVersion, more: Partial<Connect> = {}): Connect {
  return {
    type: 'CONNECT',
    protocolName: version === 3 ? 'MQIsdp' : 'MQTT',
    protocolVersion: version,
    cleanStart: true,
    keepAlive: 60,
    properties: {},
    clientIdentifier: 'bench',
    will: { topicName: 'gone', payload: encodeUtf8('bye'), qos: 1, retain: false, properties: {} },
    userName: 'me',
    password: secret,
    ...more,
  };
}

const authentication: Properties = { authenticationMethod: 'SCRAM-SHA-1', authenticationData: secret };

const withSecret: [string, ControlPacket, ProtocolVersion][] = [
  ['the password of a 3.1 CONNECT', connect(3), 3],
  ['the password of a 3.1.1 CONNECT', connect(4), 4],
  ['the password of a 5.0 CONNECT', connect(5), 5],
  [
    'the authentication data of CONNECT',
    connect(5, { properties: authentication, userName: undefined, password: undefined }),
    5,
  ],
  [
    'the authentication data of CONNACK',
    { type: 'CONNACK', sessionPresent: false, reasonCode: 0, properties: authentication },
    5,
  ],
  ['the authentication data of AUTH', { type: 'AUTH', reasonCode: 0x18, properties: authentication }, 5],
];

describe('concealSecrets', () => {
  for (const [what, packet, version] of withSecret) {
    it(`replaces ${what} and nothing else`, () => {
      const captured = encode(packet, version);
      const before = captured.slice();
      const { bytes, concealed } = concealSecrets(captured, version);
      const start = toHex(captured).indexOf(toHex(secret)) / 2;
      assert.deepEqual(concealed, [{ start, end: start + secret.length }]);
      const expected = before.slice().fill(0x2a, start, start + secret.length);
      assert.deepEqual(bytes, expected);
      assert.deepEqual(captured, before);
    });
  }

  it('replaces the password of a CONNECT that breaks other rules', () => {
    const captured = encode(connect(4), 4);
    captured[9] = (captured[9] ?? 0) | 0x18;
    assert.ok(!toHex(concealSecrets(captured, 4).bytes).includes(toHex(secret)));
  });

  it('replaces a password whose length is wrong', () => {
    const captured = encode(connect(4), 4);
    const length = captured.length - secret.length - 1;
    captured[length] = (captured[length] ?? 0) + 1;
    assert.ok(!toHex(concealSecrets(captured, 4).bytes).includes(toHex(secret)));
  });

  it('replaces all that lies behind the first 64 KiB', () => {
    const limit = 64 * 1024;
    const will = {
      topicName: 'gone',
      payload: new Uint8Array(65_000),
      qos: 1,
      retain: false,
      properties: {},
    } as const;
    const captured = encode(connect(4, { will: { ...will }, userName: 'x'.repeat(65_000) }), 4);
    const { bytes, concealed } = concealSecrets(captured, 4);
    assert.deepEqual(concealed, [{ start: limit, end: captured.length }]);
    assert.deepEqual(bytes.subarray(0, limit), captured.subarray(0, limit));
    assert.ok(bytes.subarray(limit).every((byte) => byte === 0x2a));
  });

  const without: [string, Uint8Array][] = [
    ['a CONNECT without a password', encode(connect(4, { userName: undefined, password: undefined }), 4)],
    ['a CONNECT with an empty password', encode(connect(4, { password: new Uint8Array(0) }), 4)],
    ['PINGREQ', Uint8Array.of(0xc0, 0)],
    ['no bytes', new Uint8Array(0)],
  ];
  for (const [what, captured] of without) {
    it(`leaves ${what} as it is`, () => {
      const { bytes, concealed } = concealSecrets(captured, 4);
      assert.equal(bytes, captured);
      assert.deepEqual(concealed, []);
    });
  }
});

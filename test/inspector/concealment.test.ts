import assert from 'node:assert/strict';
import fc from 'fast-check';
import { toHex } from '../../src/base/bytes';
import { encodeUtf8 } from '../../src/base/utf8';
import { concealSecrets, findSecrets } from '../../src/inspector/concealment';
import { encode } from '../../src/protocol/codec';
import type { Connect, ControlPacket, ProtocolVersion } from '../../src/protocol/controlPacket';
import type { Properties } from '../../src/protocol/properties';
import { versionedPacket } from '../support/arbitraryPacket';

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

function changed(packet: Uint8Array, at: number, byte: number): Uint8Array {
  const copy = packet.slice();
  copy[at] = byte;
  return copy;
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

  it('finds in any packet that breaks no rule what its password and authentication data are, and nothing else', () => {
    fc.assert(
      fc.property(versionedPacket, ({ version, packet }) => {
        const bytes = encode(packet, version);
        const data = 'properties' in packet ? packet.properties.authenticationData : undefined;
        const password = packet.type === 'CONNECT' ? packet.password : undefined;
        const secrets = [data, password].filter((each) => each !== undefined && each.length > 0);
        assert.deepEqual(
          findSecrets(bytes, version).map(({ start, end }) => toHex(bytes.subarray(start, end))),
          secrets.map((each) => each && toHex(each)),
        );
      }),
      { numRuns: 2000 },
    );
  });

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

  const mistakes: [what: string, make: (packet: Uint8Array) => Uint8Array][] = [
    ['with the length of the Client Identifier in little-endian', (p) => changed(changed(p, 12, 5), 13, 0)],
    ['without the Password Flag', (p) => changed(p, 9, (p[9] ?? 0) & ~0x40)],
    ['with packet type 0', (p) => changed(p, 0, 0)],
    ['with packet type 3', (p) => changed(p, 0, 0x30)],
    ['laid out as 3.1.1 at level 5', (p) => changed(p, 8, 5)],
    ['with a Remaining Length that is too short', (p) => changed(p, 1, 12)],
    ['that was cut off in its password', (p) => p.slice(0, -2)],
    ['that lost its first byte', (p) => p.slice(1)],
  ];
  for (const [what, make] of mistakes) {
    it(`leaves no password in a CONNECT ${what}`, () => {
      const captured = make(encode(connect(4), 4));
      const { bytes } = concealSecrets(captured, 4);
      assert.equal(bytes.length, captured.length);
      assert.ok(!toHex(bytes).includes(toHex(secret.subarray(0, 6))), toHex(bytes));
    });
  }

  it('leaves nothing of bytes that may be the end of a CONNECT', () => {
    assert.deepEqual(
      concealSecrets(secret, 4, 'secret').bytes,
      secret.map(() => 0x2a),
    );
  });

  it('leaves the bytes that end the framing as they are, but for the content of a CONNECT or AUTH', () => {
    const shown = (...bytes: number[]) => toHex(concealSecrets(Uint8Array.from(bytes), 5, 'first').bytes);
    assert.equal(shown(0xd0, 0xff, 0xff, 0xff, 0xff, 1, 2), 'd0ffffffff0102');
    assert.equal(shown(0xff, 0xff, 0xff, 0xff, 0xff, 1), 'ffffffffff01');
    assert.equal(shown(0x10, 0xff, 0xff, 0xff, 0xff, 1, 2), '10ffffffff2a2a');
    assert.equal(shown(0xf0, 0xff, 0xff, 0xff, 0xff, 1), 'f0ffffffff2a');
  });

  it('replaces all that cannot be read within the first 64 KiB', () => {
    // The user name starts there and goes on beyond.
    const limit = 65_031;
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
    ['the hello of TLS, which reads as a CONNECT', Uint8Array.of(0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0)],
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

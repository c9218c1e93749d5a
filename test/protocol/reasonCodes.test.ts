import assert from 'node:assert/strict';
import { packetTypeNames } from '../../src/protocol/controlPacket';
import type { PacketType } from '../../src/protocol/controlPacket';
import { reasonCodeName, reasonCodeTable } from '../../src/protocol/reasonCodes';

/** Table 2-6 of 5.0, as it is printed. */
const table = `
  00 Success: CONNACK PUBACK PUBREC PUBREL PUBCOMP UNSUBACK AUTH
  00 Normal disconnection: DISCONNECT
  00 Granted QoS 0: SUBACK
  01 Granted QoS 1: SUBACK
  02 Granted QoS 2: SUBACK
  04 Disconnect with Will Message: DISCONNECT
  10 No matching subscribers: PUBACK PUBREC
  11 No subscription existed: UNSUBACK
  18 Continue authentication: AUTH
  19 Re-authenticate: AUTH
  80 Unspecified error: CONNACK PUBACK PUBREC SUBACK UNSUBACK DISCONNECT
  81 Malformed Packet: CONNACK DISCONNECT
  82 Protocol Error: CONNACK DISCONNECT
  83 Implementation specific error: CONNACK PUBACK PUBREC SUBACK UNSUBACK DISCONNECT
  84 Unsupported Protocol Version: CONNACK
  85 Client Identifier not valid: CONNACK
  86 Bad User Name or Password: CONNACK
  87 Not authorized: CONNACK PUBACK PUBREC SUBACK UNSUBACK DISCONNECT
  88 Server unavailable: CONNACK
  89 Server busy: CONNACK DISCONNECT
  8a Banned: CONNACK
  8b Server shutting down: DISCONNECT
  8c Bad authentication method: CONNACK DISCONNECT
  8d Keep Alive timeout: DISCONNECT
  8e Session taken over: DISCONNECT
  8f Topic Filter invalid: SUBACK UNSUBACK DISCONNECT
  90 Topic Name invalid: CONNACK PUBACK PUBREC DISCONNECT
  91 Packet Identifier in use: PUBACK PUBREC SUBACK UNSUBACK
  92 Packet Identifier not found: PUBREL PUBCOMP
  93 Receive Maximum exceeded: DISCONNECT
  94 Topic Alias invalid: DISCONNECT
  95 Packet too large: CONNACK DISCONNECT
  96 Message rate too high: DISCONNECT
  97 Quota exceeded: CONNACK PUBACK PUBREC SUBACK DISCONNECT
  98 Administrative action: DISCONNECT
  99 Payload format invalid: CONNACK PUBACK PUBREC DISCONNECT
  9a Retain not supported: CONNACK DISCONNECT
  9b QoS not supported: CONNACK DISCONNECT
  9c Use another server: CONNACK DISCONNECT
  9d Server moved: CONNACK DISCONNECT
  9e Shared Subscriptions not supported: SUBACK DISCONNECT
  9f Connection rate exceeded: CONNACK DISCONNECT
  a0 Maximum connect time: DISCONNECT
  a1 Subscription Identifiers not supported: SUBACK DISCONNECT
  a2 Wildcard Subscriptions not supported: SUBACK DISCONNECT
`;

const rows = table
  .trim()
  .split('\n')
  .map((line) => /^ *(\w\w) (.+): (.+)$/.exec(line) ?? assert.fail(line))
  .map(([, code = '', name, packets = '']) => ({
    code: Number.parseInt(code, 16),
    name,
    packets: packets.split(' '),
  }));
const packetTypes = packetTypeNames.slice(1) as readonly PacketType[];
const codes = Array.from({ length: 256 }, (_, code) => code);

describe('Reason codes', () => {
  it('are those of table 2-6, in its order', () => {
    const ours = reasonCodeTable.map(({ code, name, packets }) => ({
      code,
      name,
      packets: [...packets].sort(),
    }));
    const theirs = rows.map((row) => ({ ...row, packets: [...row.packets].sort() }));
    assert.deepEqual(ours, theirs);
  });

  for (const packet of packetTypes) {
    it(`of ${packet} in 5.0 are those of the table and no other`, () => {
      const expected = codes.map(
        (code) => rows.find((row) => row.code === code && row.packets.includes(packet))?.name,
      );
      assert.deepEqual(
        codes.map((code) => reasonCodeName(code, packet, 5)),
        expected,
      );
    });
  }

  const named = (packet: PacketType, version: 3 | 4) =>
    codes.filter((code) => reasonCodeName(code, packet, version) !== undefined);

  it('of CONNACK before 5.0 are the six of table 3.1', () => {
    assert.deepEqual(named('CONNACK', 3), [0, 1, 2, 3, 4, 5]);
    assert.deepEqual(named('CONNACK', 4), [0, 1, 2, 3, 4, 5]);
    assert.match(reasonCodeName(1, 'CONNACK', 4) ?? '', /unacceptable protocol version/);
    assert.match(reasonCodeName(2, 'CONNACK', 4) ?? '', /identifier rejected/);
    assert.match(reasonCodeName(3, 'CONNACK', 4) ?? '', /Server unavailable/);
    assert.match(reasonCodeName(4, 'CONNACK', 4) ?? '', /bad user name or password/);
    assert.match(reasonCodeName(5, 'CONNACK', 4) ?? '', /not authorized/);
  });

  it('of SUBACK are the granted QoS, and from 3.1.1 the failure 0x80', () => {
    assert.deepEqual(named('SUBACK', 3), [0, 1, 2]);
    assert.deepEqual(named('SUBACK', 4), [0, 1, 2, 0x80]);
  });

  it('of all other packets do not exist before 5.0', () => {
    for (const packet of packetTypes.filter((type) => type !== 'CONNACK' && type !== 'SUBACK')) {
      assert.deepEqual([named(packet, 3), named(packet, 4)], [[], []], packet);
    }
  });
});

import assert from 'node:assert/strict';
import { PacketWriter } from '../../src/protocol/codec';
import type { ControlPacket, ProtocolVersion } from '../../src/protocol/controlPacket';
import { ClientConnection } from '../../src/session/clientConnection';
import { ServerConnection } from '../../src/session/serverConnection';
import { SessionState } from '../../src/session/sessionState';
import { acceptance } from '../support/conversation';
import { a, encodeAll } from '../support/packets';
import { randomFrom } from '../support/random';

/** Packets of both directions, so that mutations of them go deep before they are noticed. */
const packets: readonly ControlPacket[] = [
  a.publish('a/b', 0),
  a.publish('a/b', 1, 1),
  a.publish('a/b', 2, 2),
  a.publish('', 1, 3, { properties: {}, topicName: 'c' }),
  a.acknowledgement('PUBACK', 1),
  a.acknowledgement('PUBREC', 2),
  a.acknowledgement('PUBREL', 2),
  a.acknowledgement('PUBCOMP', 2),
  { type: 'PINGREQ' },
  { type: 'PINGRESP' },
  a.subscribe(4, [a.subscription('#', 1)]),
  a.suback(1, [0]),
  a.unsubscribe(5, ['#']),
];

/** A stream of good packets in which some bytes are others, are missing or are there twice. */
function mutated(random: () => number, version: ProtocolVersion): Uint8Array {
  const chosen = Array.from(
    { length: 20 },
    () => packets[Math.floor(random() * packets.length)] as ControlPacket,
  );
  const bytes = [...encodeAll(chosen, version)];
  for (let count = Math.floor(random() * 4); count > 0; count--) {
    const at = Math.floor(random() * bytes.length);
    const kind = random();
    if (kind < 0.6) bytes[at] = Math.floor(random() * 256);
    else if (kind < 0.8) bytes.splice(at, 1);
    else bytes.splice(at, 0, bytes[at] ?? 0);
  }
  return Uint8Array.from(bytes);
}

/** Feeds a stream in pieces; returns how the connection closed, if it did. */
function feed(
  connection: ClientConnection | ServerConnection,
  bytes: Uint8Array,
  random: () => number,
): string {
  let closed = '';
  for (let at = 0; at < bytes.length;) {
    const end = at + 1 + Math.floor(random() * 30);
    const effects = connection.handle({ kind: 'bytes', at, chunk: bytes.slice(at, end) });
    if (closed !== '') assert.deepEqual(effects, [], 'a closed connection does nothing');
    for (const effect of effects) if (effect.kind === 'close') closed = effect.ending.kind;
    at = end;
  }
  return closed;
}

describe('Whatever bytes arrive', () => {
  for (const version of [3, 4, 5] as const) {
    it(`a server in version ${version} goes on or closes with the rule that was broken`, () => {
      const endings = new Set<string>();
      for (let seed = 1; seed <= 300; seed++) {
        const random = randomFrom(seed);
        const server = new ServerConnection({ out: new PacketWriter(), maximumPacketSize: 10_000 });
        const connect = encodeAll([a.connect({ protocolVersion: version })], version);
        server.handle({ kind: 'bytes', at: 0, chunk: connect });
        server.handle({ kind: 'commands', at: 0, commands: [{ kind: 'accept', acceptance: acceptance() }] });
        endings.add(feed(server, mutated(random, version), random));
      }
      // Before 5.0 a packet that is too large breaks no rule.
      const ofLimit = version === 5 ? [] : ['disconnectedByServer'];
      assert.deepEqual(
        [...endings].filter((kind) => !['', 'protocol', 'disconnectedByClient', ...ofLimit].includes(kind)),
        [],
      );
      assert.ok(endings.has('protocol'));
    });

    it(`a client in version ${version} does, too`, () => {
      const endings = new Set<string>();
      for (let seed = 1; seed <= 300; seed++) {
        const random = randomFrom(seed);
        const client = new ClientConnection({
          connect: a.connect({ protocolVersion: version }),
          session: new SessionState(),
          out: new PacketWriter(),
          connackPatience: 1_000,
        });
        client.handle({ kind: 'commands', at: 0, commands: [{ kind: 'connect' }] });
        if (seed % 2 === 0) client.handle({ kind: 'bytes', at: 0, chunk: encodeAll([a.connack()], version) });
        endings.add(feed(client, mutated(random, version), random));
      }
      const known = ['', 'protocol', 'notMqtt', 'disconnectedByServer', 'refusedByServer'];
      assert.deepEqual(
        [...endings].filter((kind) => !known.includes(kind)),
        [],
      );
      assert.ok(endings.has('protocol') && endings.has('notMqtt'));
    });
  }
});

import assert from 'node:assert/strict';
import { PacketWriter } from '../../src/protocol/codec';
import type { ControlPacket, ProtocolVersion } from '../../src/protocol/controlPacket';
import { packetCatalogue } from '../../src/protocol/packetCatalogue';
import { largestPacket, PacketFramer } from '../../src/protocol/packetFramer';
import { isReasonCode } from '../../src/protocol/reasonCodes';
import { violationTable } from '../../src/protocol/violations';
import { wireCatalogue } from '../../src/protocol/wireCatalogue';
import { ClientConnection } from '../../src/session/clientConnection';
import { looksLikeConnack, olderServersConnack } from '../../src/session/connackDetection';
import { ServerConnection } from '../../src/session/serverConnection';
import { SessionState } from '../../src/session/sessionState';
import { acceptance } from '../support/conversation';
import { a, encodeAll, packetsIn } from '../support/packets';
import { loadVectors, type Vector } from '../support/vectors';
import { violationOf } from '../support/violationOf';

/** Packet types by who may send them (2.1.2, table 2-1). */
const fromClients: ReadonlySet<number> = new Set([1, 3, 4, 5, 6, 7, 8, 10, 12, 14, 15]);
const fromServers: ReadonlySet<number> = new Set([2, 3, 4, 5, 6, 7, 9, 11, 13, 14, 15]);
const alone: ReadonlySet<string> = new Set([...Object.keys(wireCatalogue), ...Object.keys(packetCatalogue)]);

interface Answer {
  /** The rule the connection closed for, or how else it closed; undefined while it is open. */
  readonly closed: string | undefined;
  readonly sent: readonly ControlPacket[];
}

/** Whether the bytes are one packet for a framer: only then does a session get to decode them. */
function isFramed(bytes: Uint8Array): boolean {
  let frames = 0;
  const violation = violationOf(() => {
    new PacketFramer().push(bytes, (_buffer, start, end) => {
      if (end - start === bytes.length) frames++;
    });
  });
  return violation === undefined && frames === 1;
}

function answerOf(
  connection: ServerConnection | ClientConnection,
  chunk: Uint8Array,
  version: ProtocolVersion,
): Answer {
  let closed: string | undefined;
  const sent: ControlPacket[] = [];
  for (const effect of connection.handle({ kind: 'bytes', at: 0, chunk })) {
    if (effect.kind === 'transmit') sent.push(...packetsIn(effect.bytes, version));
    if (effect.kind === 'close') {
      closed = effect.ending.kind === 'protocol' ? effect.ending.violation.id : effect.ending.kind;
    }
  }
  return { closed, sent };
}

function server(version: ProtocolVersion, accepted: boolean): ServerConnection {
  const connection = new ServerConnection({ out: new PacketWriter(), maximumPacketSize: largestPacket });
  if (!accepted) return connection;
  const chunk = encodeAll([a.connect({ protocolVersion: version })], version);
  connection.handle({ kind: 'bytes', at: 0, chunk });
  connection.handle({ kind: 'commands', at: 0, commands: [{ kind: 'accept', acceptance: acceptance() }] });
  return connection;
}

function client(version: ProtocolVersion, accepted: boolean): ClientConnection {
  const connection = new ClientConnection({
    connect: a.connect({ protocolVersion: version }),
    session: new SessionState(),
    out: new PacketWriter(),
    connackPatience: 1000,
  });
  connection.handle({ kind: 'commands', at: 0, commands: [{ kind: 'connect' }] });
  if (accepted) connection.handle({ kind: 'bytes', at: 0, chunk: encodeAll([a.connack()], version) });
  return connection;
}

function check({ bytes, fatal, packet, version }: Vector, { closed, sent }: Answer): void {
  if (!fatal) {
    // It may still come at the wrong time, which is another rule.
    if (packet) assert.ok(!alone.has(closed ?? ''), `closed for ${closed}`);
    return;
  }
  // An answer to CONNECT that does not even begin like CONNACK is taken for another protocol's.
  if (closed === 'notMqtt') {
    assert.ok(!looksLikeConnack([...bytes.subarray(0, 3)], version));
    return;
  }
  // A server that knows no 5.0 refuses as 3.1.1 does, and is understood.
  if (closed === 'refusedByServer') {
    assert.ok(olderServersConnack(bytes, 0, bytes.length, version));
    return;
  }
  assert.equal(closed, fatal.id);
  const { reasonCode } = violationTable[fatal.id];
  for (const answer of sent) {
    assert.ok(answer.type === 'CONNACK' || answer.type === 'DISCONNECT', `sent ${answer.type}`);
    if (version === 5 && isReasonCode(reasonCode, answer.type, 5))
      assert.equal(answer.reasonCode, reasonCode);
  }
}

const vectors = loadVectors().filter(({ file, bytes }) => file !== 'context' && isFramed(bytes));
const typeOf = ({ bytes }: Vector) => (bytes[0] ?? 0) >> 4;

describe('A vector, sent to a session', () => {
  for (const version of [3, 4, 5] as const) {
    const own = vectors.filter((vector) => vector.version === version);

    it(`is answered by a server of version ${version} as its rules say`, () => {
      const chosen = own.filter((vector) => fromClients.has(typeOf(vector)));
      assert.ok(chosen.some(({ fatal }) => fatal) && chosen.some(({ fatal }) => !fatal));
      for (const vector of chosen) {
        const first = typeOf(vector) === 1;
        const answer = answerOf(server(version, !first), vector.bytes, version);
        assert.doesNotThrow(() => check(vector, answer), vector.name);
      }
    });

    it(`is answered by a client of version ${version} as its rules say`, () => {
      const chosen = own.filter((vector) => fromServers.has(typeOf(vector)));
      assert.ok(chosen.some(({ fatal }) => fatal) && chosen.some(({ fatal }) => !fatal));
      for (const vector of chosen) {
        const first = typeOf(vector) === 2;
        const answer = answerOf(client(version, !first), vector.bytes, version);
        assert.doesNotThrow(() => check(vector, answer), vector.name);
      }
    });
  }
});

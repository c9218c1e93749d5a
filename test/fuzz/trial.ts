import assert from 'node:assert/strict';
import { concatBytes } from '../../src/base/bytes';
import { parseHexDump } from '../../src/base/hexDump';
import { decode, encode, PacketReader } from '../../src/protocol/codec';
import type { ControlPacket, ProtocolVersion } from '../../src/protocol/controlPacket';
import { Conversation } from '../../src/protocol/conversation';
import { dissect } from '../../src/protocol/dissect';
import { dissectStream } from '../../src/protocol/dissectStream';
import { PacketFramer } from '../../src/protocol/packetFramer';
import type { Violation } from '../../src/protocol/violations';
import { ProtocolViolation, violationTable } from '../../src/protocol/violations';
import { assertTiles } from '../support/fieldTiling';

/** Everything that must hold for any bytes at all. Throws where it does not. */
export function tryInput(bytes: Uint8Array, version: ProtocolVersion): void {
  const packet = accepted(() => decode(bytes, version));
  const byLayout = accepted(() => new PacketReader().readByLayout(bytes, 0, bytes.length, version));
  assert.deepEqual(byLayout, packet, 'the hot path and the layout read the same');
  if (packet) {
    const own = packet.type === 'CONNECT' ? packet.protocolVersion : version;
    assert.deepEqual(decode(encode(packet, own), own), packet, 'what was read can be written and read again');
  }
  const dissection = dissect(bytes, { version });
  assertTiles(dissection.fields, 0, bytes.length);
  const broken = dissection.violations.some(({ id }) => !violationTable[id].tolerated);
  assert.equal(broken, packet === undefined, 'dissection and decoding accept the same');
  if (packet) assert.deepEqual(dissection.packet, packet);
  trySplits(bytes);
  const stream = dissectStream(bytes);
  const spans = [...stream.packets, ...stream.skipped].sort((a, b) => a.start - b.start);
  const whole = concatBytes(spans.map(({ start, end }) => bytes.subarray(start, end)));
  assert.deepEqual(whole, bytes, 'packets and what is between them are the stream');
  const conversation = new Conversation(version);
  for (const { start, end } of stream.packets) conversation.next('client', bytes.subarray(start, end));
  parseHexDump(Buffer.from(bytes).toString('latin1'));
}

/** The packet, or undefined where a rule is broken. Anything else that is thrown is a crash. */
function accepted(read: () => ControlPacket): ControlPacket | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProtocolViolation) return undefined;
    throw error;
  }
}

function trySplits(bytes: Uint8Array): void {
  const whole = framed([bytes]);
  const middle = bytes.length >> 1;
  assert.deepEqual(framed([bytes.subarray(0, middle), bytes.subarray(middle)]), whole);
  assert.deepEqual(framed([bytes.subarray(0, 1), bytes.subarray(1)]), whole);
}

interface Framed {
  readonly packets: readonly Uint8Array[];
  readonly pending: Uint8Array | undefined;
  readonly violation: Violation['id'] | undefined;
}

function framed(chunks: readonly Uint8Array[]): Framed {
  const framer = new PacketFramer();
  const packets: Uint8Array[] = [];
  try {
    for (const chunk of chunks)
      framer.push(chunk, (buffer, start, end) => packets.push(buffer.slice(start, end)));
  } catch (error) {
    if (!(error instanceof ProtocolViolation)) throw error;
    return { packets, pending: undefined, violation: error.violation.id };
  }
  return { packets, pending: framer.pending, violation: undefined };
}

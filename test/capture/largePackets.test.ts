import assert from 'node:assert/strict';
import { concatBytes } from '../../src/base/bytes';
import { ConnectionCapture } from '../../src/capture/connectionCapture';
import { PacketLog } from '../../src/capture/packetLog';
import { encode } from '../../src/protocol/codec';
import { a } from '../support/packets';

const segmentBytes = 4096;
const ping = Uint8Array.of(0xc0, 0);

function publish(payloadBytes: number): Uint8Array {
  return encode(a.publish('t', 0, 0, { payload: new Uint8Array(payloadBytes).fill(0x5a) }), 4);
}

/** Captures a stream in chunks of so many bytes, and returns what the log has of it. */
function rows(stream: Uint8Array, chunkBytes: number): { log: PacketLog; bytes: readonly Uint8Array[] } {
  const log = new PacketLog({ byteBudget: 1024 * 1024, segmentBytes });
  const capture = new ConnectionCapture(log, 'device');
  for (let at = 0; at < stream.length; at += chunkBytes) {
    // A socket's memory is used again.
    const chunk = stream.slice(at, at + chunkBytes);
    capture.chunk('in', chunk, 1);
    chunk.fill(0xff);
  }
  const bytes = Array.from(
    { length: log.end - log.first },
    (_, index) => log.bytesAt(log.first + index) ?? assert.fail('a row has bytes'),
  );
  return { log, bytes };
}

describe('Packets that fill a segment of the log', () => {
  for (const size of [segmentBytes - 100, segmentBytes, 3 * segmentBytes]) {
    it(`are there byte for byte with what came before and after them, ${size} bytes in chunks of any size`, () => {
      const packets = [ping, publish(size), ping, publish(size), publish(10), ping];
      for (const chunkBytes of [1, 700, 5000, 1_000_000]) {
        const { bytes } = rows(concatBytes(packets), chunkBytes);
        assert.deepEqual(
          bytes.map((each) => [...each]),
          packets.map((each) => [...each]),
          `chunks of ${chunkBytes}`,
        );
      }
    });
  }

  it('stand where they were put together: their bytes were not copied again', () => {
    const { bytes } = rows(concatBytes([ping, publish(3 * segmentBytes), ping]), 700);
    const large = bytes[1] ?? assert.fail('the packet is there');
    assert.equal(large.buffer.byteLength, large.length);
  });

  it('weigh what they take', () => {
    const { log } = rows(publish(3 * segmentBytes), 700);
    assert.ok(log.weight >= 3 * segmentBytes && log.weight < 4 * segmentBytes, String(log.weight));
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { concatBytes, fromHex, toHex } from '../../src/base/bytes';
import { largestPacket, PacketFramer, roomFor } from '../../src/protocol/packetFramer';
import { violationOf } from '../support/violationOf';

function bytesOf(hex: string): Uint8Array {
  return fromHex(hex) ?? assert.fail(hex);
}

/** What a framer hands over, as hexadecimal digits. */
function framesOf(framer: PacketFramer, ...chunks: readonly Uint8Array[]): string[] {
  const frames: string[] = [];
  for (const chunk of chunks)
    framer.push(chunk, (buffer, start, end) => frames.push(toHex(buffer.slice(start, end))));
  return frames;
}

/** A packet of any type byte whose content is `length` bytes. */
function packetOf(length: number): Uint8Array {
  const header = [0x30];
  for (let rest = length; ; rest >>>= 7) {
    header.push(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest);
    if (rest <= 0x7f) break;
  }
  return concatBytes([Uint8Array.from(header), new Uint8Array(length).fill(0x5a)]);
}

describe('PacketFramer', () => {
  it('hands packets of one chunk over in place', () => {
    const chunk = bytesOf('c000 40020001 d000');
    const framer = new PacketFramer();
    const places: unknown[] = [];
    framer.push(chunk, (buffer, start, end) => places.push([buffer === chunk, start, end]));
    assert.deepEqual(places, [
      [true, 0, 2],
      [true, 2, 6],
      [true, 6, 8],
    ]);
    assert.equal(framer.pending.length, 0);
  });

  it('gathers packets that come a byte at a time', () => {
    const bytes = bytesOf('c000 40020001 3003000161 d000');
    const chunks = [...bytes].map((byte) => Uint8Array.of(byte));
    assert.deepEqual(framesOf(new PacketFramer(), ...chunks), ['c000', '40020001', '3003000161', 'd000']);
  });

  it('takes empty chunks at any time', () => {
    const none = new Uint8Array(0);
    const framer = new PacketFramer();
    assert.deepEqual(
      framesOf(framer, none, bytesOf('40'), none, bytesOf('0200'), none, bytesOf('01'), none),
      ['40020001'],
    );
  });

  it('puts a packet that straddles chunks together and goes on in the rest of the last one', () => {
    const framer = new PacketFramer();
    assert.deepEqual(framesOf(framer, bytesOf('c000 4002'), bytesOf('00'), bytesOf('01 d000 30')), [
      'c000',
      '40020001',
      'd000',
    ]);
    assert.deepEqual(framer.pending, bytesOf('30'));
  });

  it('shows the bytes of the packet that is not whole yet', () => {
    const framer = new PacketFramer();
    assert.deepEqual(framesOf(framer, bytesOf('300a00'), bytesOf('0161')), []);
    assert.deepEqual(framer.pending, bytesOf('300a000161'));
  });

  it('keeps what it holds when the chunk’s buffer is used again', () => {
    const chunk = bytesOf('400200');
    const framer = new PacketFramer();
    framesOf(framer, chunk);
    chunk.fill(0xff);
    assert.deepEqual(framesOf(framer, bytesOf('01')), ['40020001']);
  });

  for (const length of [0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152]) {
    it(`frames ${length} bytes of content, wherever its head is cut`, () => {
      const packet = packetOf(length);
      for (let cut = 1; cut < Math.min(packet.length, 7); cut++) {
        const framer = new PacketFramer();
        const frames: boolean[] = [];
        for (const chunk of [packet.subarray(0, cut), packet.subarray(cut)]) {
          framer.push(chunk, (buffer, start, end) => {
            frames.push(Buffer.from(buffer.buffer, buffer.byteOffset + start, end - start).equals(packet));
          });
        }
        assert.deepEqual(frames, [true], `cut at ${cut}`);
      }
    });
  }

  it('takes a padded Remaining Length as it is: whether it is allowed is for the reader to say', () => {
    assert.deepEqual(framesOf(new PacketFramer(), bytesOf('c0808000 c000')), ['c0808000', 'c000']);
  });

  it('stops at a Remaining Length that goes on after its fourth byte, after what came before', () => {
    const framer = new PacketFramer();
    const frames: number[] = [];
    const violation = violationOf(() =>
      framer.push(bytesOf('c000 30ffffffff01'), (_buffer, start) => frames.push(start)),
    );
    assert.deepEqual([violation?.id, violation?.offset, frames], ['variableByteIntegerTooLong', 1, [0]]);
  });

  it('stops at it as soon as the fourth byte is there', () => {
    const framer = new PacketFramer();
    framesOf(framer, bytesOf('30'), bytesOf('80'), bytesOf('8080'));
    assert.equal(violationOf(() => framesOf(framer, bytesOf('80')))?.id, 'variableByteIntegerTooLong');
  });

  it('takes a packet of exactly the maximum', () => {
    const framer = new PacketFramer(10);
    assert.deepEqual(framesOf(framer, packetOf(8)).length, 1);
    assert.deepEqual(framesOf(framer, packetOf(8).subarray(0, 5), packetOf(8).subarray(5)).length, 1);
  });

  it('stops at a packet above the maximum when its length is known, not when it is there', () => {
    for (const chunks of [
      [packetOf(9)],
      [bytesOf('3009')],
      [bytesOf('30'), bytesOf('09')],
      [bytesOf('c000 3009')],
    ]) {
      const framer = new PacketFramer(10);
      const violation = violationOf(() => framesOf(framer, ...chunks));
      assert.deepEqual([violation?.id, violation?.offset], ['packetTooLarge', 1]);
    }
  });

  it('allows the largest packet there is unless told otherwise', () => {
    assert.equal(largestPacket, 1 + 4 + 268_435_455);
    const framer = new PacketFramer();
    assert.deepEqual(framesOf(framer, bytesOf('30ffffff7f')), []);
    assert.deepEqual(framer.pending, bytesOf('30ffffff7f'));
  });

  it('makes room for at most sixteen times what came of a packet, and in the end for exactly the packet', () => {
    const sizes = fc.integer({ min: 2, max: largestPacket });
    fc.assert(
      fc.property(sizes, fc.double({ min: 0, max: 1, noNaN: true }), (wanted, part) => {
        const came = Math.max(1, Math.floor(wanted * part));
        const room = roomFor(came, wanted);
        assert.ok(room >= came && room <= wanted && room < 16 * Math.max(came, 4096), `${room}`);
      }),
    );
    assert.equal(roomFor(5, largestPacket) < 16 * 4096, true);
    assert.equal(roomFor(Math.ceil(largestPacket / 16) + 1, largestPacket), largestPacket);
    assert.equal(roomFor(3, 0), 64);
  });

  it('copies what came of a large packet a few times at most', () => {
    let copied = 0;
    for (let came = 5, room = roomFor(5, largestPacket); came < largestPacket; came += 65_536) {
      if (came <= room) continue;
      copied += came;
      room = roomFor(came, largestPacket);
    }
    assert.ok(copied < largestPacket / 8, `${copied} bytes`);
  });

  it('finds the same packets however a stream is cut', () => {
    const streams = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(streams, fc.array(fc.nat(), { maxLength: 12 }), (lengths, cuts) => {
        const packets = lengths.map(packetOf);
        const stream = concatBytes(packets);
        const places = [0, ...cuts.map((cut) => cut % stream.length).sort((a, b) => a - b), stream.length];
        const chunks = places.slice(1).map((end, index) => stream.subarray(places[index], end));
        assert.deepEqual(
          framesOf(new PacketFramer(), ...chunks),
          packets.map((packet) => toHex(packet)),
        );
      }),
    );
  });
});

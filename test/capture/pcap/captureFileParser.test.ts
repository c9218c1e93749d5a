import assert from 'node:assert/strict';
import { concatBytes, toHex } from '../../../src/base/bytes';
import { PacketLog } from '../../../src/capture/packetLog';
import { CaptureFileParser } from '../../../src/capture/pcap/captureFileParser';
import type { CaptureProblem } from '../../../src/capture/pcap/captureFormat';
import { CaptureReader } from '../../../src/capture/pcap/captureReader';
import { describeCapture } from '../../../src/capture/pcap/describeCapture';
import { firstFrameAt, pcapFile, pcapngBlocks, pcapngFile } from '../../support/captureFiles';
import type { Frame } from '../../support/captureFiles';

interface Parsed {
  readonly frames: readonly (readonly [hex: string, at: number, linkType: number, originalLength: number])[];
  readonly comments: readonly string[];
  readonly problems: readonly CaptureProblem[];
}

function parse(file: Uint8Array, chunk = file.length): Parsed {
  const frames: (readonly [string, number, number, number])[] = [];
  const comments: string[] = [];
  const problems: CaptureProblem[] = [];
  const parser = new CaptureFileParser({
    frame: (frame) => {
      frames.push([toHex(frame.bytes), frame.at, frame.linkType, frame.originalLength]);
      comments.push(...frame.comments);
    },
    problem: (problem) => problems.push(problem),
  });
  for (let at = 0; at < file.length; at += chunk) parser.push(file.slice(at, at + chunk));
  parser.end();
  return { frames, comments, problems };
}

const frame = (...content: readonly number[]): Frame => ({ bytes: Uint8Array.from(content) });
const first = firstFrameAt / 1000;

describe('A capture file', () => {
  for (const littleEndian of [true, false]) {
    for (const nanoseconds of [true, false]) {
      const order = littleEndian ? 'little-endian' : 'big-endian';
      it(`of the classic format is read, ${order}, in ${nanoseconds ? 'nano' : 'micro'}seconds`, () => {
        const at = firstFrameAt + 123_457;
        const frames = [{ ...frame(1, 2, 3), at, originalLength: 9 }, frame(4)];
        const file = pcapFile(frames, { littleEndian, nanoseconds, linkType: 1 });
        for (const chunk of [file.length, 1, 7]) {
          assert.deepEqual(parse(file, chunk), {
            frames: [
              ['010203', at / 1000, 1, 9],
              ['04', first + 1, 1, 1],
            ],
            comments: [],
            problems: [],
          });
        }
      });
    }

    it(`of pcapng is read, ${littleEndian ? 'little' : 'big'}-endian, with every kind of packet block`, () => {
      const blocks = pcapngBlocks(littleEndian);
      const units = BigInt(firstFrameAt);
      const file = concatBytes([
        blocks.section(),
        blocks.interface({ linkType: 113, snapLength: 3 }),
        blocks.packet({ ...frame(1, 2, 3), comment: 'look' }, units),
        blocks.block(5, Uint8Array.of(1, 2, 3, 4)),
        blocks.obsoletePacket(frame(4, 5), units + 250n),
        blocks.block(0x4000_0001, new Uint8Array(12)),
        blocks.simplePacket({ ...frame(6, 7, 8), originalLength: 80 }),
      ]);
      for (const chunk of [file.length, 1]) {
        assert.deepEqual(parse(file, chunk), {
          frames: [
            ['010203', first, 113, 3],
            ['0405', first + 0.25, 113, 2],
            ['060708', first + 0.25, 113, 80],
          ],
          comments: ['look'],
          problems: [],
        });
      }
    });
  }

  for (const [name, resolution, units] of [
    ['nanoseconds', 9, 1_700_000_000_123_456_789n],
    ['milliseconds', 3, 1_700_000_000_123n],
    ['units of 2^-30 s', 0x80 + 30, (1_700_000_000_123_456n << 30n) / 1_000_000n + 1n],
  ] as const) {
    it(`of pcapng may count in ${name}`, () => {
      const { section, interface: description, packet } = pcapngBlocks();
      const file = concatBytes([section(), description({ resolution, offset: 10 }), packet(frame(1), units)]);
      const microseconds = resolution === 3 ? 123_000 : 123_456;
      assert.equal(parse(file).frames[0]?.[1], (1_700_000_010_000_000 + microseconds) / 1000);
    });
  }

  it('may add a negative offset to its times', () => {
    const { section, interface: description, packet } = pcapngBlocks(false);
    const file = concatBytes([section(), description({ offset: -5 }), packet(frame(1), 7_000_000n)]);
    assert.equal(parse(file).frames[0]?.[1], 2000);
  });

  it('may have several sections, each with a byte order and interfaces of its own', () => {
    const [little, big] = [pcapngBlocks(), pcapngBlocks(false)];
    const file = concatBytes([
      ...[little.section(), little.interface({ linkType: 1 }), little.interface({ linkType: 101 })],
      ...[little.packet(frame(1), 1000n, 1), little.packet(frame(2), 2000n, 0)],
      ...[big.section(), big.interface({ linkType: 276 }), big.packet(frame(3), 3000n, 0)],
    ]);
    assert.deepEqual(parse(file).frames, [
      ['01', 1, 101, 1],
      ['02', 2, 1, 1],
      ['03', 3, 276, 1],
    ]);
  });

  it('says which frame is of an interface it does not describe', () => {
    const { section, interface: description, packet } = pcapngBlocks();
    const start = [section(), description()];
    const file = concatBytes([...start, packet(frame(1), 0n, 4), packet(frame(2), 0n)]);
    const { frames, problems } = parse(file);
    assert.deepEqual(frames.length, 1);
    assert.deepEqual(problems, [{ code: 'unknownInterface', block: 3, offset: concatBytes(start).length }]);
  });

  it('that is none is named as such', () => {
    for (const file of [new Uint8Array(0), Uint8Array.from([1, 2, 3]), new Uint8Array(4000).fill(0x30)]) {
      assert.deepEqual(parse(file), {
        frames: [],
        comments: [],
        problems: [{ code: 'notACaptureFile', block: 1, offset: 0 }],
      });
    }
  });

  for (const [what, beginning, sentence] of [
    [
      'snoop',
      'snoop\0\0\0\0\0\0\x02',
      /^This is a capture file of snoop, which is not read\. Open it in Wireshark/,
    ],
    ['gzip', '\x1f\x8b\x08\0', /^This file is compressed with gzip\. Unpack it/],
    ['Network Monitor', 'GMBU\0\x02', /Microsoft Network Monitor/],
    ['pcap with longer records', '\xa1\xb2\xcd\x34\0\x02', /longer records/],
  ] as const) {
    it(`that is of ${what} is named as what it is`, () => {
      const reader = new CaptureReader(new PacketLog({ byteBudget: 1e6 }));
      const start = Array.from(beginning, (character) => character.charCodeAt(0));
      reader.push(concatBytes([Uint8Array.from(start), new Uint8Array(40)]));
      const said = describeCapture(reader.end());
      assert.equal(said.length, 1);
      assert.match(said[0] ?? '', sentence);
    });
  }

  const frames = Array.from({ length: 5 }, (_, index) => frame(...Array<number>(40).fill(index)));
  for (const [format, file, record, header] of [
    ['pcap', pcapFile(frames), 56, 24],
    ['pcapng', pcapngFile(frames), 72, 48],
  ] as const) {
    it(`(${format}) that ends early says where, and keeps what is before`, () => {
      assert.equal(file.length, header + 5 * record);
      for (let length = header; length < file.length; length++) {
        const { frames: read, problems } = parse(file.subarray(0, length));
        const whole = Math.floor((length - header) / record);
        const isBetween = (length - header) % record === 0;
        assert.deepEqual(
          read.slice(0, whole).map(([hex]) => hex),
          frames.slice(0, whole).map((each) => toHex(each.bytes)),
        );
        const at = { block: whole + (format === 'pcap' ? 2 : 3), offset: header + whole * record };
        assert.deepEqual(problems, isBetween ? [] : [{ code: 'truncated', ...at }], `${length} bytes`);
      }
    });

    it(`(${format}) with a damaged length says where, and goes on behind it`, () => {
      const damaged = file.slice();
      // The captured length of a record, the length of a block.
      damaged.fill(
        0xff,
        header + record + (format === 'pcap' ? 8 : 4),
        header + record + (format === 'pcap' ? 12 : 8),
      );
      for (const chunk of [damaged.length, 5]) {
        const { frames: read, problems } = parse(damaged, chunk);
        assert.deepEqual(
          read.map(([hex]) => hex.slice(0, 2)),
          ['00', '02', '03', '04'],
        );
        const block = format === 'pcap' ? 3 : 4;
        assert.deepEqual(problems, [
          { code: 'damagedBlock', block, offset: header + record, skipped: record },
        ]);
      }
    });
  }

  it('(pcap) with a hole of zeros, such as a disk leaves that lost its power, says where, and goes on behind it', () => {
    const many = Array.from({ length: 20 }, (_, index) => frame(...Array<number>(40).fill(index)));
    for (const [from, to, first] of [
      [24 + 3 * 56, 24 + 6 * 56, 6],
      [24 + 3 * 56, 24 + 6 * 56 + 12, 7],
      [24 + 3 * 56 + 20, 24 + 5 * 56 + 30, 6],
    ] as const) {
      const damaged = pcapFile(many).fill(0, from, to);
      for (const chunk of [damaged.length, 7]) {
        const { frames: read, problems } = parse(damaged, chunk);
        const before = Math.floor((from - 24 + 55) / 56);
        const rest = many.slice(first).map((each) => toHex(each.bytes));
        assert.deepEqual(
          read.slice(before).map(([hex]) => hex),
          rest,
          `${from} to ${to}`,
        );
        const offset = 24 + before * 56;
        const skipped = 24 + first * 56 - offset;
        assert.deepEqual(problems, [{ code: 'damagedBlock', block: before + 2, offset, skipped }]);
      }
    }
  });

  it('(pcap) with a wrong time in one record has what is behind the next damage found all the same', () => {
    const many = Array.from({ length: 9 }, (_, index) => frame(...Array<number>(40).fill(index)));
    const damaged = pcapFile(many).fill(0, 24 + 56, 24 + 56 + 4);
    damaged.fill(0xff, 24 + 2 * 56 + 8, 24 + 2 * 56 + 12);
    const { frames: read, problems } = parse(damaged);
    assert.equal(read.length, 8);
    assert.deepEqual(problems, [{ code: 'damagedBlock', block: 4, offset: 24 + 2 * 56, skipped: 56 }]);
  });

  it('whose two lengths of a block differ is damaged there', () => {
    const file = pcapngFile(frames);
    file[48 + 72 - 4] = 0x44;
    const { frames: read, problems } = parse(file);
    assert.deepEqual(read.length, 4);
    assert.deepEqual(problems, [{ code: 'damagedBlock', block: 3, offset: 48, skipped: 72 }]);
  });

  it('may have a huge block of an unknown kind, which is passed over without being kept', () => {
    const { section, interface: description, packet, block } = pcapngBlocks();
    const huge = block(0x0bad, new Uint8Array(20 * 1024 * 1024));
    const file = concatBytes([section(), description(), huge, packet(frame(7), 0n)]);
    assert.deepEqual(
      parse(file, 64 * 1024).frames.map(([hex]) => hex),
      ['07'],
    );
  });
});

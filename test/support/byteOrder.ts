import assert from 'node:assert/strict';

/*
 * Capture files as a machine of the other byte order writes them: tcpdump and its like have that of the machine that they run
 * on and no choice. Nothing of what ships is used for it, so that no mistake of the reader is made here as well.
 */

/** Turns fields of these sizes, in bytes, around, one behind the other; returns where they end. */
function turn(bytes: Uint8Array, at: number, ...sizes: readonly number[]): number {
  for (const size of sizes) {
    bytes.subarray(at, at + size).reverse();
    at += size;
  }
  return at;
}

const padded = (length: number): number => Math.ceil(length / 4) * 4;

/** A file of pcap or pcapng in little-endian order as one in big-endian order, byte for byte the same otherwise. */
export function bigEndian(file: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(file);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (view.getUint32(0) === 0x0a0d0d0a) turnBlocks(bytes, view);
  else turnRecords(bytes, view);
  return bytes;
}

/** Classic pcap (draft-ietf-opsawg-pcap, 4 and 5). */
function turnRecords(bytes: Uint8Array, view: DataView): void {
  assert.ok([0xa1b2c3d4, 0xa1b23c4d].includes(view.getUint32(0, true)), 'a little-endian file of pcap');
  let at = turn(bytes, 0, 4, 2, 2, 4, 4, 4, 4);
  while (at < bytes.length) {
    const captured = view.getUint32(at + 8, true);
    at = turn(bytes, at, 4, 4, 4, 4) + captured;
  }
  assert.equal(at, bytes.length);
}

interface BlockLayout {
  /** The sizes of the fields behind the block's length. */
  readonly fields: readonly number[];
  /** Which of them is the length of the bytes that follow, counted from 0, where some do. */
  readonly lengthIn?: number;
  /** Of options whose values have a byte order: the sizes of their fields. Texts, addresses and single bytes have none. */
  readonly options?: Readonly<Record<number, readonly number[]>>;
}

/** Of pcapng, those that tcpdump and Wireshark write (draft-ietf-opsawg-pcapng, 4). */
const layouts: Readonly<Record<number, BlockLayout>> = {
  0x0a0d0d0a: { fields: [4, 2, 2, 8] },
  1: { fields: [2, 2, 4], options: { 8: [8], 14: [8], 16: [8], 17: [8] } },
  5: {
    fields: [4, 4, 4],
    options: { 2: [4, 4], 3: [4, 4], 4: [8], 5: [8], 6: [8], 7: [8], 8: [8] },
  },
  6: { fields: [4, 4, 4, 4, 4], lengthIn: 3, options: { 2: [4], 4: [8], 5: [8], 6: [4] } },
};

function turnBlocks(bytes: Uint8Array, view: DataView): void {
  assert.equal(view.getUint32(8, true), 0x1a2b3c4d, 'a little-endian file of pcapng');
  let at = 0;
  while (at < bytes.length) {
    const type = view.getUint32(at, true);
    const end = at + view.getUint32(at + 4, true);
    const { fields, lengthIn, options = {} } = layouts[type] ?? assert.fail(`a block of type ${type}`);
    let next = turn(bytes, at, 4, 4, ...fields);
    if (lengthIn !== undefined) {
      const before = fields.slice(0, lengthIn).reduce((sum, size) => sum + size, at + 8);
      next += padded(view.getUint32(before, true));
    }
    while (next < end - 4) {
      const [code, length] = [view.getUint16(next, true), view.getUint16(next + 2, true)];
      const value = turn(bytes, next, 2, 2);
      const sizes = options[code];
      if (sizes) assert.equal(turn(bytes, value, ...sizes), value + length);
      next = value + padded(length);
    }
    assert.equal(next, end - 4);
    at = turn(bytes, next, 4);
  }
  assert.equal(at, bytes.length);
}

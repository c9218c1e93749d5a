import assert from 'node:assert/strict';
import fc from 'fast-check';
import { concatBytes } from '../../src/base/bytes';
import { encode, PacketWriter } from '../../src/protocol/codec';
import { a } from '../support/packets';

/** What becomes of bytes that were lent: they come back at once, later when others were lent since, or never. */
const fates = ['back', 'late', 'never'] as const;

describe('Bytes that a writer lends', () => {
  const packets = fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 8 });
  const steps = fc.array(fc.record({ packets, fate: fc.constantFrom(...fates), moved: fc.boolean() }), {
    maxLength: 20,
  });

  it('are those that were written, and change no more before they are given back', () => {
    fc.assert(
      fc.property(steps, (steps) => {
        const out = new PacketWriter();
        const others = new PacketWriter();
        const lent: { bytes: Uint8Array; expected: Uint8Array; isBack: boolean }[] = [];
        for (const [step, { packets, fate, moved }] of steps.entries()) {
          const expected: Uint8Array[] = [];
          for (const length of packets) {
            const packet = { ...a.publish(`t/${step}`), payload: new Uint8Array(length).fill(step) };
            (moved ? others : out).write(packet, 4);
            expected.push(encode(packet, 4));
          }
          if (moved) out.takeOver(others);
          const entry = { bytes: out.lend(), expected: concatBytes(expected), isBack: false };
          for (const earlier of lent) {
            if (!earlier.isBack) assert.deepEqual(earlier.bytes, earlier.expected);
          }
          assert.deepEqual(entry.bytes, entry.expected);
          assert.equal(out.length, 0);
          if (fate === 'back') {
            entry.isBack = true;
            entry.bytes.fill(0xff);
            out.giveBack(entry.bytes);
          } else if (fate === 'late') {
            const previous = lent.at(-1);
            if (previous && !previous.isBack) out.giveBack(previous.bytes);
          }
          lent.push(entry);
        }
      }),
    );
  });

  it('take turns in two buffers when they come back, and have new ones when they do not', () => {
    const buffersOf = (comeBack: boolean): Set<ArrayBufferLike> => {
      const out = new PacketWriter();
      const buffers = new Set<ArrayBufferLike>();
      for (let count = 0; count < 10; count++) {
        out.write({ ...a.publish('t'), payload: new Uint8Array(1000) }, 4);
        const bytes = out.lend();
        buffers.add(bytes.buffer);
        if (comeBack) out.giveBack(bytes);
      }
      return buffers;
    };
    assert.ok(buffersOf(true).size <= 4);
    assert.equal(buffersOf(false).size, 10);
  });

  it('leave no large buffer behind', () => {
    const out = new PacketWriter();
    for (const length of [1000, 3_000_000, 1000]) {
      out.write({ ...a.publish('t'), payload: new Uint8Array(length) }, 4);
      out.giveBack(out.lend());
      assert.ok(out.heldBytes <= 1_048_576 + 2 * 131_072, String(out.heldBytes));
    }
  });

  it('are not taken for those of somebody else', () => {
    const out = new PacketWriter();
    const foreign = new Uint8Array(1000);
    out.giveBack(foreign);
    out.write(a.publish('t'), 4);
    out.lend();
    out.write(a.publish('t'), 4);
    out.lend();
    out.write({ ...a.publish('t'), payload: new Uint8Array(500) }, 4);
    assert.deepEqual(foreign, new Uint8Array(1000));
  });
});

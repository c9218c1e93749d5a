import assert from 'node:assert/strict';
import { PacketLog } from '../../src/capture/packetLog';
import type { Density } from '../../src/inspector/panelContract';
import { PanelHandlers } from '../../src/ui/inspector/panelHandlers';

const pingreq = Uint8Array.of(0xc0, 0);
const broken = Uint8Array.of(0xc1, 0);

function setUp(byteBudget = 1e7) {
  const log = new PacketLog({ byteBudget, segmentBytes: 64 * 1024 });
  const connection = log.openConnection('bench');
  const panel = new PanelHandlers({
    log,
    services: {
      copyText: () => Promise.resolve(),
      copySelected: () => Promise.resolve(),
      choices: { last: () => ({}), made: () => Promise.resolve() },
      chooseColumns: () => Promise.resolve(undefined),
    },
    failed: (error) => assert.fail(error),
  });
  const append = (bytes: Uint8Array, at: number): number =>
    log.append({ at, direction: 'in', connection, kind: 'packet', version: 5, topic: undefined }, bytes);
  /** Asks until the host has read everything, as the view does. */
  const readDensity = async (slices: number): Promise<Density> => {
    for (;;) {
      const density = await panel.handlers.density(slices);
      if (density.unread === 0) return density;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  return { log, panel, append, readDensity };
}

describe('The log from afar', () => {
  it('has the rate and the broken packets of each slice', async () => {
    const { append, readDensity, panel } = setUp();
    for (let count = 0; count < 100; count++) append(pingreq, count * 10);
    for (let count = 0; count < 100; count++) append(count === 50 ? broken : pingreq, 1000 + count * 100);
    const { first, end, rates, violations } = await readDensity(2);
    assert.deepEqual([first, end], [1, 201]);
    assert.ok(Math.abs((rates[0] ?? 0) - 101) < 2, String(rates[0]));
    assert.ok(Math.abs((rates[1] ?? 0) - 10) < 0.5, String(rates[1]));
    assert.deepEqual(violations, [0, 1]);
    panel.dispose();
  });

  it('answers at once, and reads only while somebody asks', async () => {
    const { append, panel } = setUp();
    for (let count = 0; count < 30_000; count++) append(pingreq, count);
    const { unread, violations } = await panel.handlers.density(10);
    assert.equal(unread, 30_000);
    assert.deepEqual(violations, new Array(10).fill(0));
    panel.dispose();
  });

  it('has no more slices than packets, and none of an empty log', async () => {
    const { append, readDensity, panel } = setUp();
    assert.deepEqual((await readDensity(100)).rates, []);
    append(pingreq, 5);
    assert.deepEqual((await readDensity(100)).rates.length, 1);
    panel.dispose();
  });

  it('goes on where the oldest packets are evicted while it reads', async () => {
    const { append, readDensity, log, panel } = setUp(200_000);
    for (let count = 0; count < 20_000; count++) append(count % 1000 === 0 ? broken : pingreq, count);
    const before = await readDensity(50);
    for (let count = 0; count < 20_000; count++) append(count % 1000 === 0 ? broken : pingreq, count);
    const { first, violations } = await readDensity(50);
    assert.ok(first > before.first);
    const counted = violations.reduce((sum, count) => sum + count, 0);
    let expected = 0;
    for (let sequence = first; sequence < log.end; sequence++)
      if (log.bytesAt(sequence)?.[0] === 0xc1) expected++;
    assert.equal(counted, expected);
    panel.dispose();
  });

  it('keeps of a selection what the log keeps', async () => {
    const { append, panel, log } = setUp();
    for (let count = 0; count < 10; count++) append(pingreq, count);
    await panel.handlers.selectionChanged([{ start: 3, end: 100 }]);
    assert.deepEqual([...panel.selected.sequences], [3, 4, 5, 6, 7, 8, 9, 10]);
    log.clear();
    assert.deepEqual([panel.selected.count, panel.selected.first], [0, undefined]);
    panel.dispose();
  });
});

import assert from 'node:assert/strict';
import type { Pace } from '../../../src/base/slices';
import { encodeUtf8 } from '../../../src/base/utf8';
import { readDisplayFilter } from '../../../src/capture/filter/displayFilter';
import { FilteredLog } from '../../../src/capture/filter/filteredLog';
import { seek, TextTest } from '../../../src/capture/filter/seek';
import { PacketLog } from '../../../src/capture/packetLog';
import { inPacket } from '../../../src/capture/publishTopics';
import { encode } from '../../../src/protocol/codec';
import { a } from '../../support/packets';

/** Thirty-two messages of 200 KiB: a step over all of them would hold up everything else. */
function largeLog(): PacketLog {
  const log = new PacketLog({ byteBudget: 64e6 });
  const connection = log.openConnection('bench');
  const bytes = encode(a.publish('t', 0, 0, { payload: new Uint8Array(200 * 1024).fill(0x61) }), 4);
  for (let count = 0; count < 32; count++)
    log.append({ at: 0, direction: 'in', connection, kind: 'packet', version: 4, topic: inPacket }, bytes);
  return log;
}

/** A clock that counts how often it is looked at, and never says that time is up. */
function countingPace(): Pace & { asked: number } {
  return { asked: 0, now: () => 0, rest: () => Promise.resolve() };
}

function counted(pace: Pace & { asked: number }): Pace {
  return { now: () => (pace.asked++, 0), rest: () => pace.rest() };
}

describe('Rows that take long', () => {
  it('let a search for a text look at the clock between them', async () => {
    const log = largeLog();
    const pace = countingPace();
    const rows = { first: log.first, end: log.end, sequenceAt: (index: number) => index };
    const test = new TextTest('zz', true, () => undefined);
    await seek({ log, rows, test, from: 0, step: 1, pace: counted(pace), wanted: () => true });
    assert.ok(pace.asked >= 10, `looked ${pace.asked} times`);
  });

  it('that are no packet, or may hold secrets, do so too, and are searched as they are shown', async () => {
    const mebibyte = 1024 * 1024;
    for (const [kind, first] of [
      ['unframed', 0x61],
      ['packet', 0x10],
    ] as const) {
      const log = new PacketLog({ byteBudget: 64e6 });
      const bytes = new Uint8Array(8 * mebibyte).fill(0x61);
      bytes[0] = first;
      bytes.set(encodeUtf8('needle'), 5 * mebibyte);
      for (let count = 0; count < 2; count++)
        log.append({ at: 0, direction: 'in', connection: 1, kind, version: 4, topic: undefined }, bytes);
      const pace = countingPace();
      const rows = { first: log.first, end: log.end, sequenceAt: (index: number) => index };
      let asked = 0;
      const shown = (sequence: number): Uint8Array | undefined => (asked++, log.bytesAt(sequence));
      const find = (text: string) => {
        const test = new TextTest(text, true, shown);
        return seek({ log, rows, test, from: 1, step: 1, pace: counted(pace), wanted: () => true });
      };
      assert.deepEqual(await find('Needle'), { index: 2, sequence: 2, wrapped: false });
      assert.ok(pace.asked >= 16, `looked ${pace.asked} times`);
      assert.equal(asked, 1);
      assert.equal(await find('haystack'), undefined);
      assert.equal(asked, 3);
    }
  });

  it('are counted where only the beginning of their payload decides', async () => {
    const log = new PacketLog({ byteBudget: 64e6 });
    const connection = log.openConnection('bench');
    const row = { at: 0, direction: 'in', connection, kind: 'packet', version: 4, topic: inPacket } as const;
    const payload = new Uint8Array(1024 * 1024 + 1).fill(0x61);
    payload[1024 * 1024] = 0x62;
    for (const each of [payload, payload.subarray(1), payload])
      log.append(row, encode(a.publish('t', 0, 0, { payload: each }), 4));
    const shortenedBy = async (text: string): Promise<readonly [found: number, shortened: number]> => {
      const read = readDisplayFilter(text, log);
      assert.ok('filter' in read, text);
      const failed = (error: Error): void => assert.fail(error);
      const filtered = new FilteredLog({ log, filter: read.filter, pace: countingPace(), failed });
      while (filtered.isScanning) await new Promise((resolve) => setImmediate(resolve));
      filtered.dispose();
      return [filtered.end - filtered.first, filtered.shortenedRows];
    };
    assert.deepEqual(await shortenedBy('text > "b"'), [0, 2]);
    assert.deepEqual(await shortenedBy('text > "b" or payload == "b"'), [0, 2]);
    // A pattern looks at less than that.
    assert.deepEqual(await shortenedBy('text matches /b$/'), [0, 3]);
    assert.deepEqual(await shortenedBy('payload.temperature > 3'), [0, 2]);
    assert.deepEqual(await shortenedBy('text contains "b"'), [3, 0]);
    assert.deepEqual(await shortenedBy('size > 3 and qos == 0'), [3, 0]);
    assert.deepEqual(await shortenedBy('qos == 1 and text matches /b$/'), [0, 0]);
  });

  it('are concealed in parts where they are very long, and what is secret is not found', async () => {
    const mebibyte = 1024 * 1024;
    const log = new PacketLog({ byteBudget: 64e6 });
    const bytes = new Uint8Array(8 * mebibyte).fill(0x61);
    const secrets = [{ start: 3 * mebibyte - 7, end: 5 * mebibyte + 9 }];
    for (const at of [2 * mebibyte, 4 * mebibyte, 6 * mebibyte]) bytes.set(encodeUtf8(`needle${at}`), at);
    log.append(
      { at: 0, direction: 'in', connection: 1, kind: 'unframed', version: 4, topic: undefined },
      bytes,
    );
    const pace = countingPace();
    const rows = { first: log.first, end: log.end, sequenceAt: (index: number) => index };
    const of = { bytes: log.bytesAt(1) ?? assert.fail(), secrets };
    const find = async (text: string): Promise<boolean> => {
      const whole = (): never => assert.fail('is not concealed in one go');
      const test = new TextTest(text, false, whole, () => of);
      const options = { log, rows, test, from: 1, pace: counted(pace), wanted: () => true };
      return (await seek({ ...options, step: 1 })) !== undefined;
    };
    assert.deepEqual(
      [await find(`needle${2 * mebibyte}`), await find(`needle${6 * mebibyte}`)],
      [true, true],
    );
    assert.equal(await find(`needle${4 * mebibyte}`), false);
    assert.equal(await find('a**'), true);
    assert.ok(pace.asked >= 4 * 16, `looked ${pace.asked} times`);
  });

  it('let a filter that decodes them do so', async () => {
    const log = largeLog();
    const pace = countingPace();
    const read = readDisplayFilter('text matches /b$/', log);
    assert.ok('filter' in read);
    const failed = (error: Error): void => assert.fail(error);
    const filtered = new FilteredLog({ log, filter: read.filter, pace: counted(pace), failed });
    while (filtered.isScanning) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(filtered.scannedTo, log.end);
    assert.ok(pace.asked >= 32, `looked ${pace.asked} times`);
    filtered.dispose();
  });
});

describe('What the inspector conceals', () => {
  it('is not told letter by letter by a filter', () => {
    const log = new PacketLog({ byteBudget: 1e6 });
    const connection = log.openConnection('bench');
    const properties = { authenticationMethod: 'm', authenticationData: encodeUtf8('hunter2') };
    log.append(
      { at: 0, direction: 'in', connection, kind: 'packet', version: 5, topic: undefined },
      encode({ type: 'AUTH', reasonCode: 0x18, properties }, 5),
    );
    const matches = (text: string): boolean => {
      const read = readDisplayFilter(text, log);
      const segment = log.segmentOf(1);
      assert.ok('filter' in read && segment, text);
      return read.filter.test(segment, 0);
    };
    assert.equal(matches('property.authenticationData exists'), true);
    assert.equal(matches('property.authenticationData == "*******"'), true);
    assert.equal(matches('property.authenticationData matches /^h/'), false);
    assert.equal(matches('property.authenticationData contains "hunter"'), false);
    assert.equal(matches('property.authenticationMethod == "m"'), true);
  });
});

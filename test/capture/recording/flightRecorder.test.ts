import assert from 'node:assert/strict';
import { encodeUtf8 } from '../../../src/base/utf8';
import { ConnectionCapture } from '../../../src/capture/connectionCapture';
import { PacketLog } from '../../../src/capture/packetLog';
import { CaptureReader } from '../../../src/capture/pcap/captureReader';
import { rowRemarks } from '../../../src/capture/rowRemarks';
import { FlightRecorder, type FlightRecorderOptions } from '../../../src/capture/recording/flightRecorder';
import { isRecordingName, recordingName } from '../../../src/capture/recording/recordingFolder';
import { concealSecrets } from '../../../src/inspector/concealment';
import { encode } from '../../../src/protocol/codec';
import { FakeClock, turn } from '../../support/fakeClock';
import { MemoryRecordings } from '../../support/memoryRecordings';
import { a } from '../../support/packets';
import { findingsIn } from '../doctor/findingsOf';

function setUp(more: Partial<FlightRecorderOptions> = {}, budget = 1 << 24) {
  const log = new PacketLog({ byteBudget: budget });
  const clock = new FakeClock(Date.UTC(2026, 0, 2, 3, 4, 5, 6));
  const folder = new MemoryRecordings();
  folder.now = () => clock.now();
  const recorder = new FlightRecorder({
    ...{ log, clock, folder, fileBytes: 1 << 20, files: 3, application: 'MQTT Workbench 0.0.0' },
    conceal: (...row) => concealSecrets(...row).bytes,
    pace: { now: () => 0, rest: turn },
    ...more,
  });
  const capture = new ConnectionCapture(log, 'bench');
  const connect = a.connect({ userName: 'me', password: encodeUtf8('secret') });
  const open = (): void => {
    capture.chunk('out', encode(connect, 5), clock.now());
    capture.chunk('in', encode(a.connack(), 5), clock.now());
  };
  const publish = (topicName: string, payload = new Uint8Array(8)): void =>
    capture.chunk('in', encode(a.publish(topicName, 0, 0, { payload }), 5), clock.now());
  const pass = async (milliseconds: number): Promise<void> => {
    await clock.pass(milliseconds);
    for (let index = 0; index < 50; index++) await turn();
  };
  return { log, clock, folder, recorder, capture, open, publish, pass };
}

/** What a file holds, read by itself: each row's packet type, or the topic of a PUBLISH. */
function read(file: Uint8Array | undefined): readonly string[] {
  const log = new PacketLog({ byteBudget: 1 << 26 });
  const reader = new CaptureReader(log);
  reader.push((file ?? assert.fail('there is a file')).slice());
  assert.deepEqual(reader.end().problems, []);
  return Array.from({ length: log.end - log.first }, (_, index) => {
    const row = log.row(log.first + index);
    assert.ok(row?.kind === 'packet' && row.version === 5);
    return row.topic ?? row.packetType ?? '';
  });
}

const newest = (folder: MemoryRecordings) => [...folder.files.values()].at(-1);

describe('FlightRecorder', () => {
  it('writes nothing before there is a packet', async () => {
    const { folder, pass, recorder } = setUp();
    await pass(5000);
    assert.equal(folder.files.size, 0);
    assert.equal(recorder.state.phase, 'idle');
  });

  it('has packets safe on the disk within a second, in a file named after its beginning', async () => {
    const { folder, open, publish, pass, recorder } = setUp();
    open();
    publish('a');
    await pass(600);
    assert.deepEqual([...folder.files.keys()], ['mqtt-2026-01-02T03-04-05.506Z.pcapng']);
    const file = newest(folder);
    assert.equal(file?.safe, file?.written.length);
    assert.deepEqual(read(file?.written), ['CONNECT', 'CONNACK', 'a']);
    publish('b');
    await pass(600);
    assert.deepEqual(read(file?.written), ['CONNECT', 'CONNACK', 'a', 'b']);
    assert.equal(recorder.state.recorded, 4);
  });

  it('conceals passwords', async () => {
    const { folder, open, pass } = setUp();
    open();
    await pass(600);
    assert.ok(!Buffer.from(newest(folder)?.written ?? []).includes('secret'));
  });

  it('has with a packet what its receiver found wrong as it came', async () => {
    const { folder, log, capture, clock, open, pass } = setUp();
    open();
    await pass(600);
    capture.chunk('in', encode(a.publish('a', 2, 7), 5), clock.now());
    const inUse = { id: 'packetIdentifierInUse', offset: 0, value: 7 } as const;
    rowRemarks(log).add(3, inUse);
    await pass(600);
    const again = new PacketLog({ byteBudget: 1 << 26 });
    new CaptureReader(again).push((newest(folder)?.written ?? assert.fail()).slice());
    assert.deepEqual(rowRemarks(again).between(0, 10), [{ sequence: 3, violation: inUse }]);
  });

  it('has what was found wrong with a packet only after it was written, since its client had to wait to be let in', async () => {
    const { folder, log, clock, pass } = setUp();
    const device = new ConnectionCapture(log, 'esp32');
    device.chunk('in', encode(a.connect(), 5), clock.now());
    device.chunk('in', encode(a.publish('a', 2, 7), 5), clock.now());
    device.chunk('in', encode(a.publish('a', 2, 7), 5), clock.now());
    await pass(600);
    assert.deepEqual(read(newest(folder)?.written), ['CONNECT', 'a', 'a']);
    const inUse = { id: 'packetIdentifierInUse', offset: 0, value: 7 } as const;
    device.chunk('out', encode(a.connack(), 5), clock.now());
    rowRemarks(log).add(3, inUse);
    await pass(600);
    const again = new PacketLog({ byteBudget: 1 << 26 });
    new CaptureReader(again).push((newest(folder)?.written ?? assert.fail()).slice());
    assert.deepEqual(rowRemarks(again).between(0, 10), [{ sequence: 3, violation: inUse }]);
  });

  it('begins a file that opens by itself where one is full, and keeps as many as it may', async () => {
    const { folder, open, publish, pass } = setUp({ fileBytes: 4000 });
    open();
    const topics = Array.from({ length: 12 }, (_, index) => `t${index}`);
    for (const topic of topics) publish(topic, new Uint8Array(1000));
    await pass(600);
    assert.equal(folder.files.size, 3);
    const held = [...folder.files.values()].flatMap(({ written }) => {
      assert.ok(written.length <= 5000);
      return read(written);
    });
    assert.deepEqual(held, topics.slice(-held.length));
    assert.ok(held.length >= 6);
  });

  it('writes a packet that is larger than a file into one of its own', async () => {
    const { folder, open, publish, pass } = setUp({ fileBytes: 4000 });
    open();
    publish('large', new Uint8Array(300_000));
    publish('after');
    await pass(600);
    assert.deepEqual(
      [...folder.files.values()].map(({ written }) => read(written)),
      [['CONNECT', 'CONNACK'], ['large'], ['after']],
    );
  });

  it('leaves what an earlier window recorded until its turn comes, the longest unwritten first', async () => {
    const { folder, open, pass, recorder } = setUp();
    for (const name of ['mqtt-2025-01-01T00-00-00.000Z.pcapng', 'mqtt-2025-01-02T00-00-00.000Z.pcapng']) {
      const output = await folder.create(name);
      await output.write(Uint8Array.of(1));
      await output.close(1);
    }
    open();
    await pass(600);
    assert.equal(folder.files.size, 3);
    await recorder.stop();
    const again = setUp({ folder });
    again.open();
    await again.pass(600);
    assert.deepEqual(
      [...folder.files.keys()].filter((name) => name.includes('2025')),
      ['mqtt-2025-01-02T00-00-00.000Z.pcapng'],
    );
  });

  it('tells that it cannot write, goes on trying, and records then what the log still holds', async () => {
    const { folder, open, publish, pass, recorder } = setUp();
    open();
    await pass(600);
    folder.failure = new Error('ENOSPC');
    publish('a');
    await pass(600);
    assert.equal(recorder.state.phase, 'failing');
    assert.equal(recorder.state.failure, folder.failure);
    publish('b');
    await pass(10_000);
    assert.equal(recorder.state.recorded, 2);
    folder.failure = undefined;
    await pass(40_000);
    assert.deepEqual(
      [...folder.files.values()].map(({ written }) => read(written)),
      [
        ['CONNECT', 'CONNACK'],
        ['a', 'b'],
      ],
    );
    const { phase, recorded, lost } = recorder.state;
    assert.deepEqual([phase, recorded, lost], ['recording', 4, 0]);
  });

  it('counts what the log had to forget before it could be written', async () => {
    const { log, folder, open, publish, pass, recorder } = setUp({}, 64 * 1024);
    folder.failure = new Error('ENOSPC');
    open();
    for (let index = 0; index < 200; index++) publish(`t${index}`, new Uint8Array(1000));
    await pass(600);
    folder.failure = undefined;
    await pass(2000);
    const { recorded, lost } = recorder.state;
    assert.equal(lost, log.evictedPackets);
    assert.ok(lost > 100);
    assert.equal(recorded + lost, 202);
    assert.equal(read(newest(folder)?.written).length, recorded);
  });

  it('goes on in another file where somebody removes the one it writes', async () => {
    const { folder, open, publish, pass, recorder } = setUp();
    open();
    await pass(600);
    folder.files.clear();
    publish('a');
    await pass(600);
    assert.deepEqual(read(newest(folder)?.written), ['a']);
    assert.equal(recorder.state.phase, 'recording');
  });

  it('writes what is left when it stops, and nothing afterwards', async () => {
    const { folder, open, publish, pass, recorder } = setUp();
    open();
    await recorder.stop();
    assert.deepEqual(read(newest(folder)?.written), ['CONNECT', 'CONNACK']);
    publish('a');
    await pass(5000);
    assert.deepEqual(read(newest(folder)?.written), ['CONNECT', 'CONNACK']);
  });

  it('leaves the file alone that another window records to, within the one bound of all windows', async () => {
    const first = setUp({ files: 2, fileBytes: 600 });
    const { folder, clock } = first;
    const other = setUp({ files: 2, fileBytes: 600, folder, clock });
    first.open();
    await first.pass(500);
    const [of] = folder.files.keys();
    other.open();
    for (let index = 0; index < 40; index++) {
      other.publish(`other/${index}`);
      await first.pass(500);
      assert.ok(folder.files.size <= 2);
    }
    // It had nothing to write for twenty seconds, and has all of it still.
    assert.ok(of !== undefined && folder.files.has(of));
    assert.deepEqual(read(folder.files.get(of)?.written), ['CONNECT', 'CONNACK']);
    assert.equal(other.recorder.state.lost, 0);
    assert.deepEqual(read(newest(folder)?.written).at(-1), 'other/39');
  });

  it('says that it still records while there is nothing to write, and lets go of what a crash left', async () => {
    const first = setUp({ files: 2, fileBytes: 600 });
    const { folder, clock } = first;
    first.open();
    await first.pass(500);
    const [of] = folder.files.keys();
    for (let index = 0; index < 20; index++) await first.pass(10_000);
    assert.ok(clock.now() - (folder.files.get(of ?? '')?.beatAt ?? 0) <= 30_000);
    // As if its window had crashed.
    first.recorder.dispose();
    for (let index = 0; index < 20; index++) await first.pass(10_000);
    const other = setUp({ files: 2, fileBytes: 600, folder, clock });
    for (let index = 0; index < 20; index++) {
      other.publish(`other/${index}`);
      await first.pass(500);
    }
    assert.ok(of !== undefined && !folder.files.has(of));
    await other.recorder.stop();
    assert.deepEqual(
      [...folder.files.values()].map(({ beatAt }) => beatAt),
      [undefined, undefined],
    );
  });

  /** A recording as a log, with what there is to tell of it. */
  function readBack({ folder }: { readonly folder: MemoryRecordings }): PacketLog {
    const log = new PacketLog({ byteBudget: 1 << 24 });
    const reader = new CaptureReader(log);
    reader.push((newest(folder)?.written ?? assert.fail('there is a file')).slice());
    assert.deepEqual(reader.end().problems, []);
    return log;
  }

  it('has the end of a connection within a second, though no packet follows', async () => {
    const bench = setUp();
    bench.open();
    await bench.pass(600);
    bench.capture.closed(bench.clock.now());
    const closed = bench.log.connectionEnd(1);
    assert.equal(readBack(bench).connectionEnd(1), undefined);
    await bench.pass(600);
    assert.deepEqual(readBack(bench).connectionEnd(1), closed);
    const file = newest(bench.folder);
    assert.equal(file?.safe, file?.written.length);
  });

  it('has an end that comes right before it is stopped', async () => {
    const bench = setUp();
    bench.open();
    await bench.pass(600);
    bench.capture.closed(bench.clock.now());
    await bench.recorder.stop();
    assert.deepEqual(readBack(bench).connectionEnd(1), bench.log.connectionEnd(1));
  });

  it('has the end of a connection in front of what its client sends over the next one', async () => {
    const bench = setUp();
    const { log, clock, pass } = bench;
    for (let index = 0; index < 4; index++) {
      const capture = new ConnectionCapture(log, `esp32 (192.168.1.31:${50_000 + index})`);
      capture.chunk('in', encode(a.connect({ clientIdentifier: 'esp32' }), 4), clock.now());
      capture.chunk('out', encode(a.connack(), 4), clock.now() + 1);
      await pass(100_000);
      capture.closed(clock.now());
    }
    await bench.recorder.stop();
    const kinds = (of: PacketLog) => findingsIn(of).map(({ kind }) => kind);
    const back = readBack(bench);
    assert.deepEqual(kinds(back), kinds(log));
    assert.deepEqual(
      [1, 2, 3].map((connection) => back.connectionEnd(connection)?.end),
      [3, 5, 7],
    );
  });

  it('leaves what a removed file had in it alone and begins another with the next packet', async () => {
    const bench = setUp();
    bench.open();
    await bench.pass(600);
    bench.folder.files.clear();
    bench.capture.closed(bench.clock.now());
    await bench.pass(600);
    assert.equal(bench.folder.files.size, 0);
    const next = new ConnectionCapture(bench.log, 'next');
    next.chunk('out', encode(a.connect(), 5), bench.clock.now());
    await bench.pass(600);
    assert.deepEqual(read(newest(bench.folder)?.written), ['CONNECT']);
  });

  it('knows recordings by their names', () => {
    assert.ok(isRecordingName(recordingName(0)));
    assert.ok(isRecordingName(recordingName(0).replace('.pcapng', '-2.pcapng')));
    for (const name of ['mine.pcapng', 'mqtt-.pcapng', 'mqtt-2026-01-02.pcapng'])
      assert.ok(!isRecordingName(name));
  });
});

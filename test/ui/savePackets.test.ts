import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import '../support/vscodeFake';
import { encodeUtf8 } from '../../src/base/utf8';
import { ConnectionCapture } from '../../src/capture/connectionCapture';
import { saveFormatOf } from '../../src/capture/export/saveFormat';
import { PacketLog } from '../../src/capture/packetLog';
import { CaptureReader } from '../../src/capture/pcap/captureReader';
import { encode } from '../../src/protocol/codec';
import { UnfinishedFile } from '../../src/storage/unfinishedFile';
import { save, type Saving } from '../../src/ui/capture/savePackets';
import { selectedRanges } from '../../src/ui/inspector/selectedRows';
import { hostPace } from '../../src/ui/inspector/hostPace';
import { a } from '../support/packets';

describe('Save Packets', () => {
  let folder: string;
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-workbench-save-'))));
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  function setUp(publishes = 3, budget = 1 << 24): PacketLog {
    const log = new PacketLog({ byteBudget: budget });
    const capture = new ConnectionCapture(log, 'bench');
    capture.chunk('out', encode(a.connect({ userName: 'me', password: encodeUtf8('secret') }), 5), 1);
    capture.chunk('in', encode(a.connack(), 5), 2);
    for (let index = 0; index < publishes; index++)
      capture.chunk('in', encode(a.publish(`t/${index}`), 5), 3);
    return log;
  }

  const saving = (log: PacketLog, name: string, more: Partial<Saving> = {}): Saving => ({
    log,
    sequences: selectedRanges([{ start: log.first, end: log.end }]).sequences,
    format: saveFormatOf(name) ?? assert.fail(name),
    application: 'MQTT Workbench 0.0.0',
    pace: hostPace,
    open: () => UnfinishedFile.create(path.join(folder, name)),
    wanted: () => true,
    ...more,
  });

  for (const name of ['a.pcapng', 'a.jsonl', 'a.CSV']) {
    it(`writes ${name} whole and without the password`, async () => {
      const saved = await save(saving(setUp(), name));
      const content = fs.readFileSync(path.join(folder, name));
      assert.deepEqual(saved, { rows: 5, missing: 0, bytes: content.length });
      assert.ok(content.includes('t/2'));
      assert.ok(!content.includes('secret'));
      assert.ok(!content.includes(Buffer.from('secret').toString('base64')));
      assert.deepEqual(fs.readdirSync(folder), [name]);
    });
  }

  it('writes some packets so that they open by themselves', async () => {
    const log = setUp(10);
    const { count, sequences } = selectedRanges([
      { start: 4, end: 6 },
      { start: 9, end: 10 },
    ]);
    assert.equal(count, 3);
    await save(saving(log, 'a.pcapng', { sequences }));
    const opened = new PacketLog({ byteBudget: 1 << 24 });
    const reader = new CaptureReader(opened);
    reader.push(fs.readFileSync(path.join(folder, 'a.pcapng')));
    reader.end();
    assert.deepEqual(
      [1, 2, 3].map((sequence) => opened.row(sequence)?.topic),
      ['t/1', 't/2', 't/6'],
    );
    assert.equal(opened.end, 4);
    assert.equal(opened.row(1)?.version, 5);
  });

  it('counts packets that the log had to forget meanwhile', async () => {
    const log = setUp();
    const saved = await save(saving(log, 'a.jsonl', { sequences: [1, 2, 3, 77, 78] }));
    assert.deepEqual([saved?.rows, saved?.missing], [3, 2]);
  });

  it('leaves nothing where it is not wanted any more, or cannot be written', async () => {
    const log = setUp(5000);
    let asked = 0;
    assert.equal(await save(saving(log, 'a.jsonl', { wanted: () => ++asked < 3 })), undefined);
    assert.deepEqual(fs.readdirSync(folder), []);
    const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    const open = async () => {
      const file = await UnfinishedFile.create(path.join(folder, 'a.jsonl'));
      return {
        write: () => Promise.reject(full),
        finish: () => file.finish(),
        abandon: () => file.abandon(),
      };
    };
    await assert.rejects(save(saving(log, 'a.jsonl', { open })), full);
    assert.deepEqual(fs.readdirSync(folder), []);
  });

  it('knows formats by the end of a name', () => {
    assert.equal(saveFormatOf('a.b.PcapNG'), 'pcapng');
    for (const name of ['a', 'pcapng', 'a.pcap', 'a.json', 'a.csv/b', '.constructor']) {
      assert.equal(saveFormatOf(name), undefined, name);
    }
  });
});

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { PacketLog } from '../../src/capture/packetLog';
import { CaptureReader } from '../../src/capture/pcap/captureReader';
import { isRecordingName, recordingName } from '../../src/capture/recording/recordingFolder';
import { absoluteFolder, RecordingDirectory } from '../../src/storage/recordingDirectory';
import { bundledProgram } from '../support/bundledProgram';
import { type RunningProgram, startProgram } from '../support/childProcess';
import { repositoryRoot } from '../support/paths';
import { requiredPeer, requirePeer } from '../support/peers';

describe('RecordingDirectory', function () {
  this.timeout(60_000);
  let folder: string;
  let program: RunningProgram | undefined;
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-workbench-recordings-'))));
  afterEach(async () => {
    await program?.stop();
    program = undefined;
    fs.rmSync(folder, { recursive: true, force: true });
  });

  it('makes the folder and appends, for this user alone', async () => {
    const directory = new RecordingDirectory(path.join(folder, 'a', 'b'), isRecordingName);
    assert.deepEqual(await directory.list(), []);
    const output = await directory.create(recordingName(0));
    await output.write(Uint8Array.of(1, 2));
    await output.write(Uint8Array.of(3));
    assert.equal(await output.sync(), true);
    const file = path.join(directory.path, output.name);
    assert.deepEqual([...fs.readFileSync(file)], [1, 2, 3]);
    if (process.platform !== 'win32') assert.equal(fs.statSync(file).mode & 0o777, 0o600);
    await output.close(2);
    assert.deepEqual([...fs.readFileSync(file)], [1, 2]);
    assert.deepEqual(
      (await directory.list()).map(({ name }) => name),
      [output.name],
    );
    await directory.remove(output.name);
    await directory.remove(output.name);
    assert.deepEqual(await directory.list(), []);
  });

  it('leaves no file, and none open, where it cannot show that it is recorded to', async () => {
    const directory = new RecordingDirectory(folder, isRecordingName);
    const name = recordingName(0);
    fs.mkdirSync(path.join(folder, `${name}.lock`));
    const openFiles = () => (fs.existsSync('/proc/self/fd') ? fs.readdirSync('/proc/self/fd').length : 0);
    const before = openFiles();
    for (let time = 0; time < 5; time++) await assert.rejects(directory.create(name), { code: 'EISDIR' });
    assert.deepEqual(fs.readdirSync(folder), [`${name}.lock`]);
    assert.ok(openFiles() < before + 5, `${before} open files became ${openFiles()}`);
  });

  it('tells that a file is recorded to, until it is closed, and leaves nothing beside it', async () => {
    const directory = new RecordingDirectory(folder, isRecordingName);
    const output = await directory.create(recordingName(0));
    const beatAt = async (): Promise<number | undefined> => (await directory.list())[0]?.beatAt;
    const lock = path.join(folder, `${output.name}.lock`);
    fs.utimesSync(lock, 1, 1);
    assert.equal(await beatAt(), 1000);
    await output.beat();
    assert.ok(Math.abs(((await beatAt()) ?? 0) - Date.now()) < 10_000);
    await output.write(Uint8Array.of(1));
    await output.close(1);
    assert.equal(await beatAt(), undefined);
    assert.deepEqual(fs.readdirSync(folder), [output.name]);
    const left = await directory.create(recordingName(1));
    await directory.remove(left.name);
    assert.deepEqual(fs.readdirSync(folder), [output.name]);
    await left.close(0);
  });

  it('leaves nothing beside a file that is closed while it says that it is recorded to', async () => {
    const directory = new RecordingDirectory(folder, isRecordingName);
    for (let round = 0; round < 10; round++) {
      const output = await directory.create(recordingName(round));
      await output.write(Uint8Array.of(1));
      const beats = Array.from({ length: 8 }, () => output.beat());
      await output.close(1);
      await Promise.all([...beats, output.beat()]);
    }
    assert.deepEqual(
      fs.readdirSync(folder).filter((name) => name.endsWith('.lock')),
      [],
    );
  });

  it('keeps no file in which nothing is safe', async () => {
    const directory = new RecordingDirectory(folder, isRecordingName);
    const output = await directory.create(recordingName(0));
    await output.write(Uint8Array.of(1));
    await output.close(0);
    assert.deepEqual(fs.readdirSync(folder), []);
  });

  it('gives two files of one moment two names, and lists nothing that is no recording', async () => {
    const directory = new RecordingDirectory(folder, isRecordingName);
    fs.writeFileSync(path.join(folder, 'mine.pcapng'), '');
    const first = await directory.create(recordingName(0));
    const second = await directory.create(recordingName(0));
    assert.notEqual(first.name, second.name);
    assert.equal((await directory.list()).length, 2);
    await first.close(0);
    await second.close(0);
    assert.deepEqual(fs.readdirSync(folder), ['mine.pcapng']);
  });

  it('notices that somebody removed the file', async () => {
    const directory = new RecordingDirectory(folder, isRecordingName);
    const output = await directory.create(recordingName(0));
    await output.write(Uint8Array.of(1));
    fs.rmSync(path.join(folder, output.name));
    assert.equal(await output.sync(), false);
    await output.close(1);
  });

  it('takes absolute paths and those of the home folder', () => {
    assert.equal(absoluteFolder(folder), folder);
    assert.equal(absoluteFolder('~'), os.homedir());
    assert.equal(absoluteFolder(path.join('~', 'a')), path.join(os.homedir(), 'a'));
    for (const none of ['a', './a', '~a', '']) assert.equal(absoluteFolder(none), undefined);
  });

  it('holds after kill -9 everything that was told to be safe, and opens here and in tshark, also where it is cut', async function () {
    requirePeer(this, 'tshark');
    program = startProgram(process.execPath, [bundledProgram('test/support/recordingProgram.ts'), folder], {
      cwd: repositoryRoot,
    });
    await program.printed(/^safe \d{3,}$/m);
    program.child.kill('SIGKILL');
    await program.ended;
    const safe = Math.max(
      ...[...program.output().matchAll(/^safe (\d+)$/gm)].map(([, count]) => Number(count)),
    );
    assert.ok(safe >= 100);
    const [name = assert.fail('there is a recording'), ...others] = fs.readdirSync(folder);
    // The sign of who recorded to it stays as it was given last.
    assert.deepEqual(others, [`${name}.lock`]);
    const whole = fs.readFileSync(path.join(folder, name));
    const rows = readRows(whole);
    assert.ok(rows.count >= safe, `${rows.count} of ${safe}`);
    assert.ok(rows.problems.every((code) => code === 'truncated'));

    // As a crash of the machine may leave it.
    const cut = path.join(folder, 'cut.pcapng');
    fs.writeFileSync(cut, whole.subarray(0, whole.length - 7));
    const left = readRows(fs.readFileSync(cut));
    assert.deepEqual(left.problems, ['truncated']);
    assert.ok(left.count >= safe - 1);
    for (const file of [path.join(folder, name), cut]) {
      // It ends with a failure where the file does not end as it should, having printed what there is.
      const printed = spawnSync(
        requiredPeer('tshark'),
        ['-r', file, '-Y', 'mqtt', '-T', 'fields', '-e', 'mqtt.topic'],
        {
          encoding: 'utf8',
          maxBuffer: 1 << 28,
          env: { ...process.env, HOME: '/nonexistent' },
        },
      ).stdout;
      // The last row, CONNECT and CONNACK have no topic there.
      assert.ok(printed.includes(`number/${safe - 3}\n`));
    }
  });
});

function readRows(file: Uint8Array): { readonly count: number; readonly problems: readonly string[] } {
  const log = new PacketLog({ byteBudget: 1 << 26 });
  const reader = new CaptureReader(log);
  reader.push(file);
  const { problems } = reader.end();
  return { count: log.end - log.first, problems: problems.map(({ code }) => code) };
}

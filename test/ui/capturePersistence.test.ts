import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Pace } from '../../src/base/slices';
import { encodeUtf8 } from '../../src/base/utf8';
import { ConnectionCapture } from '../../src/capture/connectionCapture';
import { PacketLog } from '../../src/capture/packetLog';
import { encode } from '../../src/protocol/codec';
import { KeptCaptures } from '../../src/storage/keptCaptures';
import { hostPace } from '../../src/ui/inspector/hostPace';
import { CapturePersistence } from '../../src/ui/capture/capturePersistence';
import { newestPacket } from '../../src/ui/capture/newestPacket';
import { ProfileCaptures } from '../../src/ui/capture/profileCaptures';

describe('The packet log across a reload', () => {
  let folder: string;
  let captures: string;
  const warnings: string[] = [];
  const log = {
    info: () => undefined,
    warn: (message: string) => warnings.push(message),
    error: () => undefined,
  };

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-workbench-capture-'));
    captures = path.join(folder, 'storage', 'captures');
    warnings.length = 0;
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  function open(pace: Pace = hostPace): {
    readonly packets: PacketLog;
    readonly persistence: CapturePersistence;
  } {
    const packets = new PacketLog({ byteBudget: 1024 * 1024 });
    const kept = new KeptCaptures(captures, 'workspace');
    return { packets, persistence: new CapturePersistence(packets, kept, log, pace) };
  }

  /** What lies on the disk. */
  const files = (): readonly string[] =>
    fs.existsSync(captures) ? fs.readdirSync(captures).map((name) => path.join(captures, name)) : [];

  const keptFile = (): string => {
    const [file, ...more] = files();
    assert.deepEqual(more, []);
    return file ?? assert.fail('something was kept');
  };

  async function keepConversation(): Promise<void> {
    const { packets, persistence } = open();
    await persistence.restore();
    converse(packets);
    await persistence.save();
  }

  /** A CONNECT with a password out, a PUBLISH in. */
  function converse(packets: PacketLog): void {
    const capture = new ConnectionCapture(packets, 'bench');
    const connect = encode(
      {
        type: 'CONNECT',
        protocolName: 'MQTT',
        protocolVersion: 5,
        cleanStart: true,
        keepAlive: 60,
        properties: {},
        clientIdentifier: 'c',
        will: undefined,
        userName: 'ada',
        password: encodeUtf8('hunter2'),
      },
      5,
    );
    const publish = encode(
      {
        type: 'PUBLISH',
        dup: false,
        qos: 0,
        retain: false,
        topicName: 'demo/a',
        packetIdentifier: 0,
        properties: {},
        payload: encodeUtf8('x'),
      },
      5,
    );
    capture.chunk('out', connect, 1);
    capture.chunk('in', publish, 2);
    capture.closed(3);
  }

  it('comes back with its packets and the names of its connections', async () => {
    const before = open();
    await before.persistence.restore();
    converse(before.packets);
    await before.persistence.save();
    const { packets, persistence } = open();
    await persistence.restore();
    assert.equal(packets.end, before.packets.end);
    assert.deepEqual(packets.bytesAt(2), before.packets.bytesAt(2));
    assert.equal(packets.connectionName(1), 'bench');
    assert.deepEqual(warnings, []);
  });

  it('comes back before what is appended by those who wait for it', async () => {
    await keepConversation();
    const { packets, persistence } = open();
    const waiting = [1, 2].map(async () => {
      await persistence.restore();
      converse(packets);
    });
    await Promise.all(waiting);
    assert.equal(packets.end, 7);
    assert.deepEqual(
      [1, 3, 5].map((sequence) => packets.row(sequence)?.packetType),
      ['CONNECT', 'CONNECT', 'CONNECT'],
    );
    assert.deepEqual(
      [1, 3, 5].map((sequence) => packets.row(sequence)?.connection),
      [1, 2, 3],
    );
  });

  it('leaves no password on disk, and the file to its owner alone', async () => {
    await keepConversation();
    const file = keptFile();
    assert.ok(!fs.readFileSync(file).includes('hunter2'));
    assert.ok(fs.readFileSync(file).includes('ada'));
    if (process.platform === 'win32') return;
    assert.equal(fs.statSync(file).mode & 0o777, 0o600);
    assert.equal(fs.statSync(captures).mode & 0o777, 0o700);
  });

  it('lies on the disk no longer than until it is back, and again when the window closes', async () => {
    await keepConversation();
    const { persistence } = open();
    await persistence.restore();
    assert.deepEqual(files(), []);
    await persistence.save();
    const { packets, persistence: again } = open();
    await again.restore();
    assert.equal(packets.end, 3);
  });

  it('stays as it lies there where nobody looked at it', async () => {
    await keepConversation();
    await open().persistence.save();
    const { packets, persistence } = open();
    await persistence.restore();
    assert.equal(packets.end, 3);
  });

  it('is gone from the disk as soon as it is cleared, also before anybody looked at it', async () => {
    await keepConversation();
    const { packets, persistence } = open();
    await persistence.clear();
    assert.deepEqual(files(), []);
    assert.equal(packets.first, packets.end);
    await persistence.clear();
  });

  it('is not kept where the window has no place of its own', async () => {
    const packets = new PacketLog({ byteBudget: 1024 * 1024 });
    const persistence = new CapturePersistence(packets, undefined, log, hostPace);
    await persistence.restore();
    converse(packets);
    await persistence.save();
    await persistence.clear();
    assert.equal(packets.first, packets.end);
    assert.deepEqual(warnings, []);
  });

  it('says in the log how many packets there was no time for', async () => {
    let now = 0;
    // Each look at the clock is a second later.
    const { packets, persistence } = open({ now: () => (now += 1000), rest: () => Promise.resolve() });
    await persistence.restore();
    converse(packets);
    await persistence.save();
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /oldest packets .* 2 were left out/);
    const after = open();
    await after.persistence.restore();
    assert.deepEqual([after.packets.first, after.packets.end, after.packets.evictedPackets], [3, 3, 2]);
  });

  it('says in the log that it could not be kept, and leaves nothing half written', async () => {
    const { packets, persistence } = open();
    await persistence.restore();
    converse(packets);
    await keepConversation();
    const file = keptFile();
    fs.rmSync(file);
    fs.mkdirSync(path.join(file, 'inside'), { recursive: true });
    await persistence.save();
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /could not be kept/);
    assert.deepEqual(files(), [file]);
  });

  it('starts empty, and says so in the log, where the file is damaged or something else', async () => {
    await keepConversation();
    const name = path.basename(keptFile());
    const whole = fs.readFileSync(keptFile());
    const half = whole.subarray(0, whole.length / 2);
    for (const [index, content] of [half, Buffer.from('something else'), Buffer.alloc(0)].entries()) {
      fs.writeFileSync(path.join(captures, name), content);
      const { packets, persistence } = open();
      await persistence.restore();
      assert.equal(packets.end, 1);
      assert.equal(warnings.length, index + 1);
      assert.match(warnings[index] ?? '', /damaged/);
      assert.deepEqual(files(), []);
    }
  });

  it('starts empty without a word where there is no file', async () => {
    const { packets, persistence } = open();
    await persistence.restore();
    assert.equal(packets.end, 1);
    assert.deepEqual(warnings, []);
  });
});

describe('The newest packet of a topic', () => {
  const publish = encode(
    {
      type: 'PUBLISH',
      dup: false,
      qos: 0,
      retain: false,
      topicName: 'demo/a',
      packetIdentifier: 0,
      properties: {},
      payload: encodeUtf8('x'),
    },
    5,
  );

  it('is that of its own profile, though another one has the same name', () => {
    const packets = new PacketLog({ byteBudget: 1024 * 1024 });
    const captures = new ProfileCaptures(packets);
    for (const key of ['user:bench', 'workspace:bench', 'user:bench']) {
      captures.open({ key, name: 'bench' }).chunk('in', publish, 1);
    }
    captures.open({ key: 'user:bench', name: 'bench' }).chunk('out', publish, 2);
    const newest = (key: string, topicName: string): number | undefined =>
      newestPacket(packets, captures.of(key), topicName);
    assert.equal(newest('user:bench', 'demo/a'), 3);
    assert.equal(newest('workspace:bench', 'demo/a'), 2);
    assert.equal(newest('user:other', 'demo/a'), undefined);
    assert.equal(newest('user:bench', 'demo/b'), undefined);
  });

  it('is none once it was cleared, and connections without packets are forgotten', () => {
    const packets = new PacketLog({ byteBudget: 1024 * 1024 });
    const captures = new ProfileCaptures(packets);
    const profile = { key: 'user:bench', name: 'bench' };
    const first = captures.open(profile);
    first.chunk('in', publish, 1);
    first.closed(2);
    packets.clear();
    assert.equal(newestPacket(packets, captures.of(profile.key), 'demo/a'), undefined);
    const second = captures.open(profile);
    assert.deepEqual([...captures.of(profile.key)], [second.connection]);
  });
});

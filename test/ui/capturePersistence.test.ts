import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { encodeUtf8 } from '../../src/base/utf8';
import { ConnectionCapture } from '../../src/capture/connectionCapture';
import { PacketLog } from '../../src/capture/packetLog';
import { encode } from '../../src/protocol/codec';
import { ByteFile } from '../../src/storage/byteFile';
import { CapturePersistence } from '../../src/ui/capture/capturePersistence';
import { newestPacket } from '../../src/ui/capture/newestPacket';
import { ProfileCaptures } from '../../src/ui/capture/profileCaptures';

describe('The packet log across a reload', () => {
  let folder: string;
  let file: string;
  const warnings: string[] = [];
  const log = {
    info: () => undefined,
    warn: (message: string) => warnings.push(message),
    error: () => undefined,
  };

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-workbench-capture-'));
    file = path.join(folder, 'storage', 'capture.bin');
    warnings.length = 0;
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  function open(): { readonly packets: PacketLog; readonly persistence: CapturePersistence } {
    const packets = new PacketLog({ byteBudget: 1024 * 1024 });
    return { packets, persistence: new CapturePersistence(packets, new ByteFile(file), log) };
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
    assert.deepEqual(warnings, []);
  });

  it('leaves no password on disk, and the file to its owner alone', async () => {
    const { packets, persistence } = open();
    await persistence.restore();
    converse(packets);
    await persistence.save();
    assert.ok(!fs.readFileSync(file).includes('hunter2'));
    assert.ok(fs.readFileSync(file).includes('ada'));
    if (process.platform !== 'win32') assert.equal(fs.statSync(file).mode & 0o777, 0o600);
    assert.deepEqual(fs.readdirSync(path.dirname(file)), ['capture.bin']);
  });

  it('stays as it lies there where nobody looked at it', async () => {
    const before = open();
    await before.persistence.restore();
    converse(before.packets);
    await before.persistence.save();
    await open().persistence.save();
    const { packets, persistence } = open();
    await persistence.restore();
    assert.equal(packets.end, 3);
  });

  it('is gone from the disk as soon as it is cleared, also before anybody looked at it', async () => {
    const before = open();
    await before.persistence.restore();
    converse(before.packets);
    await before.persistence.save();
    const { packets, persistence } = open();
    await persistence.clear();
    assert.equal(fs.existsSync(file), false);
    assert.equal(packets.first, packets.end);
    await persistence.clear();
  });

  it('is not kept where the window has no place of its own', async () => {
    const packets = new PacketLog({ byteBudget: 1024 * 1024 });
    const persistence = new CapturePersistence(packets, undefined, log);
    await persistence.restore();
    converse(packets);
    await persistence.save();
    await persistence.clear();
    assert.equal(packets.first, packets.end);
    assert.deepEqual(warnings, []);
  });

  it('starts empty, and says so in the log, where the file is something else', async () => {
    fs.mkdirSync(path.dirname(file));
    fs.writeFileSync(file, 'something else');
    const { packets, persistence } = open();
    await persistence.restore();
    assert.equal(packets.end, 1);
    assert.equal(warnings.length, 1);
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

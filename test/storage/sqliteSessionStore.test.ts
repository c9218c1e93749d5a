import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { SessionChange, SessionJournal } from '../../src/session/sessionJournal';
import { SingleDatabase } from '../../src/storage/database';
import type { SessionBound } from '../../src/storage/sessionPruning';
import { SqliteSessionStore } from '../../src/storage/sqliteSessionStore';
import { bundledProgram } from '../support/bundledProgram';
import { startProgram } from '../support/childProcess';
import { MemorySessionStore } from '../support/memorySessionStore';
import { startOwnBroker } from '../support/ownBroker';
import { OwnClient } from '../support/ownClient';
import { turn } from '../support/fakeClock';
import { a } from '../support/packets';
import { repositoryRoot } from '../support/paths';
import { randomFrom } from '../support/random';

const message = (entry: number, packetIdentifier: number, bytes = [entry & 0xff, 0, 255]): SessionChange => ({
  kind: 'added',
  message: {
    entry,
    packetIdentifier,
    packet: Uint8Array.from(bytes),
    acceptedAt: 1_700_000_000_000.25 + entry,
  },
});

describe('A Session on the disk', function () {
  this.timeout(60_000);
  let folder: string;
  let broken: string[];
  let pruned: string[];
  let waited: (number | undefined)[];

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-workbench-sessions-'));
    broken = [];
    pruned = [];
    waited = [];
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  const store = (key = 'k', bound?: SessionBound) =>
    new SqliteSessionStore({
      ...(bound && { bound }),
      pruned: ({ name, messages }) => {
        pruned.push(name);
        waited.push(messages);
      },
      notPruned: (reason) => assert.fail(reason),
      folder: path.join(folder, 'sessions'),
      key,
      broken: (where, reason, messages) =>
        broken.push(`${path.relative(folder, where)}: ${reason}, ${messages ?? 'unknown'}`),
    });

  /** Where the only Session lies while nobody has it. */
  const place = (): string => {
    const sessions = path.join(folder, 'sessions');
    return path.join(sessions, fs.readdirSync(sessions)[0] ?? '', 'free');
  };

  async function kept(changes: readonly SessionChange[]): Promise<SessionJournal['kept']> {
    const journal = await store().open();
    journal.record(changes);
    journal.close();
    const again = await store().open();
    again.close();
    return again.kept;
  }

  it('is empty where there was none', async () => {
    const nothing = {
      hasBegun: false,
      mustStartClean: false,
      isDoubted: false,
      messages: [],
      released: [],
      received: [],
      subscriptions: [],
    };
    assert.deepEqual(await kept([]), nothing);
  });

  for (let seed = 1; seed <= 5; seed++) {
    it(`is after any steps what they lead to, seed ${seed}`, async () => {
      const random = randomFrom(seed);
      const model = new MemorySessionStore();
      const [disk, memory] = [await store().open(), await model.open()];
      let last = 0;
      for (let batch = 0; batch < 60; batch++) {
        const changes: SessionChange[] = [];
        const both = (change: SessionChange): void => {
          memory.record([change]);
          changes.push(change);
        };
        for (let step = 0; step < 6; step++) {
          const { messages, released, received } = model.kept;
          const used = [...messages.map(({ packetIdentifier }) => packetIdentifier), ...released];
          const identifier = Array.from({ length: 100 }, (_, index) => index + 1).find(
            (n) => !used.includes(n),
          );
          assert.ok(identifier !== undefined);
          const waiting = messages.find(({ packetIdentifier }) => packetIdentifier === 0);
          const sent = messages.find(({ packetIdentifier }) => packetIdentifier > 0);
          const choice = Math.floor(random() * 12);
          if (choice <= 1) both(message(++last, 0));
          else if (choice === 2) both(message(++last, identifier));
          else if (choice === 3 && waiting) {
            both({ kind: 'sent', entry: waiting.entry, packetIdentifier: identifier });
          } else if (choice === 4 && waiting) both({ kind: 'forgotten', entry: waiting.entry });
          else if (choice === 5 && sent) both({ kind: 'released', packetIdentifier: sent.packetIdentifier });
          else if (choice === 6 && sent) both({ kind: 'completed', packetIdentifier: sent.packetIdentifier });
          else if (choice === 7 && released[0] !== undefined) {
            both({ kind: 'completed', packetIdentifier: released[0] });
          } else if (choice === 8 && !received.includes(identifier)) {
            both({ kind: 'received', packetIdentifier: identifier });
          } else if (choice === 9 && received[0] !== undefined) {
            both({ kind: 'receivedReleased', packetIdentifier: received[0] });
          } else if (choice === 10) {
            const topicFilter = `f${Math.floor(random() * 4)}`;
            const subscription = { topicFilter, packet: Uint8Array.of(1, step), reasonCode: 1 };
            if (random() < 0.5) both({ kind: 'unsubscribed', topicFilter });
            else both({ kind: 'subscribed', subscription });
          } else if (choice === 11 && random() < 0.2) {
            both(random() < 0.7 ? { kind: 'lost' } : { kind: 'cleared' });
          } else if (random() < 0.5) both({ kind: 'begun', begun: random() < 0.5 });
          else both({ kind: 'doubted', doubted: random() < 0.5 });
        }
        disk.record(changes);
      }
      disk.close();
      const sorted = ({ received, subscriptions, ...rest }: SessionJournal['kept']) => ({
        ...rest,
        received: [...received].sort((one, other) => one - other),
        subscriptions: [...subscriptions].sort((one, other) =>
          one.topicFilter < other.topicFilter ? -1 : 1,
        ),
      });
      const again = await store().open();
      again.close();
      assert.deepEqual(sorted(again.kept), sorted(model.kept));
    });
  }

  it('takes all of a batch or nothing', async () => {
    const journal = await store().open();
    journal.record([message(1, 0)]);
    assert.throws(() => journal.record([message(2, 0), message(1, 0)]), { name: 'SessionStoreError' });
    journal.record([message(3, 0)]);
    journal.close();
    const again = await store().open();
    again.close();
    assert.deepEqual(
      again.kept.messages.map(({ entry }) => entry),
      [1, 3],
    );
  });

  it('is had by one at a time, each for itself', async () => {
    const one = await store('one').open();
    const other = await store('other').open();
    await assert.rejects(store('one').open(), { failure: { code: 'inUse' } });
    one.close();
    (await store('one').open()).close();
    other.close();
    assert.throws(() => other.record([message(1, 0)]), { failure: { code: 'inUse' } });
  });

  it('is set aside and told of where it is damaged, and begun anew', async () => {
    (await store().open()).close();
    const file = path.join(place(), 'session.db');
    for (const damage of ['this is no database, and long enough to be looked at '.repeat(40), undefined]) {
      if (damage !== undefined) fs.writeFileSync(file, damage);
      else {
        const bytes = fs.readFileSync(file);
        bytes.fill(0x5a, 4_096, 4_096 * 3);
        fs.writeFileSync(file, bytes);
      }
      broken = [];
      assert.deepEqual((await kept([message(1, 0)])).messages.length, 1);
      assert.equal(broken.length, 1);
      assert.match(broken[0] ?? '', /broken: ./);
      assert.ok(fs.existsSync(path.join(place(), 'broken/session.db')));
    }
  });

  it('goes aside whole, to be looked at, where its client cannot make sense of it', async () => {
    const journal = await store().open();
    journal.record([message(1, 0), message(2, 0), { kind: 'begun', begun: true }]);
    journal.close();
    const again = await store().open();
    const fresh = await again.setAside('a packet is broken');
    assert.throws(() => again.record([message(3, 0)]), { failure: { code: 'inUse' } });
    const { messages, hasBegun, mustStartClean } = fresh.kept;
    assert.deepEqual([messages, hasBegun, mustStartClean], [[], false, true]);
    fresh.record([message(1, 0)]);
    await assert.rejects(store().open(), { failure: { code: 'inUse' } });
    fresh.close();
    assert.match(broken.join(), /broken: a packet is broken, 2$/);
    const aside = await SingleDatabase.open(path.join(place(), 'broken/session.db'), ['']);
    assert.equal(aside.all('SELECT * FROM message').length, 2);
    aside.close();
  });

  it('is known to be lost on this side alone, over any number of windows, until a server has begun anew', async () => {
    const first = await store().open();
    first.record([{ kind: 'begun', begun: true }]);
    first.close();
    fs.writeFileSync(path.join(place(), 'session.db'), 'no database '.repeat(400));
    const state = ({ hasBegun, mustStartClean }: SessionJournal['kept']) => [hasBegun, mustStartClean];
    assert.deepEqual(state(await kept([])), [false, true]);
    assert.deepEqual(state(await kept([{ kind: 'begun', begun: true }])), [true, true]);
    assert.deepEqual(state(await kept([{ kind: 'startedClean' }])), [true, false]);
  });

  it('says so where it was written by a newer version, and leaves it as it is', async () => {
    (await store().open()).close();
    const file = path.join(place(), 'session.db');
    (await SingleDatabase.open(file, Array<string>(99).fill('SELECT 1'))).close();
    await assert.rejects(store().open(), {
      failure: { code: 'newer' },
    });
    assert.deepEqual(broken, []);
  });

  it('goes to the next process at once where its owner was killed in the middle of a write', async () => {
    (await store().open()).close();
    // As they lie there then: the name of an owner that is gone, and the lock of the engine.
    const gone = path.join(path.dirname(place()), `4194303.${Date.now()}.ab12.${os.hostname()}`);
    fs.renameSync(place(), gone);
    fs.mkdirSync(path.join(gone, 'session.db.lock'));
    (await store().open()).close();
    assert.ok(fs.existsSync(place()));
  });

  it('goes to the next process at once where nobody has asked how its owner ended', async function () {
    if (process.platform !== 'linux') this.skip();
    (await store().open()).close();
    // The shell becomes a program that does not ask, before the other one ends.
    const parent = spawn('sh', ['-c', 'sleep 1 & echo $!; exec sleep 60']);
    try {
      const [printed] = (await once(parent.stdout, 'data')) as [Buffer];
      const pid = Number(printed.toString());
      while (!fs.readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')) await turn();
      const gone = path.join(path.dirname(place()), `${pid}.${Date.now()}.ab12.${os.hostname()}`);
      fs.renameSync(place(), gone);
      (await store().open()).close();
    } finally {
      parent.kill();
    }
  });

  it('stays with an owner that lives, though its machine may be another, until that has been silent for long', async () => {
    (await store().open()).close();
    const elsewhere = path.join(path.dirname(place()), `1.${Date.now()}.ab12.elsewhere`);
    fs.renameSync(place(), elsewhere);
    await assert.rejects(store().open(), { failure: { code: 'inUse' } });
    fs.utimesSync(elsewhere, new Date(0), new Date(0));
    // Once is not enough: both machines may have slept.
    await assert.rejects(store().open(), { failure: { code: 'inUse' } });
  });

  it('stays with an owner that shows itself, though the clock was set forward by more than the machine has run', async () => {
    (await store().open()).close();
    // A process that is there, and an owner from before the machine was started, by the clock of now.
    const living = path.join(path.dirname(place()), `${process.ppid}.1000.ab12.${os.hostname()}`);
    fs.renameSync(place(), living);
    fs.utimesSync(living, new Date(), new Date());
    await assert.rejects(store().open(), { failure: { code: 'inUse' } });
    fs.utimesSync(living, new Date(0), new Date(0));
    (await store().open()).close();
  });

  it('is found among what other programs leave there, and made where they left nothing else', async () => {
    (await store().open()).close();
    const parent = path.dirname(place());
    fs.writeFileSync(path.join(parent, '.DS_Store'), '');
    fs.mkdirSync(path.join(parent, '.AppleDouble'));
    assert.equal((await kept([message(1, 0)])).messages.length, 1);
    fs.rmSync(path.join(parent, 'free'), { recursive: true });
    assert.equal((await kept([])).messages.length, 0);
  });

  it('is not taken for that of another window where this user may not write there', async function () {
    if (process.platform === 'win32') this.skip();
    (await store().open()).close();
    const parent = path.dirname(place());
    for (const each of [folder, path.dirname(parent)]) fs.chmodSync(each, 0o755);
    fs.chmodSync(parent, 0o555);
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(65_534); // Nothing is forbidden to the administrator.
    const opening = store().open();
    if (isRoot) process.seteuid?.(0);
    await assert.rejects(opening, /notPermitted: EACCES: permission denied/);
    fs.chmodSync(parent, 0o755);
  });

  it('is let go where it cannot be made smaller, with all that the engine holds of it', async () => {
    const journal = await store().open();
    const shrink = Object.getOwnPropertyDescriptor(SingleDatabase.prototype, 'shrink');
    assert.ok(shrink);
    SingleDatabase.prototype.shrink = () => {
      throw new Error('disk I/O error');
    };
    try {
      assert.throws(() => journal.close(), { failure: { code: 'unusable', detail: 'disk I/O error' } });
    } finally {
      Object.defineProperty(SingleDatabase.prototype, 'shrink', shrink);
    }
    // What the engine has open it locks.
    assert.ok(!fs.existsSync(path.join(place(), 'session.db.lock')));
    (await store().open()).close();
  });

  it('is not written to any more by an owner whom it was taken from', async () => {
    const journal = await store().open();
    const parent = path.dirname(place());
    const [name = ''] = fs.readdirSync(parent);
    fs.renameSync(path.join(parent, name), path.join(parent, 'free'));
    assert.throws(() => journal.record([message(1, 0)]), { failure: { code: 'inUse' } });
    journal.close();
    assert.deepEqual(fs.readdirSync(parent), ['free']);
  });

  it('makes room for others when it was not used for longest, unless somebody has it', async () => {
    const sessions = path.join(folder, 'sessions');
    const names = () => fs.readdirSync(sessions).filter((name) => name.length === 32);
    const used: string[] = [];
    const held = await store('held').open();
    used.push(...names());
    for (const [index, key] of ['oldest', 'older', 'newer'].entries()) {
      const before = names();
      const journal = await store(key).open();
      if (key === 'older') journal.record([message(1, 0), message(2, 1)]);
      journal.close();
      const [name = ''] = names().filter((each) => !before.includes(each));
      used.push(name);
      if (key === 'newer')
        fs.writeFileSync(path.join(sessions, name, 'free', 'session.db'), 'x'.repeat(5_000));
      const time = new Date(1_700_000_000_000 + index * 1000);
      fs.utimesSync(path.join(sessions, name, 'free'), time, time);
    }
    const parent = path.join(sessions, used[0] ?? '');
    fs.utimesSync(path.join(parent, fs.readdirSync(parent)[0] ?? ''), 1, 1);
    const last = await store('last', { sessions: 3, bytes: 1e9 }).open();
    assert.deepEqual(pruned, [used[1], used[2]]);
    assert.equal(names().length, 3);
    last.close();
    // All of them are too large together: those nobody has go, and the one that is opened stays.
    (await store('last', { sessions: 64, bytes: 1 }).open()).close();
    assert.deepEqual(pruned.slice(2), [used[3]]);
    assert.deepEqual(waited, [0, 2, undefined]);
    held.record([message(1, 0)]);
    held.close();
    assert.deepEqual(broken, []);
  });

  for (const version of [4, 5] as const) {
    it(`makes QoS 2 exactly once of a client that is killed again and again, in version ${version} [MQTT-4.3.3-10] [MQTT-4.4.0-1]`, async () => {
      const messages = 600;
      const broker = await startOwnBroker();
      const receiver = new OwnClient(broker.port, { clientIdentifier: 'receiver' });
      await receiver.connect();
      await receiver.subscribe([a.subscription('kept', 2)]);
      const start = (count: number) =>
        startProgram(
          process.execPath,
          [
            bundledProgram('test/support/keptPublisher.ts'),
            ...[path.join(folder, 'sessions'), String(broker.port), String(version), String(count)],
          ],
          { cwd: repositoryRoot },
        );
      let program = start(messages);
      try {
        for (const reached of [40, 200, 380]) {
          await Promise.race([receiver.until(reached), program.ended]);
          await program.stop('SIGKILL');
          program = start(0);
        }
        await program.printed(/all done/, 30);
        await Promise.race([receiver.until(messages), turn()]);
      } finally {
        await program.stop();
        await receiver.disconnect();
        await broker.close();
      }
      const numbers = receiver.received.map(({ payload }) => Number(Buffer.from(payload).toString()));
      assert.deepEqual(
        numbers,
        Array.from({ length: messages }, (_, index) => index + 1),
      );
      assert.doesNotMatch(program.output(), /rejected|broken/);
    });
  }
});

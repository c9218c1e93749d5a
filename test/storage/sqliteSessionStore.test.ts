import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { SessionChange, SessionJournal } from '../../src/session/sessionJournal';
import { SingleDatabase } from '../../src/storage/database';
import { MemorySessionStore } from '../support/memorySessionStore';
import { randomFrom } from '../support/random';
import { addedMessage, SessionFolder } from '../support/sessionFolder';

describe('A Session on the disk', function () {
  this.timeout(60_000);
  let disk: SessionFolder;

  beforeEach(() => (disk = new SessionFolder()));
  afterEach(() => disk.remove());

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
    assert.deepEqual(await disk.kept([]), nothing);
  });

  for (let seed = 1; seed <= 5; seed++) {
    it(`is after any steps what they lead to, seed ${seed}`, async () => {
      const random = randomFrom(seed);
      const model = new MemorySessionStore();
      const [journal, memory] = [await disk.store().open(), await model.open()];
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
          if (choice <= 1) both(addedMessage(++last, 0));
          else if (choice === 2) both(addedMessage(++last, identifier));
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
        journal.record(changes);
      }
      journal.close();
      const sorted = ({ received, subscriptions, ...rest }: SessionJournal['kept']) => ({
        ...rest,
        received: [...received].sort((one, other) => one - other),
        subscriptions: [...subscriptions].sort((one, other) =>
          one.topicFilter < other.topicFilter ? -1 : 1,
        ),
      });
      const again = await disk.store().open();
      again.close();
      assert.deepEqual(sorted(again.kept), sorted(model.kept));
    });
  }

  it('takes all of a batch or nothing', async () => {
    const journal = await disk.store().open();
    journal.record([addedMessage(1, 0)]);
    assert.throws(() => journal.record([addedMessage(2, 0), addedMessage(1, 0)]), {
      name: 'SessionStoreError',
    });
    journal.record([addedMessage(3, 0)]);
    journal.close();
    const again = await disk.store().open();
    again.close();
    assert.deepEqual(
      again.kept.messages.map(({ entry }) => entry),
      [1, 3],
    );
  });

  it('is set aside and told of where it is damaged, and begun anew', async () => {
    (await disk.store().open()).close();
    const file = path.join(disk.place, 'session.db');
    for (const damage of ['this is no database, and long enough to be looked at '.repeat(40), undefined]) {
      if (damage !== undefined) fs.writeFileSync(file, damage);
      else {
        const bytes = fs.readFileSync(file);
        bytes.fill(0x5a, 4_096, 4_096 * 3);
        fs.writeFileSync(file, bytes);
      }
      disk.broken = [];
      assert.deepEqual((await disk.kept([addedMessage(1, 0)])).messages.length, 1);
      assert.equal(disk.broken.length, 1);
      assert.match(disk.broken[0] ?? '', /broken: ./);
      assert.ok(fs.existsSync(path.join(disk.place, 'broken/session.db')));
    }
  });

  it('goes aside whole, to be looked at, where its client cannot make sense of it', async () => {
    const journal = await disk.store().open();
    journal.record([addedMessage(1, 0), addedMessage(2, 0), { kind: 'begun', begun: true }]);
    journal.close();
    const again = await disk.store().open();
    const fresh = await again.setAside('a packet is broken');
    assert.throws(() => again.record([addedMessage(3, 0)]), { failure: { code: 'inUse' } });
    const { messages, hasBegun, mustStartClean } = fresh.kept;
    assert.deepEqual([messages, hasBegun, mustStartClean], [[], false, true]);
    fresh.record([addedMessage(1, 0)]);
    await assert.rejects(disk.store().open(), { failure: { code: 'inUse' } });
    fresh.close();
    assert.match(disk.broken.join(), /broken: a packet is broken, 2$/);
    const aside = await SingleDatabase.open(path.join(disk.place, 'broken/session.db'), ['']);
    assert.equal(aside.all('SELECT * FROM message').length, 2);
    aside.close();
  });

  it('is known to be lost on this side alone, over any number of windows, until a server has begun anew', async () => {
    const first = await disk.store().open();
    first.record([{ kind: 'begun', begun: true }]);
    first.close();
    fs.writeFileSync(path.join(disk.place, 'session.db'), 'no database '.repeat(400));
    const state = ({ hasBegun, mustStartClean }: SessionJournal['kept']) => [hasBegun, mustStartClean];
    assert.deepEqual(state(await disk.kept([])), [false, true]);
    assert.deepEqual(state(await disk.kept([{ kind: 'begun', begun: true }])), [true, true]);
    assert.deepEqual(state(await disk.kept([{ kind: 'startedClean' }])), [true, false]);
  });

  it('says so where it was written by a newer version, and leaves it as it is', async () => {
    (await disk.store().open()).close();
    const file = path.join(disk.place, 'session.db');
    (await SingleDatabase.open(file, Array<string>(99).fill('SELECT 1'))).close();
    await assert.rejects(disk.store().open(), {
      failure: { code: 'newer' },
    });
    assert.deepEqual(disk.broken, []);
  });

  it('makes room for others when it was not used for longest, unless somebody has it', async () => {
    const sessions = disk.sessions;
    const names = () => fs.readdirSync(sessions).filter((name) => name.length === 32);
    const used: string[] = [];
    const held = await disk.store('held').open();
    used.push(...names());
    for (const [index, key] of ['oldest', 'older', 'newer'].entries()) {
      const before = names();
      const journal = await disk.store(key).open();
      if (key === 'older') journal.record([addedMessage(1, 0), addedMessage(2, 1)]);
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
    const last = await disk.store('last', { sessions: 3, bytes: 1e9 }).open();
    assert.deepEqual(disk.pruned, [used[1], used[2]]);
    assert.equal(names().length, 3);
    last.close();
    // All of them are too large together: those nobody has go, and the one that is opened stays.
    (await disk.store('last', { sessions: 64, bytes: 1 }).open()).close();
    assert.deepEqual(disk.pruned.slice(2), [used[3]]);
    assert.deepEqual(disk.waited, [0, 2, undefined]);
    held.record([addedMessage(1, 0)]);
    held.close();
    assert.deepEqual(disk.broken, []);
  });
});

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { BrokerChange, BrokerJournal, KeptBroker } from '../../src/broker/brokerJournal';
import { brokerMigrations } from '../../src/storage/brokerTables';
import { SingleDatabase } from '../../src/storage/database';
import { openBrokerStore } from '../../src/storage/sqliteBrokerStore';
import { MemoryBrokerStore, sortedBroker } from '../support/memoryBrokerStore';
import { randomFrom } from '../support/random';

const begins = (
  clientIdentifier: string,
  more: Partial<{ leftAt: number; will: Uint8Array; userName: string }> = {},
) =>
  ({
    kind: 'session',
    session: {
      clientIdentifier,
      userName: more.userName,
      expiryInterval: 0xffffffff,
      leftAt: more.leftAt,
      will: more.will && { packet: more.will, delay: 0xffffffff },
    },
  }) satisfies BrokerChange;

const added = (clientIdentifier: string, entry: number, packetIdentifier: number, packet: Uint8Array) =>
  ({
    kind: 'message',
    clientIdentifier,
    step: {
      kind: 'added',
      message: { entry, packetIdentifier, packet, acceptedAt: 1_700_000_000_000.25 + entry },
    },
  }) satisfies BrokerChange;

describe('What a broker keeps on the disk', function () {
  this.timeout(30_000);
  let folder: string;
  let told: string[];

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-workbench-broker-'));
    told = [];
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  const open = () =>
    openBrokerStore({
      folder,
      broken: (where, reason) => told.push(`broken ${path.basename(where)}: ${reason}`),
      failing: ({ code }) => told.push(`failing: ${code}`),
      recovered: () => told.push('recovered'),
    });
  const safe = (journal: BrokerJournal) => new Promise<boolean>((resolve) => journal.whenSafe(resolve));
  const place = (): string =>
    path.join(folder, 'broker', fs.readdirSync(path.join(folder, 'broker'))[0] ?? '');

  async function kept(): Promise<KeptBroker> {
    const journal = await open();
    const found = sortedBroker(journal.kept);
    await journal.close();
    return found;
  }

  async function keep(...changes: BrokerChange[]): Promise<void> {
    const journal = await open();
    for (const change of changes) journal.record(change);
    await journal.close();
  }

  it('has the shared subscription that a message is for', async () => {
    const plain = added('c', 1, 0, Uint8Array.of(1));
    const message = { ...added('c', 2, 0, Uint8Array.of(2)).step.message, shared: '$share/g/t' };
    const shared = { kind: 'message', clientIdentifier: 'c', step: { kind: 'added', message } } as const;
    await keep(begins('c'), plain, shared);
    assert.deepEqual(
      (await kept()).sessions[0]?.messages.map((each) => each.shared),
      [undefined, '$share/g/t'],
    );
  });

  it('is nothing where there was none', async () => {
    assert.deepEqual(await kept(), { sessions: [], retained: [] });
  });

  for (let seed = 1; seed <= 6; seed++) {
    it(`is after any steps what they lead to, seed ${seed}`, async () => {
      const random = randomFrom(seed);
      const model = new MemoryBrokerStore();
      const names = ['a', 'B ü', '', '$x'];
      let last = 0;
      for (let opening = 0; opening < 3; opening++) {
        const journal = await open();
        assert.deepEqual(sortedBroker(journal.kept), model.kept);
        const both = (change: BrokerChange): void => {
          model.record(change);
          journal.record(change);
        };
        for (let batch = 0; batch < 40; batch++) {
          const shared = Uint8Array.of(batch, 0, 255);
          for (let step = 0; step < 12; step++) {
            const name = names[Math.floor(random() * names.length)] ?? '';
            const session = model.session(name);
            const choice = Math.floor(random() * 14);
            if (!session || choice === 0) {
              const leftAt = random() < 0.5 ? { leftAt: 1_700_000_000_123.5 } : {};
              const will = random() < 0.5 && { will: Uint8Array.of(9, batch) };
              both(begins(name, { ...leftAt, ...will, ...(random() < 0.5 && { userName: 'ü' }) }));
              continue;
            }
            const used = [
              ...session.messages.map(({ packetIdentifier }) => packetIdentifier),
              ...session.released,
            ];
            const free = Array.from({ length: 600 }, (_, index) => index + 1).find((n) => !used.includes(n));
            assert.ok(free !== undefined);
            const waiting = session.messages.find(({ packetIdentifier }) => packetIdentifier === 0);
            const sent = session.messages.find(({ packetIdentifier }) => packetIdentifier > 0);
            const say = (step: Extract<BrokerChange, { kind: 'message' }>['step']): void =>
              both({ kind: 'message', clientIdentifier: name, step });
            if (choice <= 3) both(added(name, ++last, choice === 1 ? free : 0, shared));
            else if (choice === 4) both(added(name, ++last, free, Uint8Array.of(step)));
            else if (choice === 5 && waiting) {
              say({ kind: 'sent', entry: waiting.entry, packetIdentifier: free });
            } else if (choice === 6 && waiting) say({ kind: 'forgotten', entry: waiting.entry });
            else if (choice === 7 && sent) say({ kind: 'released', packetIdentifier: sent.packetIdentifier });
            else if (choice === 8 && sent)
              say({ kind: 'completed', packetIdentifier: sent.packetIdentifier });
            else if (choice === 9) {
              const [packetIdentifier = free] = session.received;
              const kind = session.received.length > 0 ? 'receivedReleased' : 'received';
              say({ kind, packetIdentifier });
            } else if (choice === 10) {
              const topicFilter = `$share/g/${Math.floor(random() * 3)}`;
              both({
                kind: 'subscribed',
                clientIdentifier: name,
                subscription: {
                  topicFilter,
                  qos: 2,
                  noLocal: random() < 0.5,
                  retainAsPublished: random() < 0.5,
                  identifier: 268_435_455,
                  awaitsRetained: random() < 0.5,
                },
              });
            } else if (choice === 11) {
              both({ kind: 'unsubscribed', clientIdentifier: name, topicFilter: '$share/g/1' });
            } else if (choice === 12) {
              const topicName = `t/${Math.floor(random() * 3)}`;
              if (random() < 0.3) both({ kind: 'retainedRemoved', topicName });
              else both({ kind: 'retained', topicName, message: { packet: shared, acceptedAt: 5.5 } });
            } else if (random() < 0.3) both({ kind: 'sessionEnded', clientIdentifier: name });
          }
          if (random() < 0.7) assert.equal(await safe(journal), true);
        }
        await journal.close();
      }
      assert.deepEqual(await kept(), model.kept);
      assert.deepEqual(told, []);
    });
  }

  it('has what goes to many Sessions once, for as long as one of them has it', async () => {
    const packet = new Uint8Array(1_000_000).fill(7);
    const names = Array.from({ length: 20 }, (_, index) => `c${index}`);
    await keep(
      ...names.map((name) => begins(name)),
      ...names.map((name, index) => added(name, index + 1, 1, packet)),
    );
    const size = () => fs.statSync(path.join(place(), 'broker.db')).size;
    assert.ok(size() < 2_000_000, String(size()));
    await keep(
      ...names.slice(1).map((clientIdentifier) => ({ kind: 'sessionEnded', clientIdentifier }) as const),
    );
    assert.deepEqual((await kept()).sessions[0]?.messages[0]?.packet, packet);
    await keep({
      kind: 'message',
      clientIdentifier: 'c0',
      step: { kind: 'completed', packetIdentifier: 1 },
    });
    assert.ok(size() < 200_000, String(size()));
  });

  it('calls back in order, never at once, after the transaction of the turn', async () => {
    const journal = await open();
    const order: string[] = [];
    journal.record(begins('a'));
    journal.whenSafe((isSafe) => order.push(`first ${isSafe}`));
    journal.record(begins('b'));
    const second = new Promise<void>((resolve) =>
      journal.whenSafe((isSafe) => {
        order.push(`second ${isSafe}`);
        // What is asked for by then is of the next turn.
        journal.whenSafe(() => {
          order.push('third');
          resolve();
        });
        order.push('asked');
      }),
    );
    order.push('returned');
    await second;
    assert.deepEqual(order, ['returned', 'first true', 'second true', 'asked', 'third']);
    await journal.close();
  });

  it('belongs to one process at a time', async () => {
    const journal = await open();
    await assert.rejects(open(), { failure: { code: 'inUse' } });
    await journal.close();
    await (await open()).close();
  });

  it('says no, once aloud, while it cannot be kept, and catches up when it can', async () => {
    const journal = await open();
    journal.record(begins('a'));
    assert.equal(await safe(journal), true);
    const there = place();
    fs.renameSync(there, `${there}.away`);
    journal.record(begins('b'));
    assert.equal(await safe(journal), false);
    journal.record(begins('c'));
    assert.equal(await safe(journal), false);
    fs.renameSync(`${there}.away`, there);
    while (!told.includes('recovered')) await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(await safe(journal), true);
    await journal.close();
    assert.deepEqual(told, ['failing: inUse', 'recovered']);
    assert.deepEqual(
      (await kept()).sessions.map(({ clientIdentifier }) => clientIdentifier),
      ['a', 'b', 'c'],
    );
  });

  for (const [what, damage] of [
    ['is damaged', (file: string) => fs.writeFileSync(file, 'this is no database'.repeat(1000))],
    ['is cut off', (file: string) => fs.truncateSync(file, 6_000)],
  ] as const) {
    it(`goes aside where it ${what}, and that is told`, async () => {
      await keep(
        begins('a'),
        ...Array.from({ length: 200 }, (_, n) => added('a', n + 1, 0, new Uint8Array(99))),
      );
      damage(path.join(place(), 'broker.db'));
      assert.deepEqual(await kept(), { sessions: [], retained: [] });
      assert.match(told.join('\n'), /^broken broken: /);
      assert.ok(fs.existsSync(path.join(place(), 'broken', 'broker.db')));
    });
  }

  it('holds no step that is not of a Session it knows', async () => {
    const journal = await open();
    journal.record(added('nobody', 1, 1, Uint8Array.of(1)));
    assert.equal(await safe(journal), false);
    assert.deepEqual(told, ['failing: unusable']);
    await journal.close();
  });

  it('tells a Session of before user names were kept from that of a client without one, until it is written again', async () => {
    await keep(begins('old'), begins('named', { userName: 'ann' }));
    const file = path.join(place(), 'broker.db');
    const before = await SingleDatabase.open(file, brokerMigrations);
    for (const column of ['session DROP COLUMN user_known', 'session DROP COLUMN user_name'])
      before.run(`ALTER TABLE ${column}`);
    before.run('ALTER TABLE subscription DROP COLUMN awaits_retained');
    before.run('PRAGMA user_version = 2');
    before.close();
    await keep(begins('new'));
    const unknown = async () =>
      (await kept()).sessions.map((each) => [each.clientIdentifier, each.isUserUnknown === true]);
    assert.deepEqual(await unknown(), [
      ['named', true],
      ['new', false],
      ['old', true],
    ]);
    const state = { ...begins('old').session, isUserUnknown: true } as const;
    await keep({ kind: 'session', session: state }, begins('named', { userName: 'ann' }));
    assert.deepEqual(await unknown(), [
      ['named', false],
      ['new', false],
      ['old', true],
    ]);
  });
});

import assert from 'node:assert/strict';
import { encodeUtf8 } from '../../src/base/utf8';
import { PacketContexts } from '../../src/capture/packetContexts';
import { PacketLog } from '../../src/capture/packetLog';
import { inPacket } from '../../src/capture/publishTopics';
import type { FilterState } from '../../src/inspector/filterContract';
import type { Density } from '../../src/inspector/panelContract';
import { encode } from '../../src/protocol/codec';
import { FilterHandlers } from '../../src/ui/inspector/filterHandlers';
import { isAbout } from '../../src/ui/inspector/isAbout';
import { ShownPackets } from '../../src/ui/inspector/shownPackets';
import { a } from '../support/packets';

function setUp(count: number) {
  const log = new PacketLog({ byteBudget: 4 * 1024 * 1024 });
  const connection = log.openConnection('bench');
  const publish = (index: number): void => {
    const bytes = encode(
      {
        ...{
          type: 'PUBLISH',
          dup: false,
          qos: 0,
          retain: index % 2 === 0,
          packetIdentifier: 0,
          properties: {},
        },
        ...{ topicName: `devices/${index % 3}`, payload: encodeUtf8(`n ${index}`) },
      },
      4,
    );
    log.append(
      { at: index, direction: 'in', connection, kind: 'packet', version: 4, topic: inPacket },
      bytes,
    );
  };
  for (let index = 0; index < count; index++) publish(index);
  const told: number[] = [];
  const shown: string[] = [];
  const filter = new FilterHandlers({
    log,
    packets: new ShownPackets(log, new PacketContexts(log)),
    changed: () => undefined,
    seeking: (asked) => void told.push(asked),
    shown: (text) => void shown.push(text),
    failed: (error) => assert.fail(error),
  });
  const set = async (text: string): Promise<FilterState> => {
    const answer = await filter.handlers.setFilter(text);
    assert.equal(answer.kind, 'set');
    while (filter.state?.scanning) await new Promise((resolve) => setImmediate(resolve));
    assert.ok(filter.state);
    return filter.state;
  };
  return { log, filter, set, publish, told, shown, handlers: filter.handlers };
}

describe('What a panel that was opened for a client shows', () => {
  const client = 'client == "esp"';
  for (const filter of [
    client,
    `${client} and qos == 1`,
    `(${client}) and (qos == 1)`,
    `${client} && retain`,
  ])
    it(`is about the client: ${filter}`, () => assert.ok(isAbout(filter, client)));
  for (const filter of ['', 'qos == 1', 'client == "esp2"', `${client} or qos == 1`, `${client} and a or b`])
    it(`is not: ${filter}`, () => assert.ok(!isAbout(filter, client)));
});

describe('FilterHandlers', () => {
  it('tells which filter is shown: not one that has a mistake, nor that the page with it went', async () => {
    const { filter, set, handlers, shown } = setUp(3);
    await set('retain == true');
    await handlers.setFilter('retain ==');
    filter.closed();
    await handlers.setFilter(' ');
    assert.deepEqual(shown, ['retain == true', '']);
  });

  it('gives matches by position with the sequence numbers they have', async () => {
    const { filter, set, handlers } = setUp(10);
    const state = await set('retain == true');
    assert.deepEqual([state.first, state.end, state.scanned], [0, 5, 1]);
    const page = await handlers.filteredRows(state.filter, 1, 3);
    assert.deepEqual(
      page?.rows.map(({ sequence }) => sequence),
      [3, 5, 7],
    );
    assert.deepEqual(await handlers.filteredPlace(state.filter, 5), { position: 2, matches: true });
    assert.deepEqual(await handlers.filteredPlace(state.filter, 6), { position: 3, matches: false });
    filter.dispose();
  });

  it('gives what is left of a page whose first matches were evicted just now', async () => {
    const { filter, set, log, handlers } = setUp(3);
    const state = await set('length > 0');
    const row = {
      at: 200,
      direction: 'in',
      connection: 1,
      version: 4,
      topic: inPacket,
      kind: 'packet',
    } as const;
    const large = encode(a.publish('large', 0, 0, { payload: new Uint8Array(600_000) }), 4);
    for (let count = 0; count < 5; count++) log.append(row, large);
    log.announce();
    while (filter.state?.end !== 8) await new Promise((resolve) => setImmediate(resolve));
    // Nobody has heard of these yet, nor of what went for them.
    for (let count = 0; count < 3; count++) log.append(row, large);
    assert.ok(log.first > 3);
    const page = await handlers.filteredRows(state.filter, 0, 8);
    assert.equal(page?.first, log.first - 1);
    assert.deepEqual(
      page?.rows.map(({ sequence }) => sequence),
      Array.from({ length: 9 - log.first }, (_, index) => log.first + index),
    );
    filter.dispose();
  });

  it('shows its matches from afar, with their own rate and what breaks rules among them', async () => {
    const { filter, set, log, handlers } = setUp(100);
    const row = { at: 200, direction: 'in', connection: 1, version: 4, topic: undefined } as const;
    log.append({ ...row, kind: 'unframed' }, encodeUtf8('HTTP'));
    log.append({ ...row, at: 300, kind: 'packet' }, Uint8Array.of(0xc1, 0));
    const state = await set('retain == true or packet == unframed');
    const readDensity = async (): Promise<Density | undefined> => {
      for (;;) {
        const density = await handlers.filteredDensity(state.filter, 5);
        if (density?.unread === 0 || !density) return density;
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    };
    const density = await readDensity();
    assert.deepEqual([density?.first, density?.end], [0, 51]);
    assert.deepEqual(density?.violations, [0, 0, 0, 0, 1]);
    // Every other packet of one each millisecond.
    assert.equal(Math.round(density.rates[1] ?? 0), 500);
    await set('packet == PINGREQ');
    assert.equal(await handlers.filteredDensity(state.filter, 5), undefined);
    filter.dispose();
  });

  it('answers nothing about a filter that another has taken the place of', async () => {
    const { filter, set, handlers } = setUp(10);
    const before = await set('retain == true');
    await set('retain == false');
    assert.equal(await handlers.filteredRows(before.filter, 0, 3), undefined);
    assert.equal(await handlers.filteredPlace(before.filter, 1), undefined);
    assert.deepEqual(await handlers.setFilter(' '), { kind: 'none' });
    assert.equal(filter.state, undefined);
    filter.dispose();
  });

  it('changes nothing for a text that is no filter', async () => {
    const { filter, set, handlers } = setUp(10);
    const state = await set('retain == true');
    const answer = await handlers.setFilter('retain = true');
    assert.ok(answer.kind === 'problem');
    assert.deepEqual([answer.problem.start, answer.problem.end], [7, 8]);
    assert.equal(filter.state?.filter, state.filter);
    filter.dispose();
  });

  it('tells commands which packets are selected among the matches', async () => {
    const { filter, set, handlers } = setUp(10);
    const { filter: number } = await set('retain == true or topic == "devices/1"');
    await handlers.filteredSelectionChanged(number, [{ start: 0, end: 4 }]);
    const selected = filter.selected ?? assert.fail('nothing is selected');
    assert.deepEqual([...selected.sequences], [1, 2, 3, 5]);
    assert.deepEqual([selected.first, selected.count], [1, 4]);
    assert.deepEqual(
      [0, 1, 3, 4, 5, 6].filter((sequence) => selected.has(sequence)),
      [1, 3, 5],
    );
    await handlers.filteredSelectionChanged(number, []);
    assert.equal(filter.selected, undefined);
    filter.dispose();
  });

  it('looks for text among the packets that the filter shows, both ways and round the end', async () => {
    const { filter, set, handlers } = setUp(30);
    const text = { kind: 'text', text: 'N 1', ignoreCase: true } as const;
    const found = async (from: number, step: 1 | -1) => {
      const { sequence, wrapped } = await handlers.seek(text, from, step);
      return [sequence, wrapped];
    };
    assert.deepEqual(await found(0, 1), [2, false]);
    assert.deepEqual(await found(2, 1), [11, false]);
    assert.deepEqual(await found(20, 1), [2, true]);
    assert.deepEqual(await found(2, -1), [20, true]);
    await set('retain == false');
    assert.deepEqual(await found(0, 1), [2, false]);
    assert.deepEqual(await found(3, 1), [12, false]);
    assert.deepEqual(await found(13, -1), [12, false]);
    assert.deepEqual(await handlers.seek({ ...text, ignoreCase: false }, 0, 1), {
      ...{ sequence: undefined, wrapped: false, givenUp: false },
    });
    filter.dispose();
  });

  it('tells nothing of how far a search is that is over soon', async () => {
    const { filter, handlers, told } = setUp(30);
    await handlers.seek({ kind: 'text', text: 'nowhere', ignoreCase: false }, 0, 1);
    assert.deepEqual(told, []);
    filter.dispose();
  });

  it('gives a search up for the next one', async () => {
    const { filter, handlers } = setUp(30);
    const first = handlers.seek({ kind: 'violation' }, 0, 1);
    const second = handlers.seek({ kind: 'text', text: 'n 7', ignoreCase: false }, 0, 1);
    assert.equal((await first).givenUp, true);
    assert.equal((await second).sequence, 8);
    filter.dispose();
  });

  it('names the clients and topics of the newest packets', async () => {
    const { filter, handlers } = setUp(10);
    assert.deepEqual(await handlers.filterValues(), {
      clients: [{ name: 'bench', description: 'connection' }],
      topics: ['devices/0', 'devices/1', 'devices/2'],
    });
    filter.dispose();
  });

  it('names a client for all of its connections, and one of our own by its whole name', async () => {
    const { log, filter, handlers, set } = setUp(1);
    const ours = ['lab', 'lab (10.0.0.5:1883)'];
    for (const name of [...ours, 'esp (10.0.0.7:50001)', 'esp (10.0.0.7:50002)']) {
      const direction = ours.includes(name) ? 'out' : 'in';
      const row = {
        at: 1,
        direction,
        connection: log.openConnection(name),
        version: 4,
        topic: undefined,
      } as const;
      log.append({ ...row, kind: 'packet' }, encode(a.connect({ protocolVersion: 4 }), 4));
    }
    const { clients } = await handlers.filterValues();
    assert.deepEqual(clients, [
      { name: 'bench', description: 'connection' },
      { name: 'esp', description: 'all connections of the client' },
      { name: 'esp (10.0.0.7:50001)', description: 'connection' },
      { name: 'esp (10.0.0.7:50002)', description: 'connection' },
      { name: 'lab', description: 'connection' },
      { name: 'lab (10.0.0.5:1883)', description: 'connection' },
    ]);
    const matches: number[] = [];
    for (const { name } of clients) {
      const { first, end } = await set(`client == "${name}"`);
      matches.push(end - first);
    }
    assert.deepEqual(matches, [1, 2, 1, 1, 1, 1]);
    filter.dispose();
  });

  it('keeps what is wanted until a view has loaded, and no filter of a page that is gone', async () => {
    const { filter, set, handlers } = setUp(10);
    filter.want('qos == 1');
    assert.equal(await handlers.wantedFilter(), 'qos == 1');
    assert.equal(await handlers.wantedFilter(), undefined);
    await set('retain == true');
    filter.closed();
    assert.equal(filter.state, undefined);
    filter.dispose();
  });
});

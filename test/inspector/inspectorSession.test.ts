import assert from 'node:assert/strict';
import { Emitter } from '../../src/base/lifecycle';
import { encodeUtf8 } from '../../src/base/utf8';
import { PacketLog } from '../../src/capture/packetLog';
import type { CapturedBytes } from '../../src/capture/packetSegment';
import {
  excerptLength,
  longestPage,
  partLength,
  type InspectorHost,
  type InspectorView,
  type LogState,
} from '../../src/inspector/contract';
import type { PanelAction } from '../../src/inspector/panelContract';
import type { FilterState } from '../../src/inspector/filterContract';
import { heardAfter, Peer, type MessagePort } from '../../src/inspector/peer';
import { encode } from '../../src/protocol/codec';
import { InspectorSession } from '../../src/ui/inspector/inspectorSession';
import type { PayloadPorts } from '../../src/ui/inspector/payloadAnswers';
import { loadPacket } from '../../media/inspector/packetLoader';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const noPayloads: PayloadPorts = {
  rules: () => [],
  onDidChangeRules: () => ({ dispose: () => undefined }),
  remember: () => Promise.resolve(false),
  take: () => Promise.resolve(),
  save: () => Promise.resolve(false),
};

/** @param opened what the view waits for before it hears anything, where it is about that. */
function setUp(byteBudget = 1024 * 1024, opened = Promise.resolve()) {
  const toHost = new Emitter<unknown>();
  const toView = new Emitter<unknown>();
  const messages: unknown[] = [];
  const end = (to: Emitter<unknown>, from: Emitter<unknown>): MessagePort => ({
    post: (message) => {
      const copy: unknown = structuredClone(message);
      messages.push(copy);
      queueMicrotask(() => to.fire(copy));
    },
    onMessage: from.event,
  });
  const log = new PacketLog({ byteBudget, segmentBytes: Math.min(byteBudget, 64 * 1024) });
  const connection = log.openConnection('bench');
  let visible = true;
  const failed = (error: Error): void => assert.fail(error);
  const session = new InspectorSession(end(toView, toHost), {
    log,
    name: 'host',
    visible: () => visible,
    clear: () => Promise.resolve(log.clear()),
    services: {
      copyText: () => Promise.resolve(),
      copySelected: () => Promise.resolve(),
      choices: { last: () => ({}), made: () => Promise.resolve() },
      chooseColumns: () => Promise.resolve(undefined),
    },
    failed,
    payloads: noPayloads,
  });
  const states: LogState[] = [];
  const revealed: number[] = [];
  const performed: PanelAction[] = [];
  const filters: FilterState[] = [];
  const asked: [string, boolean][] = [];
  const view = new Peer<InspectorView, InspectorHost>(
    end(toHost, toView),
    heardAfter<InspectorView>(opened, {
      logChanged: (state) => void states.push(state),
      reveal: (sequence) => void revealed.push(sequence),
      fileChanged: () => assert.fail('there is no file'),
      payloadRulesChanged: () => undefined,
      downChanged: () => undefined,
      chart: () => undefined,
      perform: (action) => void performed.push(action),
      seekProgressed: () => undefined,
      filterChanged: (state) => void filters.push(state),
      showFilter: (text, narrow) => void asked.push([text, narrow]),
      filterByField: () => void asked.push(['field', true]),
    }),
    'view',
    failed,
  );
  const append = (bytes: Uint8Array, more: Partial<CapturedBytes> = {}): number =>
    log.append(
      { at: 1.5, direction: 'in', connection, kind: 'packet', version: 5, topic: undefined, ...more },
      bytes,
    );
  const hide = (): void => {
    visible = false;
  };
  return { log, session, view, states, revealed, performed, messages, append, hide, filters, asked };
}

const pingreq = Uint8Array.of(0xc0, 0);

describe('InspectorSession', () => {
  it('tells a view that opens how the log stands', async () => {
    const { view, append, session } = setUp();
    append(pingreq);
    assert.deepEqual(await view.call('open'), {
      state: { first: 1, end: 2, evictedPackets: 0, evictedBytes: 0 },
      reveal: undefined,
    });
    session.dispose();
  });

  it('gives rows undecoded, with the name of their connection', async () => {
    const { view, append, session } = setUp();
    append(pingreq, { direction: 'out', topic: 'a/b' });
    const { first, rows } = await view.call('rows', 1, 10);
    assert.equal(first, 1);
    assert.deepEqual(rows, [
      {
        at: 1.5,
        direction: 'out',
        client: 'bench',
        version: 5,
        kind: 'packet',
        topic: 'a/b',
        length: 2,
        excerpt: pingreq,
        context: {},
        concealed: [],
        endsPrevious: false,
        endsFraming: false,
      },
    ]);
    session.dispose();
  });

  it('gives the rows it has of those that are asked for, and never more than a page', async () => {
    const { view, append, session } = setUp();
    for (let index = 0; index < 400; index++) append(pingreq);
    assert.equal((await view.call('rows', 1, 1_000_000)).rows.length, longestPage);
    assert.equal((await view.call('rows', 395, 100)).rows.length, 6);
    assert.deepEqual(await view.call('rows', -5, 3), { first: 1, rows: [] });
    assert.deepEqual((await view.call('rows', 401, 10)).rows, []);
    session.dispose();
  });

  it('starts at the oldest row that is held where older ones are asked for', async () => {
    const { view, log, append, session } = setUp(64 * 1024);
    for (let index = 0; index < 100; index++) append(new Uint8Array(4096));
    assert.ok(log.first > 1);
    const page = await view.call('rows', 1, 128);
    assert.equal(page.first, log.first);
    assert.equal(page.rows.length, log.end - log.first);
    session.dispose();
  });

  it('sends the beginning of a long packet in its row and all of it in parts', async () => {
    const { view, append, session, messages } = setUp(16 * partLength);
    const bytes = Uint8Array.from({ length: 2 * partLength + 5 }, (_, index) => index & 0xff);
    const sequence = append(bytes);
    const { rows } = await view.call('rows', sequence, 1);
    assert.equal(rows[0]?.excerpt.length, excerptLength);
    assert.equal(rows[0]?.length, bytes.length);
    messages.length = 0;
    const loaded = await loadPacket(
      sequence,
      (of, offset, length) => view.call('part', of, offset, length),
      (error) => assert.fail(String(error)),
    );
    assert.equal(messages.length, 2);
    assert.equal(loaded?.head.length, partLength);
    assert.deepEqual(await loaded.bytes.read(0, bytes.length), bytes);
    assert.equal(messages.length, 8);
    session.dispose();
  });

  it('has no part of a packet that is gone', async () => {
    const { view, append, log, session } = setUp();
    const sequence = append(pingreq);
    log.clear();
    assert.equal(await view.call('part', sequence, 0, partLength), undefined);
    session.dispose();
  });

  it('announces changes once for many packets, and only to a view that is open', async () => {
    const { view, append, log, session, states } = setUp();
    const burst = async (): Promise<void> => {
      for (let index = 0; index < 50; index++) {
        append(pingreq);
        log.announce();
      }
      session.announce();
      await turn();
    };
    await burst();
    assert.deepEqual(states, []);
    await view.call('open');
    await burst();
    assert.deepEqual(
      states.map(({ end }) => end),
      [101],
    );
    session.dispose();
  });

  it('announces by itself, and nothing while it is hidden', async () => {
    const { view, append, log, session, states, hide } = setUp();
    await view.call('open');
    append(pingreq);
    log.announce();
    while (states.length === 0) await turn();
    assert.equal(states[0]?.end, 2);
    hide();
    append(pingreq);
    log.announce();
    session.announce();
    await turn();
    assert.equal(states.length, 1);
    session.dispose();
  });

  it('reveals at once in an open view, else when it opens', async () => {
    const { view, session, revealed } = setUp();
    session.reveal(7);
    await turn();
    assert.deepEqual(revealed, []);
    assert.equal((await view.call('open')).reveal, 7);
    session.reveal(8);
    await turn();
    assert.deepEqual(revealed, [8]);
    session.closed();
    session.reveal(9);
    await turn();
    assert.deepEqual(revealed, [8]);
    assert.equal((await view.call('open')).reveal, 9);
    session.dispose();
  });

  it('lets nothing that comes while a view opens overtake what was asked of it before', async () => {
    let isOpen: () => void = assert.fail;
    const opened = new Promise<void>((resolve) => (isOpen = resolve));
    const { view, append, log, session, revealed, states, asked } = setUp(undefined, opened);
    append(pingreq);
    session.reveal(7);
    const { state, reveal } = await view.call('open');
    // The view has its answer, and asks for other things before it shows that.
    append(pingreq);
    log.announce();
    session.reveal(8);
    session.showFilter('qos == 1');
    session.announce();
    session.reveal(9);
    await turn();
    assert.deepEqual([revealed, states, asked], [[], [], []]);
    states.push(state);
    revealed.push(reveal ?? assert.fail());
    isOpen();
    await turn();
    assert.deepEqual(revealed, [7, 8, 9]);
    assert.deepEqual(
      states.map(({ end }) => end),
      [2, 3],
    );
    assert.deepEqual(asked, [['qos == 1', false]]);
    session.dispose();
  });

  it('clears the log', async () => {
    const { view, log, append, session } = setUp();
    append(pingreq);
    await view.call('clear');
    assert.equal(log.first, log.end);
    session.dispose();
  });

  it('sends no password, whatever it is asked for', async () => {
    const { view, append, session, messages } = setUp();
    const sequence = append(
      encode(
        {
          type: 'CONNECT',
          protocolName: 'MQTT',
          protocolVersion: 5,
          cleanStart: true,
          keepAlive: 60,
          properties: {},
          clientIdentifier: 'bench',
          will: undefined,
          userName: 'me',
          password: encodeUtf8('open sesame'),
        },
        5,
      ),
    );
    await view.call('rows', sequence, 1);
    await view.call('part', sequence, 0, partLength);
    const bytes: string[] = [];
    JSON.stringify(messages, (_, value: unknown) => {
      if (value instanceof Uint8Array) bytes.push(String.fromCharCode(...value));
      return value;
    });
    assert.equal(bytes.length, 3);
    assert.ok(bytes.every((text) => text.includes('bench') && !text.includes('sesame')));
    session.dispose();
  });
});

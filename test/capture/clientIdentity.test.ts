import assert from 'node:assert/strict';
import type { Pace } from '../../src/base/slices';
import { encodeUtf8 } from '../../src/base/utf8';
import { LogAnalysis } from '../../src/capture/analysis/analysis';
import { clientOfConnection, shortNameOf, steadyNameOf } from '../../src/capture/clientIdentity';
import type { Exchange } from '../../src/capture/exchange';
import { findExchanges } from '../../src/capture/exchanges';
import { readDisplayFilter } from '../../src/capture/filter/displayFilter';
import { ConnectionCapture } from '../../src/capture/connectionCapture';
import { PacketLog } from '../../src/capture/packetLog';
import { topicNeighbour } from '../../src/capture/topicNeighbour';
import { topicNumbers } from '../../src/capture/topicNumbers';
import { foreignFrames, readForeign, readOwn } from '../support/foreignCapture';
import { pcapFile } from '../support/captureFiles';
import { encode } from '../../src/protocol/codec';
import { captured, filled } from '../support/packetLogs';
import { a } from '../support/packets';
import { ScriptedCapture } from '../support/scriptedCapture';
import { readCapture } from '../support/tcpTalk';
import { finished } from './doctor/findingsOf';

const pace: Pace = { now: () => 0, rest: () => Promise.resolve() };

/** A board that publishes and comes back, three times, each time from another port and without DISCONNECT. */
function comingBack(): PacketLog {
  const script = new ScriptedCapture();
  const will = {
    topicName: 'gone',
    payload: encodeUtf8('x'),
    qos: 0,
    retain: false,
    properties: {},
  } as const;
  for (let round = 0; round < 3; round++) {
    const connect = { clientIdentifier: 'esp', cleanStart: false, will };
    const c = script.connected(connect, {}, `esp (192.168.1.30:${50_000 + round})`);
    c.client(a.publish('t', 1, 7, { payload: encodeUtf8(`{"n":${round}}`), dup: round > 0 }));
    script.pass(100);
    if (round === 2) c.server(a.acknowledgement('PUBACK', 7));
    script.pass(100);
    c.close();
    script.pass(5_000);
  }
  // Another client, whose name begins alike.
  script.connected({ clientIdentifier: 'esp2' }, {}, 'esp2 (192.168.1.31:50000)').client(a.publish('t'));
  return script.log;
}

const publishesOf = (log: PacketLog): number[] =>
  Array.from({ length: log.end - log.first }, (_, index) => log.first + index).filter(
    (sequence) => log.row(sequence)?.packetType === 'PUBLISH',
  );

const read = (log: PacketLog): LogAnalysis => {
  const analysis = new LogAnalysis(log);
  while (!analysis.advance(100));
  return analysis;
};

/** How many rows a filter shows. */
function shown(log: PacketLog, text: string): number {
  const parsed = readDisplayFilter(text, log);
  if ('problem' in parsed) return assert.fail(JSON.stringify(parsed.problem));
  let count = 0;
  for (let sequence = log.first; sequence < log.end; sequence++) {
    const segment = log.segmentOf(sequence) ?? assert.fail();
    if (parsed.filter.test(segment, sequence - segment.first)) count++;
  }
  return count;
}

const ways: Readonly<Record<string, (log: PacketLog) => PacketLog>> = {
  'of the local broker': (log) => log,
  'in a capture file of another program': readForeign,
  'in a capture file of our own': readOwn,
};

for (const [where, pass] of Object.entries(ways)) {
  describe(`A client that comes back from another port, ${where},`, () => {
    const log = pass(comingBack());
    const [first = 0, second = 0, third = 0] = publishesOf(log);
    const connectionOf = (sequence: number): number => log.row(sequence)?.connection ?? assert.fail();

    it('is one client', () => {
      const [one, two] = [first, second].map((each) => clientOfConnection(log, connectionOf(each)));
      assert.notEqual(connectionOf(first), connectionOf(second));
      assert.equal(one?.client, two?.client);
      assert.equal(one?.label, 'esp');
      assert.equal(one?.origin, '192.168.1.30');
    });

    it('has one lane of the timeline, with its wills, and one row of the statistics', () => {
      const analysis = read(log);
      const { lanes } = finished(analysis.timeline({ from: undefined, to: undefined, columns: 100 }));
      assert.deepEqual(
        lanes.map(({ label, connections }) => [label, connections.length]),
        [
          ['esp', 3],
          ['esp2', 1],
        ],
      );
      assert.equal(lanes[0]?.marks.filter(({ kind }) => kind === 'will').length, 3);
      // The last connection was still open when the capture ended.
      assert.equal(lanes[1]?.connections[0]?.end, undefined);
      const { clients } = finished(analysis.statistics());
      assert.deepEqual(
        clients.map(({ name, packets }) => [name, packets]),
        [
          ['esp', 10],
          ['esp2', 3],
        ],
      );
    });

    it('has the message that it sends again in one exchange', () => {
      const found: readonly Exchange[] = finished(findExchanges(log, third));
      assert.deepEqual(
        found.map(({ outcome, packets }) => [outcome, ...packets.map(({ role }) => role)]),
        [['complete', 'start', 'again', 'again', 'answer']],
      );
    });

    it('has the messages of a topic one after the other', async () => {
      assert.equal(await topicNeighbour(log, second, -1, { pace }), first);
      assert.equal(await topicNeighbour(log, second, 1, { pace }), third);
      assert.equal(await topicNeighbour(log, third, 1, { pace }), undefined);
    });

    it('goes on in a chart, which was begun with any of its connections', async () => {
      const names = [first, third].map((each) => log.connectionName(connectionOf(each)) ?? assert.fail());
      const { direction } = log.row(first) ?? assert.fail();
      for (const client of names) {
        const source = { client, direction, topic: 't', path: 'payload.n' };
        const { found } = await topicNumbers(log, [source], 0, { pace, patience: 1_000, most: 100 });
        assert.deepEqual(found[0]?.values, [0, 1, 2]);
      }
    });

    it('is filtered by its identifier, or by the name of one connection', () => {
      const name = log.connectionName(connectionOf(second)) ?? assert.fail();
      assert.equal(shown(log, 'client == "esp"'), 10);
      assert.equal(shown(log, 'client != "esp"'), 3);
      assert.equal(shown(log, `client == "${name}"`), 3);
      assert.equal(shown(log, 'client == "esp" or packet == PINGREQ'), 10);
    });
  });
}

describe('A client of two servers in one capture', () => {
  const script = new ScriptedCapture();
  script.connected({ clientIdentifier: 'esp' }, {}, 'esp (192.168.1.30:50000)').close();
  const frames = ([1, 2] as const).flatMap((host) =>
    foreignFrames(script.log, { address: [10, 0, 0, host], port: 1883 }),
  );
  const { log } = readCapture(pcapFile(frames, { linkType: 1 }));

  it('is two clients, told apart by the server', () => {
    const analysis = read(log);
    const names = ['esp → 10.0.0.1:1883', 'esp → 10.0.0.2:1883'];
    assert.deepEqual(
      finished(analysis.statistics()).clients.map(({ name }) => name),
      names,
    );
    const { lanes } = finished(analysis.timeline({ from: undefined, to: undefined, columns: 10 }));
    assert.deepEqual(
      lanes.map(({ label }) => label),
      names,
    );
    assert.equal(shown(log, `client == "${names[0]}"`), 2);
    assert.equal(shown(log, 'client == "esp"'), 4);
  });
});

describe('The names of our own connections', () => {
  it('are whole, whatever they look like', async () => {
    const script = new ScriptedCapture();
    const [one, two] = ['lab (10.0.0.1:1883)', 'lab (10.0.0.2:1883)'].map((name) =>
      script.connected({ clientIdentifier: 'x' }, {}, name, 'out'),
    );
    one?.server(a.publish('t'));
    const last = two?.server(a.publish('t')) ?? 0;
    assert.equal(await topicNeighbour(script.log, last, -1, { pace }), undefined);
    const [first, second] = [one, two].map((each) =>
      clientOfConnection(script.log, each?.number ?? assert.fail()),
    );
    assert.notEqual(first?.client, second?.client);
    assert.equal(first?.label, 'lab (10.0.0.1:1883)');
  });
});

describe('Connections of our own that are named like devices of the local broker', () => {
  const names = ['lab (10.0.0.5:1883)', 'lab (10.0.0.6:1883)'];

  function both(): PacketLog {
    const log = new PacketLog({ byteBudget: 20_000, segmentBytes: 1000 });
    for (const [index, name] of names.entries()) {
      const capture = new ConnectionCapture(log, name);
      capture.chunk('out', encode(a.connect(), 5), 1);
      capture.chunk('in', encode(a.connack(), 5), 2);
      const payload = encodeUtf8(String(10 + index));
      capture.chunk('in', encode(a.publish('t', 0, 0, { payload }), 5), 3);
    }
    return log;
  }

  it('are charted apart from each other', async () => {
    const sources = names.map(
      (client) => ({ client, direction: 'in', topic: 't', path: 'payload' }) as const,
    );
    const { found } = await topicNumbers(both(), sources, 1, { pace, patience: 100, most: 100 });
    assert.deepEqual(
      found.map(({ values }) => values),
      [[10], [11]],
    );
  });

  it('are filtered by their whole names, whichever of the words of a filter asks', () => {
    const log = both();
    log.append({ ...captured, connection: log.openConnection('lab (10.0.0.7:50001)') }, filled(30));
    for (const also of ['', ' and length > 0', ' and (packet == PUBLISH or length > 0)']) {
      assert.equal(shown(log, `client == "lab"${also}`), 1);
      assert.equal(shown(log, `client == "${names[0]}"${also}`), 3);
    }
    assert.equal(shown(log, 'client == "lab" or length < 0'), 1);
    assert.equal(shown(log, 'not client != "lab"'), 1);
  });

  it('have their whole names, also once their CONNECTs have left the log', () => {
    const log = both();
    const check = (): void => {
      for (const of of [steadyNameOf, shortNameOf]) assert.deepEqual([of(log, 1), of(log, 2)], names);
    };
    check();
    for (let more = 0; log.milestones(2).length > 0 && more < 100; more++)
      log.append({ ...captured, connection: 3 }, filled(300));
    assert.deepEqual([...log.milestones(1), ...log.milestones(2)], []);
    check();
  });
});

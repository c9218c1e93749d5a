import assert from 'node:assert/strict';
import { LogAnalysis } from '../../../src/capture/analysis/analysis';
import type { TimelineReport } from '../../../src/capture/analysis/timeline/report';
import { encodeUtf8 } from '../../../src/base/utf8';
import { encode } from '../../../src/protocol/codec';
import { a } from '../../support/packets';
import { ScriptedCapture } from '../../support/scriptedCapture';
import { finished } from '../doctor/findingsOf';

function timelineOf(script: ScriptedCapture, from?: number, to?: number, columns = 100): TimelineReport {
  const analysis = new LogAnalysis(script.log);
  while (!analysis.advance(7));
  return finished(analysis.timeline({ from, to, columns }));
}

describe('A timeline', () => {
  it('has its lanes in the order in which people count', () => {
    const script = new ScriptedCapture();
    for (const clientIdentifier of ['dev-10', 'dev-2', 'dev-1']) script.connected({ clientIdentifier });
    const labels = timelineOf(script).lanes.map(({ label }) => label);
    assert.deepEqual(labels, ['dev-1', 'dev-2', 'dev-10']);
  });

  it('has one lane for a device whose CONNECTs are too short, that of the others it sends', () => {
    const script = new ScriptedCapture();
    const connect = encode(a.connect({ clientIdentifier: 'esp', userName: 'anna' }), 5);
    const labels = (): unknown[] =>
      timelineOf(script).lanes.map(({ label, connections }) => [label, connections.length]);
    for (const port of [50_001, 50_002]) {
      // The broker names it by what it says so far.
      const c = script.open(`esp (192.168.1.30:${port})`);
      c.raw(connect.subarray(0, connect.length - 3));
      script.pass(1_000);
      c.close();
    }
    assert.deepEqual(labels(), [['esp', 2]]);
    script.connected({ clientIdentifier: 'esp' }, {}, 'esp (192.168.1.30:50003)');
    script.connected({ clientIdentifier: 'other' }, {}, 'other (192.168.1.30:50004)');
    assert.deepEqual(labels(), [
      ['esp', 3],
      ['other', 1],
    ]);
  });

  it('has a lane for each client, with the connections of all its life', () => {
    const script = new ScriptedCapture();
    const start = script.at;
    const will = {
      topicName: 'gone',
      payload: encodeUtf8('x'),
      qos: 0,
      retain: false,
      properties: {},
    } as const;
    const first = script.connected({ clientIdentifier: 'esp', will, keepAlive: 30 });
    script.pass(10_000);
    const other = script.connected({ clientIdentifier: 'a' });
    first.close();
    script.pass(5_000);
    const second = script.connected({ clientIdentifier: 'esp', cleanStart: false }, { sessionPresent: true });
    const third = script.connected({ clientIdentifier: 'esp' });
    second.server(a.disconnect(0x8e));
    second.close();
    third.client(a.disconnect());
    third.close();
    const report = timelineOf(script);
    assert.deepEqual(
      report.lanes.map(({ label }) => label),
      ['a', 'esp'],
    );
    const [, esp] = report.lanes;
    assert.equal(report.first, start);
    const [one, two, three] = esp?.connections ?? [];
    assert.deepEqual(
      [one?.start.at, one?.end?.at, one?.keepAlive, one?.hasWill],
      [start, start + 10_001 + 1, 30, true],
    );
    assert.equal(one?.disconnect, undefined);
    assert.deepEqual([two?.disconnect?.by, two?.disconnect?.reasonCode], ['server', 0x8e]);
    assert.equal(two?.connack?.sessionPresent, true);
    assert.equal(two?.takenOverBy?.sequence, three?.start.sequence);
    assert.equal(three?.disconnect?.by, 'client');
    assert.deepEqual(
      esp?.marks.map(({ kind }) => kind),
      ['will', 'takeover'],
    );
    assert.equal(report.lanes[0]?.connections[0]?.number, other.number);
    assert.equal(report.lanes[0]?.connections[0]?.end, undefined);
  });

  it('keeps a connection of our own in one lane, whatever Client Identifier a window made up for it', () => {
    const script = new ScriptedCapture();
    const connect = (clientIdentifier: string, name: string) =>
      script.connected({ clientIdentifier }, {}, name, 'out');
    connect('mqttWorkbench0000000001', 'bench').close();
    script.pass(1_000);
    connect('mqttWorkbench0000000002', 'bench');
    connect('mqttWorkbench0000000001', 'staging');
    const { lanes } = timelineOf(script);
    assert.deepEqual(
      lanes.map(({ label, identifiers, connections }) => [label, identifiers, connections.length]),
      [
        ['bench', ['mqttWorkbench0000000002', 'mqttWorkbench0000000001'], 2],
        ['staging', ['mqttWorkbench0000000001'], 1],
      ],
    );
  });

  it('tells no more identifiers of a lane than anybody reads', () => {
    const script = new ScriptedCapture();
    for (let index = 0; index < 20; index++) {
      script.connected({ clientIdentifier: `id${index}` }, {}, 'bench', 'out').close();
      script.pass(10);
    }
    const [lane] = timelineOf(script).lanes;
    assert.equal(lane?.moreIdentifiers, true);
    assert.deepEqual(lane.identifiers, ['id19', 'id18', 'id17', 'id16', 'id15', 'id14', 'id13', 'id12']);
  });

  it('shows handshakes as spans and counts what is in flight', () => {
    const script = new ScriptedCapture();
    const c = script.connected();
    const start = script.at;
    c.client(a.publish('t', 1, 1), a.publish('t', 1, 2));
    script.pass(500);
    c.server(a.acknowledgement('PUBACK', 1));
    script.pass(400);
    c.server(a.acknowledgement('PUBACK', 2));
    script.pass(100);
    c.client(a.subscribe(3, [a.subscription('#')]));
    const { lanes } = timelineOf(script, start, start + 1_000, 10);
    const handshakes = lanes[0]?.handshakes.filter(({ kind }) => kind !== 'connect');
    assert.deepEqual(
      handshakes?.map(
        ({ kind, outcome, start: from, end }) => `${kind} ${outcome} ${from - start}-${end - start}`,
      ),
      ['qos1 complete 0-500', 'qos1 complete 0-900', 'subscribe waiting 1000-1000'],
    );
    assert.deepEqual(lanes[0]?.inFlight, [2, 2, 2, 2, 2, 2, 1, 1, 1, 1]);
  });

  it('counts as in flight what is so at once, and not what came one after the other in a column', () => {
    const script = new ScriptedCapture();
    const c = script.connected();
    const start = script.at;
    for (let id = 1; id <= 1_000; id++) {
      c.client(a.publish('t', 1, id));
      script.pass(1);
      c.server(a.acknowledgement('PUBACK', id));
    }
    const [lane] = timelineOf(script, start, script.at, 100).lanes;
    assert.deepEqual(new Set(lane?.inFlight), new Set([1]));
  });

  it('knows what is in flight at the beginning of its part of the time, and no longer than the connection lasts', () => {
    const script = new ScriptedCapture();
    const c = script.connected();
    c.client(a.publish('t', 1, 1), a.publish('t', 2, 2));
    c.server(a.publish('u', 1, 1));
    script.pass(1_000);
    const start = script.at;
    script.pass(500);
    c.server(a.acknowledgement('PUBACK', 1));
    script.pass(200);
    c.close();
    script.pass(300);
    script.connected({ clientIdentifier: 'other' });
    const lane = timelineOf(script, start, start + 1_000, 10).lanes.find(({ label }) => label === 'c');
    assert.deepEqual(lane?.inFlight, [3, 3, 3, 3, 3, 3, 2, 2, 0, 0]);
  });

  it('says what a violation found, of no more than anybody reads', () => {
    const script = new ScriptedCapture();
    const wildcard = encode(a.publish('x'.repeat(500)), 5);
    wildcard[5] = 0x23;
    script.connected({ clientIdentifier: 'b' }).raw(wildcard);
    const marks = timelineOf(script).lanes.flatMap((lane) => lane.marks.map(({ violation }) => violation));
    assert.deepEqual(
      marks.map((violation) => [violation?.id, String(violation?.value).slice(0, 9)]),
      [['topicNameWildcard', '#xxxxxxxx']],
    );
    assert.ok(marks.every((violation) => String(violation?.value).length <= 80));
  });

  it('counts the silence that ended a connection, and that of one that is still silent', () => {
    const script = new ScriptedCapture();
    const cut = script.connected({ clientIdentifier: 'cut', keepAlive: 10 });
    script.pass(4_000);
    cut.client({ type: 'PINGREQ' });
    script.pass(15_500);
    const said = cut.server(a.disconnect(0x8d));
    cut.close();
    const cutAt = script.at;
    const silent = script.connected({ clientIdentifier: 'silent', keepAlive: 60 });
    script.pass(80_000);
    const other = script.connected({ clientIdentifier: 'z' });
    other.close();
    const { lanes } = timelineOf(script);
    const silences = lanes.map(({ connections }) => connections[0]?.longestSilence);
    assert.deepEqual(silences.slice(0, 2), [
      { milliseconds: 15_500, sequence: said, at: cutAt },
      { milliseconds: 80_002, sequence: said + 2, at: script.at },
    ]);
    assert.equal(silent.number, lanes[1]?.connections[0]?.number);
  });

  it('tells what lies in one column as one thing, and leaves out what lies outside', () => {
    const script = new ScriptedCapture();
    const c = script.connected();
    for (let id = 1; id <= 1_000; id++) {
      c.client(a.publish('t', 1, id));
      script.pass(1);
      c.server(a.acknowledgement('PUBACK', id), a.acknowledgement('PUBACK', 60_000));
    }
    const whole = timelineOf(script, undefined, undefined, 20);
    const bars = whole.lanes[0]?.handshakes.filter(({ kind }) => kind === 'qos1') ?? [];
    assert.ok(bars.length <= 60, `${bars.length}`);
    assert.equal(
      bars.reduce((sum, { count }) => sum + count, 0),
      1_000,
    );
    const marks = whole.lanes[0]?.marks ?? [];
    assert.ok(marks.length <= 20 && marks.every(({ kind }) => kind === 'violation'));
    const part = timelineOf(script, whole.last - 10, whole.last, 20);
    const shown = part.lanes[0]?.handshakes.reduce((sum, { count }) => sum + count, 0) ?? 0;
    assert.ok(shown >= 10 && shown <= 12, `${shown}`);
  });
});

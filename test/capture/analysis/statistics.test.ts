import assert from 'node:assert/strict';
import { LogAnalysis } from '../../../src/capture/analysis/analysis';
import { Histogram } from '../../../src/capture/analysis/statistics/histogram';
import { PacketLog } from '../../../src/capture/packetLog';
import { encodeUtf8 } from '../../../src/base/utf8';
import { a } from '../../support/packets';
import { ScriptedCapture } from '../../support/scriptedCapture';
import { finished } from '../doctor/findingsOf';

function read(script: ScriptedCapture): LogAnalysis {
  const analysis = new LogAnalysis(script.log);
  while (!analysis.advance(1_000));
  return analysis;
}

describe('A histogram', () => {
  it('tells quantiles to 2.2 %, and the ends exactly', () => {
    const histogram = new Histogram();
    for (let value = 1; value <= 10_000; value++) histogram.add(value);
    assert.equal(histogram.minimum, 1);
    assert.equal(histogram.maximum, 10_000);
    for (const fraction of [0.01, 0.5, 0.9, 0.99]) {
      const found = histogram.quantile(fraction) / (fraction * 10_000);
      assert.ok(found > 0.978 && found < 1.023, `${fraction}: ${found}`);
    }
    assert.equal(histogram.quantile(1), 10_000);
    assert.ok(Number.isNaN(new Histogram().quantile(0.5)));
  });

  it('is the same however its values were divided', () => {
    const [whole, left, right] = [new Histogram(), new Histogram(), new Histogram()];
    for (let value = 0; value < 500; value++) {
      whole.add(value * 1.5);
      (value % 3 === 0 ? left : right).add(value * 1.5);
    }
    left.addAll(right);
    assert.equal(left.count, whole.count);
    for (const fraction of [0, 0.5, 0.99, 1]) assert.equal(left.quantile(fraction), whole.quantile(fraction));
  });
});

describe('Statistics', () => {
  it('count clients, topics, packet types, QoS and sizes, with rates over the time there is', () => {
    const script = new ScriptedCapture();
    const c = script.connected({ clientIdentifier: 'esp' });
    script.connected({ clientIdentifier: 'other' });
    for (let id = 1; id <= 4; id++) {
      c.client(a.publish('a', 1, id, { payload: encodeUtf8('x'.repeat(id * 10)), retain: id === 1 }));
      script.pass(id);
      c.server(a.acknowledgement('PUBACK', id));
    }
    c.client(a.publish('b'), a.publish('b', 2, 9));
    script.pass(10_000 - 12);
    c.client({ type: 'PINGREQ' });
    const report = finished(read(script).statistics());
    const named = (rows: typeof report.clients) => rows.map(({ name, packets }) => `${name} ${packets}`);
    assert.equal(report.packets, 15);
    assert.equal(report.duration, 10_000);
    assert.deepEqual(named(report.clients), ['esp 13', 'other 2']);
    assert.deepEqual(named(report.topics), ['a 4', 'b 2']);
    assert.deepEqual(named(report.types), ['PUBLISH 6', 'PUBACK 4', 'CONNECT 2', 'CONNACK 2', 'PINGREQ 1']);
    assert.equal(report.clients[0]?.packetsPerSecond, 1.3);
    assert.equal(report.clients[0]?.fromClient, 8);
    assert.deepEqual([report.qos, report.retained, report.duplicates], [[1, 4, 1], 1, 0]);
    assert.deepEqual([report.payloadSizes.minimum, report.payloadSizes.maximum], [1, 40]);
    const qos1 = report.handshakes.find(({ kind }) => kind === 'qos1');
    assert.deepEqual([qos1?.complete, qos1?.maximum], [4, 4]);
    assert.ok(qos1?.median !== undefined && qos1.median > 1.9 && qos1.median < 2.1);
  });

  it('count violations by kind', () => {
    const script = new ScriptedCapture();
    const c = script.connected({ keepAlive: 0 });
    c.server(a.acknowledgement('PUBACK', 4), a.acknowledgement('PUBACK', 5));
    const { violations } = finished(read(script).statistics());
    assert.deepEqual(
      violations.map(({ id, count }) => `${id} ${count}`),
      ['acknowledgementUnmatched 2', 'keepAliveZero 1'],
    );
  });

  it('count no acknowledgement of what was not captured', () => {
    const script = new ScriptedCapture();
    const c = script.open();
    c.client(a.subscribe(1, [a.subscription('a', 0)]));
    c.server(a.suback(1, [0]), a.acknowledgement('PUBACK', 4));
    const { violations } = finished(read(script).statistics());
    assert.deepEqual(
      violations.filter(({ id }) => id.startsWith('acknowledgement')),
      [],
    );
  });

  it('tell the version of the last packet that broke a rule, by which its clause has its number', () => {
    const script = new ScriptedCapture();
    script.connected({ keepAlive: 0, protocolVersion: 4 });
    const { violations } = finished(read(script).statistics());
    assert.deepEqual(
      violations.map(({ id, version }) => [id, version]),
      [['keepAliveZero', 4]],
    );
  });

  it('find the period of a topic, its jitter and its gaps', () => {
    const script = new ScriptedCapture();
    const c = script.connected({ clientIdentifier: 'esp' });
    for (let index = 0; index < 30; index++) {
      script.pass(index === 20 ? 4_000 : 1_000 + (index % 3) * 10);
      c.client(a.publish('beat'));
      if (index % 4 === 0) c.client(a.publish(`once/${index}`));
    }
    for (let index = 0; index < 20; index++) {
      script.pass(100 + ((index * 7919) % 5) ** 5);
      c.client(a.publish('whenever'));
    }
    // Neither is when it was published: a retained message of before, and a copy.
    for (let index = 0; index < 20; index++) {
      script.pass(1_000);
      c.server(a.publish('kept', 0, 0, { retain: true }), a.publish('copy', 1, 7, { dup: true }));
    }
    const { periodic } = finished(read(script).statistics());
    assert.deepEqual(
      periodic.map(({ topic }) => topic),
      ['beat'],
    );
    const [beat] = periodic;
    assert.equal(beat?.period, 1_010);
    assert.equal(beat?.jitterP99, 10);
    assert.equal(beat?.gapCount, 1);
    assert.deepEqual([beat?.gaps[0]?.missing, beat?.gaps[0]?.milliseconds], [3, 4_000]);
  });

  it('forget what has left the log, to a block of packets', () => {
    const script = new ScriptedCapture(new PacketLog({ byteBudget: 2_000_000 }));
    const analysis = new LogAnalysis(script.log);
    const c = script.connected({ clientIdentifier: 'esp' });
    c.client(a.publish('early'));
    for (let index = 0; index < 60_000; index++) {
      c.client(a.publish('topic', 0, 0, { payload: new Uint8Array(64) }));
      if (index % 1_000 === 0) while (!analysis.advance(500));
    }
    while (!analysis.advance(500));
    const report = finished(analysis.statistics());
    assert.ok(script.log.first > 20_000);
    assert.ok(
      report.first <= script.log.first && script.log.first - report.first <= 8_192,
      `${report.first}`,
    );
    assert.equal(report.end, script.log.end);
    assert.equal(report.packets, report.end - report.first);
    assert.deepEqual(
      report.topics.map(({ name }) => name),
      ['topic'],
    );
  });

  it('keep to a bounded number of names, and say what the others came to', () => {
    const script = new ScriptedCapture();
    const c = script.connected();
    for (let index = 0; index < 2_500; index++) c.client(a.publish(`t/${index}`));
    const { topics, types } = finished(read(script).statistics());
    assert.equal(topics[0]?.name, undefined);
    assert.equal(topics[0]?.packets, 500);
    assert.equal(topics.length, 1_000);
    assert.equal(types[0]?.packets, 2_500);
  });
});

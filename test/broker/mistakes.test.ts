import assert from 'node:assert/strict';
import type { ControlPacket } from '../../src/protocol/controlPacket';
import { describeViolation } from '../../src/protocol/violations';
import { BrokerBench } from '../support/brokerBench';
import { a } from '../support/packets';

/** Broken at byte 2. */
const noText = Uint8Array.of(0x61, 0x62, 0xff);

function told(bench: BrokerBench): string[] {
  const mistakes: string[] = [];
  bench.broker.onDidMistake(({ clientIdentifier, version, violation, count }) => {
    const { clause } = describeViolation(violation, version);
    const line = `${clientIdentifier} ${violation.id} ${violation.value} [${clause}]`;
    mistakes.push(...Array<string>(count).fill(line));
  });
  return mistakes;
}

describe('A mistake for which a client is not sent away is told', () => {
  const rows: readonly (readonly [what: string, sent: ControlPacket[], mistakes: string[]])[] = [
    [
      'a QoS 2 message with the identifier of another, which is lost [MQTT-2.2.1-3] [MQTT-4.3.3-10]',
      [a.publish('a', 2, 1), a.publish('b', 2, 1)],
      ['packetIdentifierInUse 1 [MQTT-2.2.1-3]'],
    ],
    [
      'no repetition of one with DUP [MQTT-3.3.1-1]',
      [a.publish('a', 2, 1), a.publish('a', 2, 1, { dup: true })],
      [],
    ],
    [
      'a QoS 1 message, or a request, with the identifier of a QoS 2 message [MQTT-2.2.1-3]',
      [
        a.publish('a', 2, 1),
        a.publish('b', 1, 1),
        a.subscribe(1, [a.subscription('x')]),
        a.unsubscribe(1, ['x']),
      ],
      Array<string>(3).fill('packetIdentifierInUse 1 [MQTT-2.2.1-3]'),
    ],
    [
      'no identifier that is free again',
      [a.publish('a', 2, 1), a.acknowledgement('PUBREL', 1), a.publish('b', 2, 1)],
      [],
    ],
    [
      'acknowledgements of nothing [MQTT-2.2.1-5]',
      [
        a.acknowledgement('PUBACK', 7),
        a.acknowledgement('PUBREC', 8),
        a.acknowledgement('PUBCOMP', 9),
        a.acknowledgement('PUBREL', 10),
      ],
      [7, 8, 9, 10].map((identifier) => `acknowledgementUnmatched ${identifier} [MQTT-2.2.1-5]`),
    ],
    [
      'payloads that are no text, though their Payload Format Indicator says so (3.3.2.3.2)',
      [
        a.publish('t', 0, 0, { payload: noText, properties: { payloadFormatIndicator: 1 } }),
        a.publish('t', 2, 3, { payload: noText, properties: { payloadFormatIndicator: 1 } }),
      ],
      ['payloadNotUtf8 2 [3.3.2.3.2]', 'payloadNotUtf8 2 [3.3.2.3.2]'],
    ],
    [
      'no payload of which nobody says that it is text, and none that is',
      [
        a.publish('t', 0, 0, { payload: noText, properties: { payloadFormatIndicator: 0 } }),
        a.publish('t', 1, 1, { payload: noText, properties: { contentType: 'text/plain' } }),
        a.publish('t', 1, 2, { payload: noText }),
        a.publish('t', 1, 3, { payload: Buffer.from('ä'), properties: { payloadFormatIndicator: 1 } }),
      ],
      [],
    ],
    [
      'no PUBREL that says itself that there is nothing (3.6.2.1)',
      [a.acknowledgement('PUBREL', 10, 0x92)],
      [],
    ],
  ];
  for (const [what, sent, expected] of rows) {
    it(what, async () => {
      const bench = new BrokerBench();
      const mistakes = told(bench);
      const client = await bench.client('c');
      await client.send(...sent);
      assert.deepEqual(
        mistakes,
        expected.map((line) => `c ${line}`),
      );
      assert.deepEqual([client.isClosed, bench.broker.client('c')?.violations], [false, expected.length]);
    });
  }

  it('and what is no text goes on as it came [MQTT-3.3.2-4]', async () => {
    const bench = new BrokerBench();
    const subscriber = await bench.client('s');
    await subscriber.send(a.subscribe(1, [a.subscription('t')]));
    const client = await bench.client('c');
    const properties = { payloadFormatIndicator: 1 } as const;
    assert.deepEqual(await client.send(a.publish('t', 1, 1, { payload: noText, properties })), ['PUBACK #1']);
    const [received] = subscriber.packets.filter((packet) => packet.type === 'PUBLISH');
    assert.deepEqual([received?.payload, received?.properties.payloadFormatIndicator], [noText, 1]);
  });

  it('a will that is no text, on CONNECT, whether or not it is ever published (3.1.3.2.3)', async () => {
    const bench = new BrokerBench();
    const mistakes = told(bench);
    const packets: number[] = [];
    bench.broker.onDidMistake((each) => packets.push(...each.mistakes.map(({ packet }) => packet)));
    const properties = { payloadFormatIndicator: 1 } as const;
    const will = { topicName: 'w', payload: noText, qos: 0, retain: false, properties } as const;
    const client = await bench.client('c', { will });
    await bench.client('d', { will: { ...will, properties: {} } });
    assert.deepEqual(mistakes, ['c willPayloadNotUtf8 2 [3.1.3.2.3]']);
    assert.deepEqual([packets, client.isClosed], [[1], false]);
    assert.equal(bench.broker.client('c')?.violations, 1);
  });

  it('in the clauses of 3.1.1 to a client of that [MQTT-2.3.1-2] (3.1.1)', async () => {
    const bench = new BrokerBench();
    const mistakes = told(bench);
    const client = await bench.client('c', { protocolVersion: 4 });
    await client.send(a.publish('a', 2, 1), a.publish('b', 2, 1), a.acknowledgement('PUBCOMP', 3));
    // [MQTT-2.3.1-2] (3.1.1) [MQTT-4.3.3-2] (3.1.1)
    const clauses = mistakes.map((line) => line.replace(/MQTT-|[[\]]/g, ''));
    assert.deepEqual(clauses, ['c packetIdentifierInUse 1 2.3.1-2', 'c acknowledgementUnmatched 3 4.3.3-2']);
  });

  for (const protocolVersion of [3, 4] as const) {
    it(`but not a PUBREL that 3.1 and 3.1.1 ask for [MQTT-4.3.3-1] (3.1.1): of a refused message, of a repetition (${protocolVersion})`, async () => {
      const bench = new BrokerBench();
      const mistakes = told(bench);
      const client = await bench.client('c', { protocolVersion });
      await client.send(a.publish('$SYS/x', 2, 1));
      assert.deepEqual(await client.send(a.acknowledgement('PUBREL', 1)), ['PUBCOMP #1']);
      const dup = { dup: true };
      const answers = await client.send(a.publish('a', 2, 2), a.publish('a', 2, 2, dup));
      assert.deepEqual(answers, ['PUBREC #2', 'PUBREC #2']);
      await client.send(a.acknowledgement('PUBREL', 2), a.acknowledgement('PUBREL', 2));
      assert.deepEqual(mistakes, []);
    });
  }

  it('of the same kind at once, however many there are', async () => {
    const bench = new BrokerBench();
    const counts: string[] = [];
    const unmatched: string[] = [];
    bench.broker.onDidMistake(({ violation, count, mistakes }) => {
      counts.push(`${violation.subject} ${violation.value} ${count}`);
      unmatched.push(...mistakes.map((each) => `${each.packet}: ${each.violation.value}`));
    });
    const client = await bench.client('c');
    const many = (type: 'PUBACK' | 'PUBCOMP', first: number) =>
      Array.from({ length: 300 }, (_, index) => a.acknowledgement(type, first + index));
    await client.send(...many('PUBACK', 5), ...many('PUBCOMP', 7), ...many('PUBACK', 1000));
    assert.deepEqual(counts, ['PUBACK 5 600', 'PUBCOMP 7 300']);
    assert.equal(bench.broker.client('c')?.violations, 900);
    // CONNECT is the first packet of all.
    assert.deepEqual(unmatched.slice(298, 302), ['300: 303', '301: 304', '602: 1000', '603: 1001']);
    assert.deepEqual(unmatched.slice(600, 601), ['302: 7']);
  });

  it('but not a PUBREL of a Session that goes on, whose PUBCOMP may be lost (4.4)', async () => {
    const bench = new BrokerBench();
    const mistakes = told(bench);
    const properties = { sessionExpiryInterval: 100 };
    const first = await bench.client('c', { cleanStart: false, properties });
    await first.send(a.publish('a', 2, 1));
    await first.send(a.acknowledgement('PUBREL', 1));
    first.drop();
    await first.received();
    const second = await bench.client('c', { cleanStart: false, properties });
    assert.deepEqual(await second.send(a.acknowledgement('PUBREL', 1)), ['PUBCOMP #1 0x92']);
    assert.deepEqual(mistakes, []);
  });

  it('once for a message that a device with a new memory sends under the identifier of its old Session', async () => {
    const bench = new BrokerBench();
    const mistakes = told(bench);
    const more = { protocolVersion: 4, cleanStart: false } as const;
    const first = await bench.client('c', more);
    await first.send(a.publish('a', 2, 1));
    first.drop();
    await first.received();
    const second = await bench.client('c', more);
    assert.deepEqual(await second.send(a.publish('b', 2, 1)), ['PUBREC #1']);
    assert.equal(mistakes.length, 1);
    assert.match(mistakes[0] ?? '', /^c packetIdentifierInUse 1 /);
  });

  it('that of a PUBACK for what was acknowledged with PUBREC (4.3)', async () => {
    const bench = new BrokerBench();
    const mistakes = told(bench);
    const client = await bench.client('c');
    await client.send(a.subscribe(1, [a.subscription('a', 2)]));
    const publisher = await bench.client('p');
    await publisher.send(a.publish('a', 2, 1), a.acknowledgement('PUBREL', 1));
    await client.send(a.acknowledgement('PUBREC', 1), a.acknowledgement('PUBACK', 1));
    assert.equal(mistakes.length, 1);
    assert.match(mistakes[0] ?? '', /^c acknowledgementOfOtherQos PUBACK/);
  });
});

describe('What a client of a broker is not told is told to others', () => {
  it('publishing to a topic of the broker, and a message beyond those that may be retained', async () => {
    const bench = new BrokerBench({ retainedMessages: 1 });
    const denied: string[] = [];
    bench.broker.onDidDeny(({ clientIdentifier, action, topic, reason }) =>
      denied.push(`${clientIdentifier} ${action} ${topic} ${reason}`),
    );
    const client = await bench.client('c', { protocolVersion: 4 });
    const retain = { retain: true };
    const answers = await client.send(
      a.publish('$SYS/x', 1, 1),
      a.publish('one', 1, 2, retain),
      a.publish('two', 1, 3, retain),
      a.publish('one', 0, 0, retain),
    );
    assert.deepEqual(answers, ['PUBACK #1', 'PUBACK #2', 'PUBACK #3']);
    assert.deepEqual(denied, ['c publish $SYS/x serverTopic', 'c publish two retainedQuota']);
  });

  it('too many levels where an acknowledgement refuses them, and one subscription too many', async () => {
    const bench = new BrokerBench({ topicLevels: 2, subscriptionsPerSession: 1 });
    const denied: string[] = [];
    bench.broker.onDidDeny((each) =>
      denied.push(
        `${each.action} ${each.topic} ${each.reason}${'limit' in each ? ` for ${each.limit}` : ''}`,
      ),
    );
    const client = await bench.client('c', { protocolVersion: 5 });
    await client.send(
      a.publish('a/b/c', 1, 1),
      a.publish('a/b/d', 2, 2),
      a.subscribe(
        3,
        ['a/b/#', 'one', 'two', 'one'].map((filter) => a.subscription(filter, 0)),
      ),
    );
    assert.deepEqual(denied, [
      'publish a/b/c topicLevels',
      'publish a/b/d topicLevels',
      'subscribe a/b/# topicLevels',
      'subscribe two subscriptionQuota for subscriptionsPerSession',
    ]);
  });

  for (const protocolVersion of [3, 4] as const) {
    it(`what the broker is told not to offer, which CONNACK cannot say before 5.0 (${protocolVersion})`, async () => {
      const bench = new BrokerBench({
        ...{ wildcardSubscriptionAvailable: false, sharedSubscriptionAvailable: false },
        retainAvailable: false,
      });
      const denied: string[] = [];
      bench.broker.onDidDeny((each) =>
        denied.push(`${each.action} ${each.topic} ${'feature' in each ? each.feature : each.reason}`),
      );
      const client = await bench.client('c', { protocolVersion });
      await client.send(
        a.subscribe(
          1,
          ['a/#', '$share/g/a', 'a'].map((filter) => a.subscription(filter)),
        ),
        a.publish('a', 1, 2, { retain: true }),
        a.publish('a', 1, 3, { retain: true, payload: new Uint8Array() }),
        a.publish('a', 1, 4),
      );
      assert.deepEqual(denied, [
        'subscribe a/# wildcardSubscriptionAvailable',
        'subscribe $share/g/a sharedSubscriptionAvailable',
        'publish a retainAvailable',
      ]);
      assert.equal(client.packets.filter(({ type }) => type === 'PUBLISH').length, 3);
      assert.equal(bench.broker.retainedCount, 0);
    });
  }

  it('with the limit of bytes, where it is that', async () => {
    const bench = new BrokerBench({ subscriptionBytes: 1, retainedBytes: 1 });
    const limits: string[] = [];
    bench.broker.onDidDeny((each) => limits.push('limit' in each ? each.limit : each.reason));
    const client = await bench.client('c');
    await client.send(
      a.subscribe(
        1,
        ['one', 'two'].map((filter) => a.subscription(filter, 0)),
      ),
      a.publish('t', 1, 2, { retain: true }),
    );
    assert.deepEqual(limits, ['subscriptionBytes', 'retainedBytes']);
  });
});

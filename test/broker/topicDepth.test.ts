import assert from 'node:assert/strict';
import { defaultLimits } from '../../src/broker/brokerOptions';
import { isTooDeep } from '../../src/broker/topicDepth';
import { BrokerBench } from '../support/brokerBench';
import { a } from '../support/packets';

const levels = (count: number) => Array<string>(count).fill('x').join('/');
const deep = levels(defaultLimits.topicLevels + 1);

describe('A topic of too many levels', () => {
  it('has more than 200, however short they are', () => {
    const cases: readonly (readonly [string, boolean])[] = [
      ['x'.repeat(60_000), false],
      [levels(200), false],
      ['/'.repeat(199), false],
      [deep, true],
      ['/'.repeat(200), true],
    ];
    assert.deepEqual(
      cases.map(([topic]) => isTooDeep(topic, 200)),
      cases.map(([, expected]) => expected),
    );
  });

  it('is refused in SUBACK, and the others of the packet are not', async () => {
    const bench = new BrokerBench();
    const client = await bench.client('c');
    const filters = [a.subscription('a'), a.subscription('+/'.repeat(30_000) + '+'), a.subscription('b', 1)];
    assert.deepEqual(await client.send(a.subscribe(1, filters)), ['SUBACK #1 0x00 0x8f 0x01']);
    assert.deepEqual(await client.send(a.publish('b', 1, 2)), ['PUBLISH q1 #1 b "x"', 'PUBACK #2']);
    const older = await bench.client('o', { protocolVersion: 4 });
    assert.deepEqual(await older.send(a.subscribe(1, filters)), ['SUBACK #1 0x00 0x80 0x01']);
  });

  it('is refused in PUBACK and PUBREC, and leaves nothing behind', async () => {
    const bench = new BrokerBench();
    const client = await bench.client('c');
    assert.deepEqual(
      await client.send(
        a.publish('/'.repeat(60_000), 1, 1, { retain: true }),
        a.publish('/'.repeat(60_000), 2, 2, { retain: true }),
        a.publish('x', 1, 3),
        a.subscribe(4, [a.subscription('#')]),
      ),
      ['SUBACK #4 0x00', 'PUBACK #1 0x90', 'PUBREC #2 0x90', 'PUBACK #3 0x10'],
    );
  });

  it('ends the connection where no acknowledgement could say so [MQTT-3.3.5-2] (3.1.1)', async () => {
    const bench = new BrokerBench();
    const client = await bench.client('c');
    assert.deepEqual(await client.send(a.publish(deep)), ['DISCONNECT 0x90', 'closed']);
    const older = await bench.client('o', { protocolVersion: 4 });
    assert.deepEqual(await older.send(a.publish(deep, 1, 1)), ['closed']);
  });

  it('is no will topic', async () => {
    const will = {
      topicName: deep,
      payload: new Uint8Array(),
      qos: 0,
      retain: false,
      properties: {},
    } as const;
    assert.deepEqual(await new BrokerBench().open().send(a.connect({ will })), ['CONNACK 0x90', 'closed']);
  });
});

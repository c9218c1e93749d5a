import assert from 'node:assert/strict';
import { encodeUtf8 } from '../../src/base/utf8';
import type { MessageToPublish } from '../../src/client/mqttClient';
import { Tickets } from '../../src/client/tickets';
import type { Properties } from '../../src/protocol/properties';
import { PacketWriter } from '../../src/protocol/codec';
import { InflightStore } from '../../src/session/inflightStore';
import { OutboundFlow } from '../../src/session/outboundFlow';
import { PublishMessage } from '../../src/session/publishMessage';
import { ClientBench } from '../support/clientBench';
import { turn } from '../support/fakeClock';
import { outcome, watched } from '../support/outcome';
import { a } from '../support/packets';

const queue = { messages: 1_000, bytes: 1_500 };
const long = 'x'.repeat(1_000);

describe('The bound of the queue', () => {
  const fat: readonly (readonly [what: string, properties: Properties])[] = [
    ['User Properties', { userProperties: [['name', long]] }],
    ['Correlation Data', { correlationData: new Uint8Array(1_000) }],
    ['the Response Topic', { responseTopic: long }],
    ['the Content Type', { contentType: long }],
  ];
  for (const [what, properties] of fat) {
    it(`counts ${what} of messages, sent or not`, async () => {
      for (const isUp of [false, true]) {
        const bench = new ClientBench({ queue });
        if (isUp) await bench.connected();
        const first = bench.publish('a', 1, { properties });
        assert.equal(await outcome(bench.publish('a', 1, { properties })), 'queueFull');
        assert.equal(await outcome(first), 'pending');
        const { heldBytes } = bench.client['session'].state.outbound;
        assert.ok(heldBytes > 1_000, String(heldBytes));
      }
    });
  }

  it('stays a number where a name is no text', async () => {
    const bench = new ClientBench({ queue });
    await bench.connected();
    const topicName = 5 as unknown as string;
    const broken = watched(bench.client.publish({ topicName, payload: encodeUtf8('x'), qos: 1 }));
    const all = ['a', 'b', 'c'].map((name) => bench.publish(name));
    assert.equal(await outcome(broken), 'unencodable');
    assert.deepEqual(await Promise.all(all.map(outcome)), ['pending', 'pending', 'pending']);
    assert.equal(await outcome(bench.publish(long, 1)), 'queueFull');
  });
});

describe('SUBSCRIBE and UNSUBSCRIBE packets that wait for their answers', () => {
  it('have a bound in bytes, beyond which one more rejects at once', async () => {
    const bench = new ClientBench({ queue });
    await bench.connected();
    const first = bench.client.subscribe([a.subscription(long)]);
    assert.equal(await outcome(bench.client.subscribe([a.subscription('b'.repeat(500))])), 'tooManyRequests');
    const properties: Properties = { userProperties: [['name', long]] };
    assert.equal(await outcome(bench.client.unsubscribe(['a'], properties)), 'tooManyRequests');
    await bench.server.received();
    await bench.server.send(a.suback(1, [0]));
    assert.deepEqual((await first).reasonCodes, [0]);
    // One that is alone may be larger, and messages have a bound of their own.
    const alone = watched(bench.client.subscribe([a.subscription(long), a.subscription(`${long}2`)]));
    assert.equal(await outcome(alone), 'pending');
    assert.equal(await outcome(bench.publish('a')), 'pending');
  });

  it('leave nothing behind where they were not sent: no message is said to come for them', async () => {
    const bench = new ClientBench({ queue, chooseSubscriptionIdentifiers: false });
    await bench.connected();
    void watched(bench.client.subscribe([a.subscription(long)]));
    const other = `${'b/'.repeat(250)}#`;
    assert.equal(await outcome(bench.client.subscribe([a.subscription(other)])), 'tooManyRequests');
    await bench.server.send(a.publish(other.replace('#', 'x')));
    assert.deepEqual(bench.received[0]?.subscriptions, []);
  });
});

describe('Requests that wait for their responses', () => {
  it('have a bound in bytes too, before their Response Topic is subscribed to', async () => {
    const bench = new ClientBench({ queue });
    await bench.connected();
    const message: MessageToPublish = { topicName: 'get', payload: new Uint8Array(1_000) };
    const below = { responseTopicPrefix: 'answers' };
    const first = watched(bench.client.request(message, below));
    assert.equal(await outcome(bench.client.request(message, below)), 'tooManyOutstanding');
    assert.equal(await outcome(first), 'pending');
    // What is over makes room.
    await bench.clock.pass(10_000);
    assert.equal(await outcome(first), 'timedOut');
    assert.equal(await outcome(bench.client.request(message, below)), 'pending');
  });

  it('reject one whose payload is no bytes', async () => {
    const bench = new ClientBench();
    await bench.connected();
    const message = { topicName: 'get', payload: 'text' as unknown as Uint8Array };
    assert.equal(await outcome(bench.client.request(message, { responseTopicPrefix: 'a' })), 'unencodable');
  });
});

describe('What PUBRECs say beside that the message was taken', () => {
  it('is kept up to a bound; beyond that the Reason Code is', () => {
    const outcomes: (readonly [reasonCode: number, words: number])[] = [];
    const flow = new OutboundFlow(
      new InflightStore(),
      new PacketWriter(),
      { version: 5, receiveMaximum: 65_535, maximumPacketSize: Infinity, queueBytes: 0 },
      {
        completed: (_, reasonCode, __, { reasonString }) =>
          outcomes.push([reasonCode, reasonString?.length ?? 0]),
        rejected: () => assert.fail('rejected'),
        expired: () => assert.fail('expired'),
      },
    );
    const count = 40;
    const words = 'x'.repeat(60_000);
    for (let ticket = 1; ticket <= count; ticket++) {
      flow.publish(new PublishMessage(a.publish('t', 2, 0), ticket, 0), 0);
      const properties = { reasonString: words };
      flow.pubrec({ type: 'PUBREC', packetIdentifier: ticket, reasonCode: 0x10, properties });
    }
    const complete = (packetIdentifier: number) =>
      flow.pubcomp({ type: 'PUBCOMP', packetIdentifier, reasonCode: 0, properties: {} });
    for (let ticket = 1; ticket <= count; ticket++) complete(ticket);
    assert.deepEqual(
      outcomes.map(([code]) => code),
      Array<number>(count).fill(0x10),
    );
    const kept = outcomes.filter(([, length]) => length === words.length).length;
    assert.equal(kept, Math.floor(1_048_576 / words.length));
    // What is told makes room.
    flow.publish(new PublishMessage(a.publish('t', 2, 0), 99, 0), 0);
    const packetIdentifier = count + 1;
    const properties = { reasonString: words };
    flow.pubrec({ type: 'PUBREC', packetIdentifier, reasonCode: 0, properties });
    complete(packetIdentifier);
    assert.deepEqual(outcomes.at(-1), [0, words.length]);
  });
});

describe('A ticket', () => {
  it('is none where handing its message over throws: nobody waits for it', async () => {
    const tickets = new Tickets();
    const broken = () => {
      throw new RangeError('no memory');
    };
    assert.throws(() => void tickets.issue('message', 10, broken), RangeError);
    assert.equal(tickets.count, 0);
    await tickets.whenNone();
    await turn();
  });
});

import assert from 'node:assert/strict';
import { encodeUtf8 } from '../../src/base/utf8';
import { RequestError } from '../../src/client/mqttClient';
import { mostRequests, mostResponseTopics } from '../../src/client/requester';
import type { Properties } from '../../src/protocol/properties';
import { a } from '../support/packets';
import { ScriptedServer } from '../support/scriptedServer';
import { outcome, watched } from '../support/outcome';

const message = { topicName: 'device/get', payload: encodeUtf8('?') };
const below = { responseTopicPrefix: 'answers' };
const informed = a.connack({ properties: { responseInformation: 'given/by/server' } });

/** Answers the SUBSCRIBE for responses; returns the request that follows. */
async function subscribedAndSent(bench: ScriptedServer) {
  await bench.settled();
  await bench.send(a.suback(bench.last('SUBSCRIBE').packetIdentifier, [1]));
  return bench.last('PUBLISH');
}

const response = (topicName: string, correlationData: Uint8Array | undefined, text = 'x') =>
  a.publish(topicName, 0, 0, {
    payload: encodeUtf8(text),
    properties: correlationData ? { correlationData } : {},
  });

/** Everything a request rejects with. */
async function failureOf(promise: Promise<unknown>) {
  const error = await promise.catch((reason: unknown) => reason);
  assert.ok(error instanceof RequestError, String(error));
  return error.failure;
}

describe('A request (4.10)', () => {
  it('goes out once its Response Topic is subscribed to, and resolves with the response', async () => {
    const bench = await new ScriptedServer({ clientIdentifier: 'a/b+c' }).connected();
    const asking = bench.client.request(message, below);
    await bench.settled();
    assert.equal(bench.peer.packets.at(-1)?.type, 'SUBSCRIBE');
    assert.equal(bench.last('SUBSCRIBE').subscriptions[0]?.topicFilter, 'answers/a%2Fb%2Bc');
    const { topicName, properties } = await subscribedAndSent(bench);
    assert.equal(topicName, 'device/get');
    assert.equal(properties.responseTopic, 'answers/a%2Fb%2Bc');
    await bench.send(response('answers/a%2Fb%2Bc', properties.correlationData, 'here'));
    assert.deepEqual((await asking).payload, encodeUtf8('here'));
    // Nothing is hidden from those who listen to messages.
    assert.equal(bench.messages.length, 1);
    assert.equal(bench.clock.waiting, 0);
  });

  it('takes the Response Information of the server before the prefix of its caller (4.10.2)', async () => {
    const properties = { requestResponseInformation: 1 };
    const bench = await new ScriptedServer({ properties }).connected(informed);
    assert.equal(bench.last('CONNECT').properties.requestResponseInformation, 1);
    void watched(bench.client.request(message, below));
    const { properties: sent } = await subscribedAndSent(bench);
    assert.equal(sent.responseTopic, 'given/by/server/c');
  });

  it('keeps its own properties, also a Response Topic of its own', async () => {
    const bench = await new ScriptedServer().connected();
    const properties: Properties = { contentType: 'text/plain', responseTopic: 'mine' };
    void watched(bench.client.request({ ...message, properties }));
    const { properties: sent } = await subscribedAndSent(bench);
    assert.deepEqual([sent.contentType, sent.responseTopic], ['text/plain', 'mine']);
    assert.equal(sent.correlationData?.length, 10);
  });

  it('subscribes once for all, and tells responses apart by their Correlation Data', async () => {
    const bench = await new ScriptedServer().connected();
    const first = bench.client.request(message, below);
    const second = bench.client.request(message, below);
    await subscribedAndSent(bench);
    const sent = bench.peer.packets.filter((packet) => packet.type === 'PUBLISH');
    const [one, two] = sent.map(({ properties }) => properties.correlationData);
    assert.equal(sent.length, 2);
    await bench.send(response('answers/c', two, 'two'), response('answers/c', one, 'one'));
    assert.deepEqual([(await first).payload, (await second).payload], ['one', 'two'].map(encodeUtf8));
    void watched(bench.client.request(message, below));
    await bench.settled();
    assert.equal(bench.peer.packets.filter(({ type }) => type === 'SUBSCRIBE').length, 1);
  });

  it('is not resolved by messages that are no response to it, which are delivered as usual', async () => {
    const bench = await new ScriptedServer().connected();
    const asking = watched(bench.client.request(message, below));
    const { properties } = await subscribedAndSent(bench);
    await bench.send(
      response('answers/c', encodeUtf8('foreign')),
      response('answers/c', undefined),
      response('elsewhere', properties.correlationData),
    );
    assert.equal(await outcome(asking), 'pending');
    assert.equal(bench.messages.length, 3);
  });

  it('does not take the late response to a request of an earlier client for its own', async () => {
    const before = await new ScriptedServer().connected();
    void watched(before.client.request(message, below));
    const earlier = (await subscribedAndSent(before)).properties.correlationData;
    const bench = await new ScriptedServer({}, 5_001).connected();
    const asking = watched(bench.client.request(message, below));
    const own = (await subscribedAndSent(bench)).properties.correlationData;
    // Both are the first of their client; what tells them apart is when that began.
    assert.deepEqual(own?.subarray(6), earlier?.subarray(6));
    await bench.send(response('answers/c', earlier));
    assert.equal(await outcome(asking), 'pending');
  });

  describe('rejects', () => {
    it('when no response comes in time', async () => {
      const bench = await new ScriptedServer().connected();
      const asking = watched(bench.client.request(message, { ...below, timeout: 250 }));
      const { properties } = await subscribedAndSent(bench);
      await bench.clock.pass(249);
      assert.equal(await outcome(asking), 'pending');
      await bench.clock.pass(1);
      assert.deepEqual(await failureOf(asking), { kind: 'timedOut', milliseconds: 250 });
      // What comes later is a message like any other.
      await bench.send(response('answers/c', properties.correlationData));
      assert.equal(bench.messages.length, 1);
    });

    it('before 5.0', async () => {
      const bench = await new ScriptedServer({ version: 4 }).connected();
      assert.deepEqual(await failureOf(bench.client.request(message, below)), { kind: 'needsVersion5' });
    });

    it('where nobody says where responses go', async () => {
      const bench = await new ScriptedServer().connected();
      assert.deepEqual(await failureOf(bench.client.request(message)), { kind: 'noResponseTopic' });
    });

    it('where the Response Topic is refused, and tries that again the next time', async () => {
      const bench = await new ScriptedServer().connected();
      const asking = watched(bench.client.request(message, below));
      await bench.settled();
      const { packetIdentifier } = bench.last('SUBSCRIBE');
      const suback = a.suback(packetIdentifier, [0x87]);
      await bench.send({ ...suback, properties: { reasonString: 'not yours' } });
      assert.deepEqual(await failureOf(asking), {
        kind: 'responseTopicRefused',
        topicName: 'answers/c',
        reasonCode: 0x87,
        reasonString: 'not yours',
      });
      void watched(bench.client.request(message, below));
      assert.equal((await subscribedAndSent(bench)).topicName, 'device/get');
    });

    for (const reasonCode of [0x87, 0x10]) {
      it(`where the server does not pass it on, with 0x${reasonCode.toString(16)}`, async () => {
        const bench = await new ScriptedServer().connected();
        const asking = watched(bench.client.request({ ...message, qos: 1 }, below));
        const { packetIdentifier } = await subscribedAndSent(bench);
        await bench.send(a.acknowledgement('PUBACK', packetIdentifier, reasonCode));
        assert.deepEqual(await failureOf(asking), { kind: 'requestRefused', reasonCode });
      });
    }

    it('when the connection ends, and without one', async () => {
      const bench = await new ScriptedServer().connected();
      const asking = watched(bench.client.request(message, below));
      await subscribedAndSent(bench);
      await bench.client.disconnect();
      assert.equal(await outcome(asking), 'notConnected');
      assert.equal(await outcome(watched(bench.client.request(message, below))), 'notConnected');
      assert.equal(bench.clock.waiting, 0);
    });

    it(`beyond ${mostRequests} that wait`, async () => {
      const bench = await new ScriptedServer().connected();
      const all = Array.from({ length: mostRequests }, () => watched(bench.client.request(message, below)));
      const oneMore = await failureOf(bench.client.request(message, below));
      assert.deepEqual(oneMore, { kind: 'tooManyOutstanding', outstanding: mostRequests });
      bench.client.dispose();
      assert.equal(await outcome(all[0] ?? assert.fail()), 'notConnected');
    });

    it(`beyond ${mostResponseTopics} topics for responses`, async () => {
      const bench = await new ScriptedServer().connected();
      for (let topic = 0; topic < mostResponseTopics; topic++) {
        void watched(bench.client.request(message, { responseTopicPrefix: `p${topic}` }));
      }
      const oneMore = await failureOf(bench.client.request(message, below));
      assert.deepEqual(oneMore, { kind: 'tooManyResponseTopics', topics: mostResponseTopics });
    });
  });

  it('subscribes anew on another connection', async () => {
    const bench = await new ScriptedServer().connected();
    void watched(bench.client.request(message, below));
    await subscribedAndSent(bench);
    await bench.client.disconnect();
    await bench.connected();
    void watched(bench.client.request(message, below));
    await subscribedAndSent(bench);
    assert.equal(bench.peer.packets.filter(({ type }) => type === 'SUBSCRIBE').length, 1);
  });
});

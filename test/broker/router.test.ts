import assert from 'node:assert/strict';
import { BrokerSession } from '../../src/broker/brokerSession';
import { Router } from '../../src/broker/router';

describe('The router', () => {
  it('finds the same recipients whether it remembers the topic or not', () => {
    const router = new Router();
    const session = new BrokerSession('c');
    const subscription = {
      qos: 0,
      noLocal: false,
      retainAsPublished: false,
      identifier: undefined,
      isShared: false,
    } as const;
    for (const topic of ['t', 'x'.repeat(10_000)]) {
      assert.equal(router.route(topic).recipients.length, 0);
      router.subscribe(session, topic, subscription);
      for (let time = 0; time < 2; time++) assert.equal(router.route(topic).recipients[0]?.session, session);
      router.unsubscribe(session, topic);
      assert.equal(router.route(topic).recipients.length, 0);
    }
  });

  it('remembers no long topics, and half a million characters at most', () => {
    const router = new Router();
    router.route('x'.repeat(257));
    assert.equal(router.rememberedCharacters, 0);
    let most = 0;
    for (let number = 0; number < 9_000; number++) {
      router.route(`${number}`.padEnd(256));
      most = Math.max(most, router.rememberedCharacters);
    }
    assert.ok(most > 256 && most <= 500_000);
  });
});

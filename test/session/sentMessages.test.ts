import assert from 'node:assert/strict';
import { Fifo } from '../../src/base/fifo';
import type { OutboundMessage } from '../../src/session/inflightStore';
import { SentMessages } from '../../src/session/sentMessages';

function message(ticket: number): OutboundMessage {
  return { qos: 1, size: 1, ticket, hasExpired: () => false, write: () => undefined };
}

describe('Messages that were sent', () => {
  it('are what a Map would have, in the same order, whatever is acknowledged first', () => {
    const sent = new SentMessages();
    const model = new Map<number, OutboundMessage>();
    let identifier = 65_000; // Identifiers begin anew on the way.
    for (let step = 0; step < 3_000; step++) {
      identifier = (identifier % 65_535) + 1;
      const next = message(step);
      sent.set(identifier, next);
      model.set(identifier, next);
      // In bursts, so that many are under way at times and none at others; one in 97 stays.
      for (const known of step % 400 === 399 ? [...model.keys()] : []) {
        if (known % 97 === 0) continue;
        assert.equal(sent.delete(known), model.get(known));
        model.delete(known);
      }
      assert.equal(sent.size, model.size);
    }
    assert.deepEqual([...sent], [...model]);
    assert.deepEqual([...sent.values()], [...model.values()]);
    for (const known of [0, ...model.keys(), 65_535]) assert.equal(sent.get(known), model.get(known));
  });

  it('are found where one stays while all identifiers are used again', () => {
    const sent = new SentMessages();
    const first = message(1);
    sent.set(1, first);
    for (let identifier = 2; identifier <= 65_535; identifier++) {
      sent.set(identifier, message(identifier));
      assert.ok(sent.delete(identifier));
    }
    assert.deepEqual([...sent], [[1, first]]);
    assert.equal(sent.delete(1), first);
    assert.equal(sent.size, 0);
    assert.equal(sent.has(1), false);
  });

  it('are none after clearing', () => {
    const sent = new SentMessages();
    sent.set(7, message(7));
    sent.clear();
    assert.equal(sent.size, 0);
    assert.equal(sent.delete(7), undefined);
  });
});

describe('A queue', () => {
  it('gives back what it got in the same order while it grows, shrinks and turns over', () => {
    const fifo = new Fifo<number>();
    const model: number[] = [];
    for (let step = 0; step < 20_000; step++) {
      fifo.push(step);
      model.push(step);
      for (let count = step % 7_000 === 6_999 ? model.length : step % 3; count > 0; count--) {
        assert.equal(fifo.peek(), model[0]);
        assert.equal(fifo.shift(), model.shift());
      }
      assert.equal(fifo.length, model.length);
    }
    assert.deepEqual([...fifo], model);
    fifo.clear();
    assert.equal(fifo.shift(), undefined);
  });
});

import assert from 'node:assert/strict';
import { AwaitedStep } from '../../media/inspector/awaitedStep';

describe('A step to a violation of a packet that is still to come', () => {
  it('is taken once, when that packet is shown', () => {
    const step = new AwaitedStep();
    assert.deepEqual(step.take(3), []);
    step.want(9, -1);
    // What was shown before is drawn again.
    assert.deepEqual(step.take(3), []);
    assert.deepEqual(step.take(9), [-1]);
    assert.deepEqual(step.take(9), []);
  });

  it('is dropped where another packet is shown first', () => {
    const step = new AwaitedStep();
    step.take(3);
    step.want(9, 1);
    assert.deepEqual(step.take(4), []);
    assert.deepEqual(step.take(9), []);
  });

  it('is followed by those that are asked for meanwhile, a few at most', () => {
    const step = new AwaitedStep();
    assert.equal(step.goOn(1), false);
    step.want(9, 1);
    assert.equal(step.goOn(1), true);
    assert.equal(step.goOn(-1), true);
    assert.deepEqual(step.take(9), [1, 1, -1]);
    assert.equal(step.goOn(1), false);
    step.want(10, -1);
    for (let key = 0; key < 100; key++) step.goOn(-1);
    assert.equal(step.take(10).length, 8);
  });
});

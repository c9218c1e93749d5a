import assert from 'node:assert/strict';
import { AwaitedStep } from '../../media/inspector/awaitedStep';

describe('A step to a violation of a packet that is still to come', () => {
  it('is taken once, when that packet is shown', () => {
    const step = new AwaitedStep();
    assert.equal(step.take(3), undefined);
    step.want(9, -1);
    // What was shown before is drawn again.
    assert.equal(step.take(3), undefined);
    assert.equal(step.take(9), -1);
    assert.equal(step.take(9), undefined);
  });

  it('is dropped where another packet is shown first', () => {
    const step = new AwaitedStep();
    step.take(3);
    step.want(9, 1);
    assert.equal(step.take(4), undefined);
    assert.equal(step.take(9), undefined);
  });
});

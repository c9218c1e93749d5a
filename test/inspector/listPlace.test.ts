import assert from 'node:assert/strict';
import { ListPlace } from '../../media/inspector/listPlace';
import type { LogState } from '../../src/inspector/contract';

const log = (first: number, end: number): LogState => ({ first, end, evictedPackets: 0, evictedBytes: 0 });

describe('The place in the list', () => {
  it('of an earlier page is gone back to once, as soon as the log has it', () => {
    const place = new ListPlace(40, false);
    assert.equal(place.goBack(log(0, 0), false), undefined);
    assert.equal(place.goBack(log(0, 20), true), undefined);
    assert.equal(place.goBack(log(0, 41), true), 40);
    assert.equal(place.goBack(log(0, 41), false), undefined);
    assert.equal(place.top, 40);
  });

  it('is the newest packet where the log began anew, or was followed', () => {
    assert.equal(new ListPlace(40, false).goBack(log(0, 40), false), 'follow');
    assert.equal(new ListPlace(40, true).goBack(log(0, 100), false), undefined);
  });

  it('is where the person moved it to, whatever was kept', () => {
    const place = new ListPlace(40, false);
    place.moved(7);
    place.moved(undefined);
    assert.equal(place.top, 7);
    assert.equal(place.goBack(log(0, 100), false), undefined);
  });

  it('begins where a file does, unless there is one to go back to', () => {
    const [fresh, kept] = [new ListPlace(undefined, false), new ListPlace(40, false)];
    for (const place of [fresh, kept]) place.wait(3);
    assert.equal(fresh.goBack(log(3, 100), true), 3);
    assert.equal(kept.goBack(log(3, 100), true), 40);
  });
});

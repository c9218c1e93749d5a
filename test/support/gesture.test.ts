import assert from 'node:assert/strict';
import { errors, type Locator } from 'playwright-core';
import { becomes } from './eventually';
import { gesture, OverlayGone, persist, within } from './gesture';

const late = (): never => {
  throw new errors.TimeoutError('late');
};

/** What lies over the rest, as far as it is asked for. */
const overlay = (isVisible: boolean) =>
  ({ isVisible: () => Promise.resolve(isVisible) }) as unknown as Locator;

describe('A gesture of several steps', () => {
  it('is made again as a whole where what it opened is gone, and no more than a few times', async () => {
    let made = 0;
    await gesture(() => (++made < 3 ? Promise.reject(new OverlayGone('closed')) : Promise.resolve()));
    assert.equal(made, 3);
    made = 0;
    await assert.rejects(
      gesture(() => Promise.reject(new OverlayGone(`closed ${++made} times`))),
      /closed 4 times/,
    );
  });

  it('is not made again for any other reason', async () => {
    let made = 0;
    await assert.rejects(
      gesture(() => Promise.reject(new Error(`wrong ${++made}`))),
      /wrong 1/,
    );
  });

  it('has a step tried again while what it acts in is there, and says where that is gone', async () => {
    let tried = 0;
    await within(overlay(true), () => (++tried < 3 ? late() : Promise.resolve(tried === 4)));
    assert.equal(tried, 4);
    await assert.rejects(
      within(overlay(false), () => late()),
      OverlayGone,
    );
    await within(overlay(false), () => Promise.resolve(true));
  });

  it('does not take a mistake for something that is late', async () => {
    await assert.rejects(
      persist(() => Promise.reject(new Error('a mistake'))),
      /a mistake/,
    );
  });
});

describe('What follows at its own time', () => {
  it('is read until it is what it has to be', async () => {
    let read = 0;
    await becomes(() => Promise.resolve(++read), 3);
    assert.equal(read, 3);
  });

  it('is not waited for where reading it fails', async () => {
    await assert.rejects(
      becomes(() => Promise.reject(new Error('gone')), 1),
      /gone/,
    );
  });
});

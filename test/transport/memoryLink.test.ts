import assert from 'node:assert/strict';
import type { Transport } from '../../src/session/effects';
import { memoryLink } from '../../src/transport/memoryLink';
import { turn } from '../support/fakeClock';

const listen = (transport: Transport) => {
  const heard: string[] = [];
  transport.start({
    bytes: (chunk) => heard.push(`${chunk.length} bytes`),
    drained: () => heard.push('drained'),
    progressed: () => heard.push('progressed'),
    closed: (failure) => heard.push(failure ? failure.code : 'closed'),
  });
  return heard;
};

describe('A link in memory', () => {
  it('carries bytes in order at the end of the turn, then the end, to both', async () => {
    const [one, other] = memoryLink();
    const [atOne, atOther] = [listen(one), listen(other)];
    one.write(new Uint8Array(1));
    one.write(new Uint8Array(2));
    one.end();
    assert.deepEqual(atOther, []);
    await turn();
    assert.deepEqual(atOther, ['1 bytes', '2 bytes', 'closed']);
    assert.deepEqual(atOne, ['closed']);
  });

  it('keeps what comes before anybody listens, and while reading is paused', async () => {
    const [one, other] = memoryLink();
    one.write(new Uint8Array(1));
    await turn();
    const heard = listen(other);
    await turn();
    other.pauseReading(true);
    one.write(new Uint8Array(2));
    await turn();
    assert.deepEqual(heard, ['1 bytes']);
    other.pauseReading(false);
    await turn();
    assert.deepEqual(heard, ['1 bytes', '2 bytes']);
  });

  it('is full above 64 KiB until everything was read', async () => {
    const [one, other] = memoryLink();
    const heard = listen(one);
    listen(other);
    assert.equal(one.write(new Uint8Array(65_536)), true);
    assert.equal(one.write(new Uint8Array(1)), false);
    await turn();
    assert.deepEqual(heard, ['progressed', 'drained']);
  });

  it('that is broken off loses what was under way', async () => {
    const [one, other] = memoryLink();
    const [atOne, atOther] = [listen(one), listen(other)];
    other.pauseReading(true);
    one.write(new Uint8Array(1));
    one.dispose();
    await turn();
    assert.deepEqual(atOther, ['reset']);
    assert.deepEqual(atOne, ['closed']);
  });
});

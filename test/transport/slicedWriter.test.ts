import assert from 'node:assert/strict';
import { SlicedWriter } from '../../src/transport/slicedWriter';

/** A platform that takes what it is given when the test says so. */
function setUp() {
  const heard: string[] = [];
  const sent: number[] = [];
  const takers: (() => void)[] = [];
  const platform = { isFull: false };
  class Writer extends SlicedWriter {
    protected override listener = {
      drained: () => heard.push('drained'),
      progressed: () => heard.push('progressed'),
      bytes: () => undefined,
      closed: () => undefined,
    };

    protected override send(bytes: Uint8Array, taken?: () => void): boolean {
      heard.push(`send ${bytes.length}`);
      for (const byte of bytes) sent.push(byte);
      if (taken) takers.push(taken);
      return !platform.isFull;
    }

    protected override finish(): void {
      heard.push('finish');
    }

    override drained(): void {
      super.drained();
    }
  }
  const writer = new Writer();
  return { writer, platform, heard, sent, take: () => takers.shift()?.(), news: () => heard.splice(0) };
}

describe('What is written to a socket', () => {
  it('goes as it comes while the platform takes it', () => {
    const { writer, heard } = setUp();
    assert.equal(writer.write(new Uint8Array(131_072)), true);
    assert.equal(writer.write(new Uint8Array(1)), true);
    writer.end();
    assert.deepEqual(heard, ['send 131072', 'send 1', 'finish']);
  });

  it('waits behind what the platform has not given on yet', () => {
    const { writer, platform, take, news } = setUp();
    platform.isFull = true;
    assert.equal(writer.write(new Uint8Array(50_000)), false);
    assert.equal(writer.write(new Uint8Array(2)), false);
    assert.equal(writer.write(new Uint8Array(3)), false);
    assert.deepEqual(news(), ['send 50000']);
    writer.drained();
    assert.deepEqual(news(), ['send 5', 'progressed']);
    // The platform tells of the same once more.
    writer.drained();
    assert.deepEqual(news(), []);
    take();
    assert.deepEqual(news(), ['drained']);
  });

  it('is cut into slices where it is long, each of which is a sign that the peer still takes something', () => {
    const { writer, take, news, sent } = setUp();
    const long = new Uint8Array(131_073).map((_, index) => index);
    assert.equal(writer.write(long), false);
    assert.equal(writer.write(Uint8Array.of(7, 8)), false);
    assert.deepEqual(news(), ['send 32768']);
    for (let slice = 0; slice < 3; slice++) {
      take();
      assert.deepEqual(news(), ['send 32768', 'progressed']);
    }
    take();
    assert.deepEqual(news(), ['send 3', 'progressed']);
    take();
    assert.deepEqual(news(), ['drained']);
    assert.deepEqual(Uint8Array.from(sent), Uint8Array.from([...long, 7, 8]));
    assert.equal(writer.write(new Uint8Array(1)), true);
  });

  it('is finished only when all of it was handed over', () => {
    const { writer, take, news } = setUp();
    writer.write(new Uint8Array(140_000));
    writer.end();
    assert.equal(writer.write(new Uint8Array(1)), true);
    for (let slice = 0; slice < 4; slice++) take();
    assert.ok(!news().includes('finish'));
    take();
    assert.deepEqual(news(), ['finish', 'drained']);
  });
});

import assert from 'node:assert/strict';
import type { Pace } from '../../src/base/slices';
import { encodeUtf8 } from '../../src/base/utf8';
import { PacketLog } from '../../src/capture/packetLog';
import { topicNeighbour } from '../../src/capture/topicNeighbour';
import { topicNumbers, type NumberSource } from '../../src/capture/topicNumbers';
import { longestCharted } from '../../src/payload/numericPaths';
import { encode } from '../../src/protocol/codec';
import type { Direction } from '../../src/session/effects';

/** Each look at the clock is a millisecond later, and each rest is counted. */
function steadyPace() {
  let now = 0;
  let rests = 0;
  const pace: Pace = {
    now: () => now++,
    rest: () => {
      rests++;
      return Promise.resolve();
    },
  };
  return { pace, rests: () => rests };
}

function setUp() {
  const log = new PacketLog({ byteBudget: 64 * 1024 * 1024 });
  const bench = log.openConnection('bench');
  const other = log.openConnection('other');
  const publish = (
    topic: string,
    payload: string | Uint8Array,
    direction: Direction = 'in',
    connection = bench,
  ) => {
    const bytes = typeof payload === 'string' ? encodeUtf8(payload) : payload;
    const packet = encode(
      {
        type: 'PUBLISH',
        dup: false,
        qos: 0,
        retain: false,
        topicName: topic,
        packetIdentifier: 0,
        properties: {},
        payload: bytes,
      },
      4,
    );
    return log.append({ at: log.end * 10, direction, connection, kind: 'packet', version: 4, topic }, packet);
  };
  return { log, publish, other };
}

const source = (topic: string, path: string): NumberSource => ({
  client: 'bench',
  direction: 'in',
  topic,
  path,
});

describe('The nearest message of a topic', () => {
  it('is of the same topic, connection and way', async () => {
    const { log, publish, other } = setUp();
    const first = publish('a', '1');
    publish('a', '2', 'out');
    publish('a', '3', 'in', other);
    publish('b', '4');
    const last = publish('a', '5');
    const { pace } = steadyPace();
    assert.equal(await topicNeighbour(log, last, -1, { pace }), first);
    assert.equal(await topicNeighbour(log, first, 1, { pace }), last);
    assert.equal(await topicNeighbour(log, first, -1, { pace }), undefined);
    assert.equal(await topicNeighbour(log, 999, -1, { pace }), undefined);
  });

  it('is looked for in slices, and no longer when nobody wants it', async () => {
    const { log, publish } = setUp();
    publish('a', '1');
    for (let index = 0; index < 20_000; index++) publish('b', '0');
    const last = publish('a', '2');
    const { pace, rests } = steadyPace();
    assert.equal(await topicNeighbour(log, last, -1, { pace }), 1);
    assert.ok(rests() >= 3, String(rests()));
    let asked = 0;
    assert.equal(await topicNeighbour(log, last, -1, { pace, wanted: () => ++asked < 2 }), undefined);
  });
});

describe('Numbers of topics', () => {
  it('look at the clock between payloads that take long', async () => {
    const { log, publish } = setUp();
    const long = `{"x":1,"rest":[${'0,'.repeat(50_000)}0]}`;
    for (let count = 0; count < 8; count++) publish('t', long);
    let asked = 0;
    const pace: Pace = { now: () => (asked++, 0), rest: () => Promise.resolve() };
    const options = { pace, patience: 60, most: 100 };
    const { found } = await topicNumbers(log, [source('t', 'payload.x')], log.first, options);
    assert.equal(found[0]?.values.length, 8);
    assert.ok(asked >= 8, `looked ${asked} times`);
  });

  it('are found for several sources at once, with what has none', async () => {
    const { log, publish } = setUp();
    publish('a', '{"t":1.5,"s":[true,"-2e1","x"]}');
    publish('b', ' 7 ');
    publish('a', '{"t":"none"}', 'in');
    publish('a', '{"t":3}', 'out');
    publish('a', 'no JSON');
    publish('a', new Uint8Array(longestCharted + 1).fill(0x31));
    const sources = ['payload.t', 'payload.s[0]', 'payload.s[1]', 'payload.s[2]'].map((path) =>
      source('a', path),
    );
    const { pace } = steadyPace();
    const options = { pace, patience: 1000, most: 1000 };
    const { found, next } = await topicNumbers(log, [...sources, source('b', 'payload')], 0, options);
    assert.equal(next, log.end);
    assert.deepEqual(
      found.map(({ sequences, times, values, without, tooLong }) => [
        sequences,
        times,
        values,
        without,
        tooLong,
      ]),
      [
        [[1], [10], [1.5], 2, 1],
        [[1], [10], [1], 2, 1],
        [[1], [10], [-20], 2, 1],
        [[], [], [], 3, 1],
        [[2], [20], [7], 0, 0],
      ],
    );
  });

  it('are given in parts: after so many of them, or so much time', async () => {
    const { log, publish } = setUp();
    for (let index = 0; index < 5000; index++) publish('a', String(index));
    const { pace } = steadyPace();
    const some = await topicNumbers(log, [source('a', 'payload')], 0, { pace, patience: 1e9, most: 100 });
    assert.equal(some.found[0]?.values.length, 100);
    assert.equal(some.next, 101);
    const brief = await topicNumbers(log, [source('a', 'payload')], some.next, {
      pace,
      patience: 20,
      most: 1e6,
    });
    assert.ok(brief.next > some.next && brief.next < log.end, String(brief.next));
    assert.equal(brief.found[0]?.values[0], 100);
  });

  it('are found in a packet that breaks a rule', async () => {
    const { log } = setUp();
    // DUP at QoS 0.
    const bytes = Uint8Array.of(0x38, 4, 0, 1, 0x61, 0x37);
    log.append({ at: 1, direction: 'in', connection: 1, kind: 'packet', version: 4, topic: 'a' }, bytes);
    const { pace } = steadyPace();
    const { found } = await topicNumbers(log, [source('a', 'payload')], 0, { pace, patience: 100, most: 10 });
    assert.deepEqual(found[0]?.values, [7]);
  });
});

import assert from 'node:assert/strict';
import { barOf, isMet } from './bars';

const bars: readonly (readonly [bench: string, subject: string, metric: string, bar: string | undefined])[] =
  [
    ['fan-out 1 to 1, QoS 0, CPU per delivery', 'ours/aedes', 'ratio', 'at least 8'],
    ['fan-out 1 to 10, QoS 0, CPU per delivery', 'ours with capture/aedes', 'ratio', 'at least 25'],
    ['fan-out 1 to 100, QoS 0, CPU per delivery', 'ours/aedes', 'ratio', 'at least 30'],
    ['fan-out 1 to 100, QoS 1, CPU per delivery', 'ours/aedes', 'ratio', 'at least 15'],
    ['fan-out 1 to 100, QoS 1, CPU per delivery', 'ours/mosquitto', 'ratio', 'at least 1'],
    ['100 publishers to 100 topics, QoS 1, rate', 'ours/mosquitto', 'ratio', 'at least 1'],
    ['fan-out 1 to 1, QoS 0, rate', 'ours/aedes', 'ratio', undefined],
    ['fan-out 1 to 1, QoS 0', 'aedes', 'rate', undefined],
    ['QoS 1 at 1000 a second, p99 to PUBACK', 'ours/aedes', 'ratio', 'at least 1'],
    ['QoS 1 at 1000 a second, p50 to PUBACK', 'ours/aedes', 'ratio', undefined],
    ['matching against 100000 filters', 'ours', 'time', 'at most 10'],
    ['matching against 10000 filters', 'ours', 'time', undefined],
    ['publish QoS 2, 64 B, 100 in flight, mosquitto over TCP', 'ours/MQTT.js', 'ratio', 'at least 10'],
    ['publish QoS 2, 64 B, 20000 at once, mosquitto over TCP', 'ours/MQTT.js', 'ratio', undefined],
    [
      'receive QoS 0, 1 KiB, plain server over WebSocket',
      'ours without capture/MQTT.js',
      'ratio',
      'at least 2.5',
    ],
    ['receive QoS 0, 64 B, plain server over TCP', 'ours/socket', 'ratio', undefined],
    [
      'round trip QoS 1, 64 B, 1000 a second, mosquitto over TCP',
      'ours/MQTT.js',
      'ratio of p99',
      'at least 1',
    ],
    ['text search in payloads, nobody sent it', 'ours', 'time', 'at most 400'],
    ['live at 20000 messages/s for 60 s', 'ours', 'messages lost on their way to the log', 'at most 0'],
  ];

describe('The bars of the benchmarks', () => {
  for (const [bench, subject, metric, expected] of bars) {
    it(`say ${expected ?? 'nothing'} of ${metric} of ${subject}, ${bench}`, () => {
      const bar = barOf({ bench, subject, metric });
      assert.equal(bar && `${bar.kind} ${bar.value}`, expected);
    });
  }

  it('are met by what is as good, and missed by what is worse', () => {
    assert.deepEqual(
      [8, 7.99].map((figure) => isMet({ kind: 'at least', value: 8 }, figure)),
      [true, false],
    );
    assert.deepEqual(
      [10, 10.1].map((figure) => isMet({ kind: 'at most', value: 10 }, figure)),
      [true, false],
    );
    assert.equal(isMet({ kind: 'at most', value: 10 }, Number.NaN), false);
  });
});

import { encodeUtf8 } from '../../../src/base/utf8';
import { a } from '../../support/packets';
import type { ScriptedCapture } from '../../support/scriptedCapture';
import { describeFinding, describeHealthy } from './findingsOf';

/** A device that sends what it counts, so many milliseconds after each other. */
function stamped(script: ScriptedCapture, pause: number, count: (passed: number) => number): void {
  const begun = script.at;
  const c = script.connected({ clientIdentifier: 'esp32' });
  for (let index = 0; index < 10; index++) {
    script.pass(pause);
    const ts = Math.floor(count(script.at - begun));
    c.client(a.publish('t', 0, 0, { payload: encodeUtf8(JSON.stringify({ ts, value: index })) }));
  }
}

const hour = 3_600_000;

describe('How long a device runs', () => {
  describeFinding('clockWrong', [
    {
      where: 'a clock that was never set has run from 1970 for years',
      found: (script) => stamped(script, 5_000, (passed) => 100_000_000 + passed / 1000),
      title: /^The clock of “esp32” was never set$/,
      sentence: /1973-03-03T/,
      butNot: 'the number is milliseconds since the device began to run, 30 hours ago',
      healthy: (script) => stamped(script, 5_000, (passed) => 30 * hour + passed),
    },
    {
      where: 'it began in 2000, and every second message is of the same second',
      found: (script) => stamped(script, 500, (passed) => Date.UTC(2000, 0, 1) / 1000 + passed / 1000),
      title: /^The clock of “esp32” was never set$/,
      butNot: 'the number is microseconds since the device began to run, 30 hours ago',
      healthy: (script) => stamped(script, 5_000, (passed) => 1000 * (30 * hour + passed)),
    },
  ]);
  describeHealthy('clockWrong', [
    {
      butNot: 'milliseconds of running come every millisecond',
      healthy: (script) => stamped(script, 1, (passed) => 30 * hour + passed),
    },
    {
      butNot: 'the number is a serial number that stays',
      healthy: (script) => stamped(script, 5_000, () => 123_456_789),
    },
  ]);
});

import { assertNever } from '../../src/base/assert';
import type { TimeMode } from '../../src/inspector/panelContract';
import { timeOfDay } from './rowText';

/** The packet that times are measured from. */
export interface TimeReference {
  readonly sequence: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/**
 * The time of a packet in a mode, to the microsecond. Undefined where what it is measured from is not known (yet).
 * @param before when the packet in the row above came.
 */
export function timeText(
  mode: TimeMode,
  at: number,
  reference: TimeReference | undefined,
  before: number | undefined,
): string | undefined {
  switch (mode) {
    case 'ofDay':
      return timeOfDay(at);
    case 'since':
      return reference && interval(at - reference.at);
    case 'delta':
      return before === undefined ? undefined : interval(at - before);
    default:
      return assertNever(mode);
  }
}

/** What stands over the column of times, and what it means. */
export function timeCaption(
  mode: TimeMode,
  reference: TimeReference | undefined,
): { short: string; long: string } {
  switch (mode) {
    case 'ofDay':
      return { short: 'Time', long: 'Time of day' };
    case 'since': {
      const from = reference ? `#${reference.sequence}` : 'the first packet';
      return { short: reference ? `Since ${from}` : 'Since first', long: `Time since ${from}` };
    }
    case 'delta':
      return { short: 'Delta', long: 'Time since the packet above' };
    default:
      return assertNever(mode);
  }
}

/** `+0.042381`, `+1:02.000000`, `−0.000012`: seconds, with minutes and hours where there are any. */
export function interval(milliseconds: number): string {
  const sign = milliseconds < 0 ? '−' : '+';
  const micros = Math.round(Math.abs(milliseconds) * 1000);
  const [hours, minutes, seconds] = [
    Math.floor(micros / 3_600_000_000),
    Math.floor(micros / 60_000_000) % 60,
    Math.floor(micros / 1_000_000) % 60,
  ];
  const fraction = String(micros % 1_000_000).padStart(6, '0');
  if (hours > 0) return `${sign}${hours}:${two(minutes)}:${two(seconds)}.${fraction}`;
  return minutes > 0 ? `${sign}${minutes}:${two(seconds)}.${fraction}` : `${sign}${seconds}.${fraction}`;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}

/** A time somebody wrote: how far into the local day, or since the Unix epoch, in milliseconds; `precision` is the last digit's. */
export interface TimeLiteral {
  readonly of: 'day' | 'instant';
  readonly value: number;
  readonly precision: number;
}

const dayTime = /^(\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?$/;
const instant = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:\d\d)?)?$/;
const minute = 60_000;
const day = 24 * 60 * minute;

/** Reads `14:02`, `14:02:11.5`, `2026-11-22` or `2026-11-22T14:02:11.5Z`; without a zone it is local time. */
export function parseTime(text: string): TimeLiteral | undefined {
  const inDay = parseDayTime(text);
  if (inDay) return { of: 'day', ...inDay };
  const parts = instant.exec(text);
  if (!parts) return undefined;
  const [year, month, date] = [parts[1], parts[2], parts[3]].map(Number) as [number, number, number];
  const inside = parts[4] === undefined ? { value: 0, precision: day } : parseDayTime(parts[4]);
  if (!inside || !isDate(year, month, date)) return undefined;
  const offset = parts[5] === undefined ? undefined : zoneOffset(parts[5]);
  // Local midnight plus the time would be an hour off on the days on which the clock is changed.
  const whole = Math.floor(inside.value / 1000);
  const start =
    offset === undefined
      ? new Date(year, month - 1, date, 0, 0, whole).getTime()
      : Date.UTC(year, month - 1, date, 0, 0, whole) - offset;
  return { of: 'instant', value: start + (inside.value - whole * 1000), precision: inside.precision };
}

/** Milliseconds since the start of the local day at `at`, milliseconds since the epoch. */
export function timeOfLocalDay(at: number): number {
  const time = new Date(at);
  const minutes = time.getHours() * 60 + time.getMinutes();
  return minutes * minute + time.getSeconds() * 1000 + (((at % 1000) + 1000) % 1000);
}

function parseDayTime(text: string): Omit<TimeLiteral, 'of'> | undefined {
  const parts = dayTime.exec(text);
  if (!parts) return undefined;
  const [hours, minutes, seconds] = [parts[1], parts[2], parts[3] ?? 0].map(Number) as [
    number,
    number,
    number,
  ];
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined;
  const digits = parts[4] ?? '';
  const fraction = digits === '' ? 0 : Number(`0.${digits}`) * 1000;
  const precision = parts[3] === undefined ? minute : 1000 / 10 ** digits.length;
  return { value: (hours * 60 + minutes) * minute + seconds * 1000 + fraction, precision };
}

function isDate(year: number, month: number, date: number): boolean {
  const read = new Date(Date.UTC(year, month - 1, date));
  return read.getUTCMonth() === month - 1 && read.getUTCDate() === date;
}

function zoneOffset(zone: string): number {
  if (zone === 'Z') return 0;
  const [hours, minutes] = zone.slice(1).split(':').map(Number) as [number, number];
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * minute;
}

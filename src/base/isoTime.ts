/** Milliseconds from 1970 to the end of the calendar that dates have. */
const lastDay = 8.64e15;

/** Milliseconds since the Unix epoch as ISO 8601 in UTC with microseconds; the number where no calendar reaches. */
export function isoTime(at: number): string {
  const microseconds = wholeMicroseconds(at);
  const milliseconds = Math.floor(microseconds / 1000);
  if (!(Math.abs(milliseconds) <= lastDay)) return String(at);
  const rest = String(microseconds - milliseconds * 1000).padStart(3, '0');
  return new Date(milliseconds).toISOString().replace('Z', `${rest}Z`);
}

/** A time as whole microseconds: what was stored of it as a double is a little beside them, to either side. */
export function wholeMicroseconds(at: number): number {
  return Math.round(at * 1000);
}

const second = 1000;
const minute = 60 * second;
const day = 24 * 60 * minute;

/** A place on the axis of time, as exact as the step between two places is; the first of an axis says the day. */
export function timeLabel(at: number, step: number, isFirst: boolean): string {
  // The place is a sum of fractions, a little beside what it stands for, to either side.
  const microseconds = step < 1 ? Math.round(at * 1000) : Math.round(at) * 1000;
  const date = new Date(Math.floor(microseconds / 1000));
  const two = (value: number): string => String(value).padStart(2, '0');
  const dayText = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  if (step >= day) return dayText;
  let time = `${two(date.getHours())}:${two(date.getMinutes())}`;
  if (step < minute) time += `:${two(date.getSeconds())}`;
  if (step < second) time += `.${String(date.getMilliseconds()).padStart(3, '0')}`;
  if (step < 1) time += String(microseconds % 1000).padStart(3, '0');
  return isFirst ? `${time}\n${dayText}` : time;
}

import * as fs from 'node:fs';

// Node runs scripts in the first thread of its process, whose identifier is that of the process.
const schedule = `/proc/self/task/${process.pid}/schedstat`;
const file = fs.existsSync(schedule) ? fs.openSync(schedule, 'r') : undefined;
const text = Buffer.alloc(64);

/**
 * Milliseconds this thread had a processor for, from any origin: others who use the machine do not lengthen it. Where
 * Linux does not tell, those of the wall clock.
 */
export function threadTime(): number {
  if (file === undefined) return performance.now();
  const length = fs.readSync(file, text, 0, text.length, 0);
  return Number(text.toString('latin1', 0, length).split(' ')[0]) / 1e6;
}

import { barOf, isMet } from './bars';

/** One contender of a benchmark: `run` does the whole work once. */
export interface Subject {
  readonly name: string;
  run(): void;
}

export interface Line {
  readonly bench: string;
  readonly subject: string;
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
}

/**
 * Runs each subject once a round, in turns, and returns each one's median CPU time in nanoseconds: on a machine that
 * others use too, nothing else holds still, and a change of its pace meets all of them. The first rounds only warm up.
 */
export function interleave(
  subjects: readonly Subject[],
  rounds: number,
  warmUp = 3,
): ReadonlyMap<string, number> {
  const times = new Map(subjects.map((subject) => [subject.name, [] as number[]]));
  for (let round = 0; round < warmUp + rounds; round++) {
    for (const subject of subjects) {
      const start = process.cpuUsage();
      subject.run();
      const { user, system } = process.cpuUsage(start);
      if (round >= warmUp) times.get(subject.name)?.push((user + system) * 1000);
    }
  }
  return new Map([...times].map(([name, list]) => [name, median(list)]));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}

/** One JSON line a figure, and one below it for the bar that it has to come up to, where there is one. */
export function print(line: Line): void {
  const shown = (value: number): number => Number(value.toPrecision(4));
  console.log(JSON.stringify({ ...line, value: shown(line.value) }));
  const bar = barOf(line);
  if (!bar) return;
  const { bench, metric, unit, subject: of } = line;
  const { kind, value } = bar;
  const outcome = isMet(bar, line.value) ? 'met' : 'missed';
  console.log(
    JSON.stringify({ bench, subject: 'bar', metric, value: shown(value), unit, of, kind, outcome }),
  );
}

import type { HexDumpProblem } from '../hexDumpResult';

/** Colours and their reset, which ESP-IDF, xxd and others write to a terminal. */
const colours = /\x1b\[[0-9;]*m/g;

/** `I (1234) TAG: ` or, with the system's time, `I (12:34:56.789) TAG: `, which ESP-IDF puts before every line of a log. */
const logPrefix = /^[EWIDV] \([\d:. -]+\) [^:]+: /;

const byteOrderMark = /^\ufeff/;

/** The lines of a text without what a terminal or a logger put around them. Takes time linear in the text. */
export function linesOf(text: string): readonly string[] {
  return text
    .replace(byteOrderMark, '')
    .split(/\r?\n/)
    .map((line) => line.replace(colours, '').replace(logPrefix, ''));
}

/** Where a problem that was found in {@link linesOf} stands in the text itself. */
export function placeInText(problem: HexDumpProblem, text: string): HexDumpProblem {
  const line = text.split('\n')[problem.line - 1] ?? '';
  const mark = problem.line === 1 && byteOrderMark.test(line) ? 1 : 0;
  const plain = line.slice(mark).replace(colours, '');
  // Counted without colours, then with each that stands before or at the place.
  let column = problem.column + (logPrefix.exec(plain)?.[0].length ?? 0) + mark;
  for (const { 0: colour, index } of line.matchAll(colours)) {
    if (index < column) column += colour.length;
  }
  return { ...problem, column };
}

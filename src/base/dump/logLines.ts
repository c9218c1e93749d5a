import type { HexDumpProblem } from '../hexDumpResult';
import { hexDumpProblem } from '../hexDumpResult';
import { messageKind, plainGroups } from './logMessage';
import { logPrefix } from './logPrefix';

/** Colours and their reset, which ESP-IDF, xxd and others write to a terminal. */
const colours = /\x1b\[[0-9;]*m/g;

const byteOrderMark = /^\ufeff/;

/** What Wireshark prints of a packet in front of its bytes. */
const summary =
  /^(?:Frame \d+: |Ethernet II, |Linux cooked |Null\/Loopback|Internet Protocol Version \d, |Transmission Control Protocol, |MQ Telemetry Transport Protocol|No\. +Time +Source )|^ *\d+ +\d+\.\d{3,} .* MQTT /;

/** The lines of a text as bytes and rows of dumps. A line that is left out is empty, so that the others keep their places. */
export interface LogLines {
  readonly lines: readonly string[];
  /** Lines of a log or a summary that hold no bytes, counted from 1. */
  readonly leftOut: readonly number[];
  /** A message that may be bytes and may be words. */
  readonly problem: HexDumpProblem | undefined;
}

/** The lines of a text without what a terminal or a logger put around them. Takes time linear in the text. */
export function linesOf(text: string): LogLines {
  const leftOut: number[] = [];
  let problem: HexDumpProblem | undefined;
  const lines = text
    .replace(byteOrderMark, '')
    .split(/\r?\n/)
    .map((line, index) => {
      const plain = line.replace(colours, '');
      const { length, ofLog } = logPrefix(plain);
      const message = plainGroups(plain.slice(length));
      const kind = ofLog ? messageKind(message) : summary.test(plain) ? 'text' : 'bytes';
      if (kind === 'bytes') return message;
      if (kind === 'text') leftOut.push(index + 1);
      else problem ??= hexDumpProblem('unclear', index + 1, 1, message.trim().slice(0, 16)).problem;
      return '';
    });
  return { lines, leftOut, problem };
}

/** Where a problem that was found in {@link linesOf} stands in the text itself. */
export function placeInText(problem: HexDumpProblem, text: string): HexDumpProblem {
  const line = text.split('\n')[problem.line - 1] ?? '';
  const mark = problem.line === 1 && byteOrderMark.test(line) ? 1 : 0;
  const plain = line.slice(mark).replace(colours, '');
  // Counted without colours, then with each that stands before or at the place.
  let column = problem.column + logPrefix(plain).length + mark;
  for (const { 0: colour, index } of line.matchAll(colours)) {
    if (index < column) column += colour.length;
  }
  return { ...problem, column };
}

import type { SourceFile } from '../../support/sources';
import type { SpecificationVersion } from './statements';

/** A line of a file of the repository; lines count from 1. */
export interface Place {
  readonly path: string;
  readonly line: number;
}

/** Where somebody wrote that a line satisfies or shows a statement. */
export interface Tag extends Place {
  readonly version: SpecificationVersion;
  readonly id: string;
}

/** `[MQTT-x.y.z-n]` of 5.0, with ` (3.1.1)` behind it of 3.1.1. A backslash before it makes it a part of a pattern. */
const wellFormed = /(?<!\\)\[(MQTT-\d+(?:\.\d+){1,2}-\d+)\]( \(3\.1\.1\))?/g;
const anyTag = /(?<!\\)\[MQTT-\d[^\]]*\]?/g;

export function tagsIn({ path, text }: SourceFile): Tag[] {
  return lineByLine(text, wellFormed, (line, match): Tag => {
    return { version: match[2] === undefined ? '5.0' : '3.1.1', id: match[1] ?? '', path, line };
  });
}

/** What looks like a tag and cannot be read as one, such as two clauses in one pair of brackets. */
export function misspeltTags({ path, text }: SourceFile): string[] {
  const misspelt = lineByLine(text, anyTag, (line, [found]) => ({ line, found }));
  return misspelt
    .filter(({ found }) => found.replace(wellFormed, '') !== '')
    .map(({ line, found }) => `${path}:${line} has ${found}`);
}

function lineByLine<T>(
  text: string,
  pattern: RegExp,
  toResult: (line: number, match: RegExpExecArray) => T,
): T[] {
  return text
    .split('\n')
    .flatMap((content, index) => [...content.matchAll(pattern)].map((match) => toResult(index + 1, match)));
}

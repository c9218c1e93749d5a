/** Code points from `low` to `high`, both included. */
export type Range = readonly [low: number, high: number];

/** Which code points may stand at a place of a pattern. */
export interface CharacterSet {
  readonly ranges: readonly Range[];
  readonly negated: boolean;
}

const last = 0x10ffff;
const digits: readonly Range[] = [[0x30, 0x39]];
const wordCharacters: readonly Range[] = [...digits, [0x41, 0x5a], [0x5f, 0x5f], [0x61, 0x7a]];
const whiteSpace: readonly Range[] = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];

/** What `.` stands for: everything but the ends of lines. */
export const anyCharacter: CharacterSet = {
  ranges: [
    [0x0a, 0x0a],
    [0x0d, 0x0d],
    [0x2028, 0x2029],
  ],
  negated: true,
};

/** What `\d`, `\w`, `\s` and their opposites stand for. */
export function classRanges(letter: string): readonly Range[] | undefined {
  switch (letter) {
    case 'd':
      return digits;
    case 'w':
      return wordCharacters;
    case 's':
      return whiteSpace;
    case 'D':
      return complement(digits);
    case 'W':
      return complement(wordCharacters);
    case 'S':
      return complement(whiteSpace);
    default:
      return undefined;
  }
}

export function isWordCharacter(point: number): boolean {
  return within(wordCharacters, point);
}

/** Whether a code point is in the set, or with `ignoreCase` its upper or lower case is. */
export function isIn(set: CharacterSet, point: number, ignoreCase: boolean): boolean {
  const found =
    within(set.ranges, point) || (ignoreCase && otherCases(point).some((at) => within(set.ranges, at)));
  return found !== set.negated;
}

function otherCases(point: number): readonly number[] {
  const text = String.fromCodePoint(point);
  return [text.toLowerCase(), text.toUpperCase()].map((each) => each.codePointAt(0) ?? point);
}

function within(ranges: readonly Range[], point: number): boolean {
  for (const [low, high] of ranges) if (low <= point && point <= high) return true;
  return false;
}

function complement(ranges: readonly Range[]): readonly Range[] {
  const found: Range[] = [];
  let from = 0;
  for (const [low, high] of ranges) {
    if (low > from) found.push([from, low - 1]);
    from = high + 1;
  }
  return [...found, [from, last]];
}

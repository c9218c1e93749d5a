/** What a logger put before a message. */
export interface LogPrefix {
  /** Characters before the message. */
  readonly length: number;
  /** A time or a level stands in it, so that the line is one of a log; an arrow or `TX:` alone does not make it one. */
  readonly ofLog: boolean;
}

type Part = 'time' | 'level' | 'tag' | 'arrow' | 'direction';

const clock = String.raw`\d{1,2}:\d\d:\d\d`;
const date = String.raw`\d{4}-\d\d-\d\d[T ]${clock}(?:[.,]\d+)*(?:Z|[+-]\d\d:?\d\d)?`;
const arrow = '(?:->|<-|=>|<=|>>?|<<?)(?=\\s)';
const level = '(?:trace|debug|info|notice|warn|warning|error|fatal|critical)';
const size = String.raw`(?:[([] ?(?:len(?:gth)? ?[=:]? ?)?\d+ ?(?:bytes?|B)? ?[)\]]|\d+ bytes?)`;
const noun = '(?:packet|data|bytes?|buffer|frame|payload|message|raw|hex)';
const verb = '(?:TX|RX|sending|send|sent|recv|received|receiving|out|in|wrote|write|read)';

/**
 * The parts of a prefix, each found in a time that is linear in the line. `starts` may begin one; the others follow one that does, as a word before bytes may be a byte or
 * prose where nothing says that a logger wrote the line.
 */
const parts: readonly { readonly part: Part; readonly starts: boolean; readonly pattern: RegExp }[] = [
  // ESP-IDF: `I (1234) TAG: ` or, with the time of the system, `I (12:34:56.789) TAG: `.
  { part: 'level', starts: true, pattern: /[EWIDV] \([\d:. -]+\) [^:]+:(?=\s)/y },
  // Where a time has no fraction it may be three bytes: an arrow behind it shows what it is.
  {
    part: 'time',
    starts: true,
    pattern: new RegExp(`${date}|${clock}(?:[.,]\\d+)+|${clock}(?=\\s*${arrow})`, 'y'),
  },
  {
    part: 'time',
    starts: true,
    pattern: new RegExp(
      `\\[\\s*(?:${date}|${clock}(?:[.,]\\d+)*|\\d+\\.\\d+)\\]|\\[\\s*\\d+\\](?=\\s*[[<])`,
      'y',
    ),
  },
  {
    part: 'level',
    starts: true,
    pattern: new RegExp(`<(?:dbg|inf|wrn|err)>|\\[(?:[EWIDVT]|${level})\\]`, 'iy'),
  },
  { part: 'level', starts: true, pattern: new RegExp(`${level}:(?=\\s)`, 'iy') },
  { part: 'level', starts: false, pattern: new RegExp(`${level}(?=\\s)`, 'iy') },
  { part: 'arrow', starts: true, pattern: new RegExp(arrow, 'y') },
  {
    part: 'direction',
    starts: true,
    pattern: new RegExp(`${verb}(?: ${noun})? {0,4}${size}? {0,4}(?::|=(?=\\s)|${arrow})`, 'iy'),
  },
  {
    part: 'direction',
    starts: false,
    pattern: new RegExp(`${verb}(?: ${noun})?(?:\\s*${size})?(?=\\s+(?:0x)?[0-9a-f]{2}(?:[\\s,]|$))`, 'iy'),
  },
  // A tag of hexadecimal digits alone would be an offset or a byte.
  {
    part: 'tag',
    starts: false,
    pattern: /(?![0-9a-f]+:)[A-Za-z_][\w./<>~-]*(?:\(\))?:(?=\s)|\[[^[\]]{0,80}[g-z_][^[\]]{0,80}\]/iy,
  },
];

/** More parts than this are no prefix any more. */
const mostParts = 8;

/**
 * What a logger or a serial monitor put before a message: any of a time, a level, a tag, an arrow and a direction with the
 * number of bytes, in any order that begins with what cannot be anything else.
 */
export function logPrefix(line: string): LogPrefix {
  const indent = /^[ \t]*/.exec(line)?.[0].length ?? 0;
  let at = indent;
  const seen = new Set<Part>();
  for (let count = 0; count < mostParts; count++) {
    const found = partAt(line, at, seen);
    if (!found) break;
    seen.add(found.part);
    at = found.end;
    while (line[at] === ' ' || line[at] === '\t') at++;
  }
  return { length: seen.size === 0 ? 0 : at, ofLog: seen.has('time') || seen.has('level') };
}

function partAt(
  line: string,
  at: number,
  seen: ReadonlySet<Part>,
): { readonly part: Part; readonly end: number } | undefined {
  for (const { part, starts, pattern } of parts) {
    if (!starts && !seen.has('time') && !seen.has('level')) continue;
    // After a direction come the bytes.
    if (seen.has('direction')) return undefined;
    pattern.lastIndex = at;
    if (pattern.test(line)) return { part, end: pattern.lastIndex };
  }
  return undefined;
}

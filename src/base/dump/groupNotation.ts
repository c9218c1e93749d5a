/** How the groups of a dump's rows spell bytes. */
export interface GroupNotation {
  readonly name: 'bytes' | 'words' | 'octalWords' | 'octalBytes' | 'bits';
  /** The bytes of a group in the order of the file, or undefined where it is none. */
  decode(group: string): readonly number[] | undefined;
}

/** Hexadecimal digits in the order of the file. */
const bytes: GroupNotation = { name: 'bytes', decode: hexBytes };

/** Numbers of the machine, which hexdump, `od -x` and `xxd -e` print: the last byte stands first. */
const words: GroupNotation = { name: 'words', decode: (group) => hexBytes(group)?.reverse() };

/** What `od` prints if nothing else is asked for. */
const octalWords: GroupNotation = {
  name: 'octalWords',
  decode(group) {
    if (!/^[01][0-7]{5}$/.test(group)) return undefined;
    const word = Number.parseInt(group, 8);
    return [word & 0xff, word >> 8];
  },
};

/** `od -b`, `hexdump -b` */
const octalBytes: GroupNotation = {
  name: 'octalBytes',
  decode: (group) => (/^[0-3][0-7]{2}$/.test(group) ? [Number.parseInt(group, 8)] : undefined),
};

/** `xxd -b` */
const bits: GroupNotation = {
  name: 'bits',
  decode: (group) => (/^[01]{8}$/.test(group) ? [Number.parseInt(group, 2)] : undefined),
};

/**
 * The notations a row of xxd may be in, by its first group; the likeliest first. Only `xxd -e` puts blanks before a group
 * that is not full, so that its words need no other sign.
 */
export function notationsOfColonRow(group: string, padded: boolean): readonly GroupNotation[] {
  if (padded) return [words];
  if (/^[01]{8}$/.test(group)) return [bytes, words, bits];
  return [4, 8, 16].includes(group.length) ? [bytes, words] : [bytes];
}

/** The one notation of od and hexdump whose groups look like this one: the width tells. */
export function notationOfOdRow(group: string): GroupNotation {
  if (group.length === 3) return octalBytes;
  if (group.length === 6) return octalWords;
  return group.length > 2 ? words : bytes;
}

/** The one notation of hexdump -C, Wireshark and ESP-IDF. */
export const plainNotation = bytes;

function hexBytes(group: string): number[] | undefined {
  if (group.length % 2 !== 0) return undefined;
  const decoded: number[] = [];
  for (let at = 0; at < group.length; at += 2) {
    const byte = (digitValue(group.charCodeAt(at)) << 4) | digitValue(group.charCodeAt(at + 1));
    if (byte < 0) return undefined;
    decoded.push(byte);
  }
  return decoded;
}

/** -1 for what is no hexadecimal digit, which makes any byte of it negative. */
function digitValue(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

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

/** The notations a row of xxd may be in, by its first group; the likeliest first. */
export function notationsOfColonRow(group: string): readonly GroupNotation[] {
  if (/^[01]{8}$/.test(group)) return [bytes, words, bits];
  return group.length > 2 ? [bytes, words] : [bytes];
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
  if (group.length % 2 !== 0 || !/^[0-9a-f]+$/i.test(group)) return undefined;
  return Array.from({ length: group.length / 2 }, (_, index) =>
    Number.parseInt(group.slice(index * 2, index * 2 + 2), 16),
  );
}

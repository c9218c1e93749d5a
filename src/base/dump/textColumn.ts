/** Stands for a byte that cannot be printed: tools show a dot, a question mark or a letter of their code page there. */
const unprintable = '\0';

/** So that the time a row takes stays linear in its length. */
const mostCompared = 8;

/** How a text relates to bytes: it is what a dump prints beside them, the beginning of that, or something else. */
export type TextMatch = 'whole' | 'beginning' | 'other';

/**
 * What a dump prints beside bytes, built byte by byte beside the bytes of a row. It is the surest sign of where a row's
 * bytes end and in which order its words stand.
 */
export class RowText {
  private text = '';
  private leading = 0;
  private trailing = 0;
  private compared = 0;

  push(bytes: readonly number[]): void {
    for (const byte of bytes) {
      this.text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : unprintable;
      this.trailing = byte === 0x20 ? this.trailing + 1 : 0;
      if (this.leading === this.text.length - 1 && byte === 0x20) this.leading++;
    }
  }

  /** How many spaces the text begins with, which a trimmed column does not show. */
  get leadingSpaces(): number {
    return this.leading;
  }

  /**
   * Whether a column of `length` characters (without blanks around it) is worth a comparison. A row with many gaps has
   * many columns, and few of them are as long as the text; where a row of spaces has more, the first ones are compared.
   */
  fits(length: number): boolean {
    const own = Math.max(0, this.text.length - this.leading - this.trailing);
    return length >= own && length <= this.text.length + 3 && this.compared++ < mostCompared;
  }

  compare(column: string): TextMatch {
    // Wireshark parts the text of a followed stream after eight characters.
    const parted = `${this.text.slice(0, 8)} ${this.text.slice(8)}`;
    const texts = [this.text, this.text.trim(), parted, parted.trim()];
    const matches = new Set(
      [column, withoutBars(column)].flatMap((shown) => texts.map((own) => compareText(shown, own))),
    );
    return matches.has('whole') ? 'whole' : matches.has('beginning') ? 'beginning' : 'other';
  }
}

/** hexdump and ESP-IDF put bars around the text, od puts `>` and `<`. */
function withoutBars(column: string): string {
  const bars = /^\|(.*)\|$|^>(.*)<$|^\|(.*)$/.exec(column);
  return bars?.[1] ?? bars?.[2] ?? bars?.[3] ?? column;
}

function compareText(shown: string, own: string): TextMatch {
  if (shown.length > own.length) return 'other';
  for (let at = 0; at < shown.length; at++) {
    const character = shown[at] as string;
    if (own[at] === unprintable ? /[0-9A-Za-z]/.test(character) : own[at] !== character) return 'other';
  }
  return shown.length === own.length ? 'whole' : 'beginning';
}

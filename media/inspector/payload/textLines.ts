/** Characters of one line on screen: a payload of one endless line must not become one endless element. */
const longestLine = 2000;

export interface TextLine {
  readonly text: string;
  /** Whether it continues the line before, which was too long for one. */
  readonly continued: boolean;
}

/** A text as lines for the screen, of which none is so long that it freezes the view. */
export function textLines(text: string): readonly TextLine[] {
  const lines: TextLine[] = [];
  for (const line of text.split(/\r\n|\n|\r/)) {
    for (const [part, piece] of pieces(line).entries()) {
      lines.push({ text: shownText(piece), continued: part > 0 });
    }
  }
  return lines;
}

function pieces(line: string): readonly string[] {
  if (line.length <= longestLine) return [line];
  const parts: string[] = [];
  for (let at = 0; at < line.length;) {
    const unit = line.charCodeAt(at + longestLine - 1);
    // Not between the two halves of a character outside the basic plane.
    const length = unit >= 0xd800 && unit <= 0xdbff ? longestLine - 1 : longestLine;
    parts.push(line.slice(at, at + length));
    at += length;
  }
  return parts;
}

/**
 * Control characters as their pictures, and those that reorder text by their number: a payload comes from the network
 * and may not disguise itself.
 */
export function shownText(text: string): string {
  return text.replace(/[\0-\x08\x0a-\x1f\x7f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (character) => {
    const code = character.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? '\u2421' : `\u27e8U+${code.toString(16).toUpperCase().padStart(4, '0')}\u27e9`;
  });
}

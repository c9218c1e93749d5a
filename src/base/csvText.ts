/** Digits of a number at most: what is longer is no value that anybody charts. */
const longestNumber = 40;

/** Whether a spreadsheet would calculate this, also from a file: they do what begins like this, and a number is its own value. */
export function isFormula(text: string): boolean {
  return /^[=+\-@\t\r\n]/.test(text) && !isNumber(text);
}

function isNumber(text: string): boolean {
  return text.length <= longestNumber && /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text);
}

/**
 * A text as a field of comma-separated values (RFC 4180), in quotes where it needs them. What a spreadsheet would take for
 * a formula has an apostrophe in front: topics and payloads are written by strangers.
 */
export function csvField(text: string): string {
  const plain = isFormula(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replace(/"/g, '""')}"` : plain;
}

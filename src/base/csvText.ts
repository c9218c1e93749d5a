/** Spreadsheets calculate what begins like this, also from a file. */
export function isFormula(text: string): boolean {
  return /^[=+\-@\t\r\n]/.test(text);
}

/**
 * A text as a field of comma-separated values (RFC 4180), in quotes where it needs them. What a spreadsheet would take for
 * a formula has an apostrophe in front: topics and payloads are written by strangers.
 */
export function csvField(text: string): string {
  const plain = isFormula(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replace(/"/g, '""')}"` : plain;
}

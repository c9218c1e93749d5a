const bytesPerLine = 12;

/** Bytes as the definition of a C array, to be pasted into firmware or a test of it. `name` becomes a C identifier. */
export function cArray(bytes: Uint8Array, name: string, comment?: string): string {
  const identifier = cIdentifier(name);
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += bytesPerLine) {
    const row = Array.from(
      bytes.subarray(at, at + bytesPerLine),
      (byte) => `0x${byte.toString(16).padStart(2, '0')}`,
    );
    lines.push(`    ${row.join(', ')},`);
  }
  const head = comment === undefined ? [] : [`/* ${comment.replace(/\*\//g, '* /').replace(/\s+/g, ' ')} */`];
  // C has no array without an element.
  const length = bytes.length === 0 ? '1' : String(bytes.length);
  const body = bytes.length === 0 ? ['    0x00, /* no byte: C has no empty array */'] : lines;
  return [
    ...head,
    `static const unsigned char ${identifier}[${length}] = {`,
    ...body,
    '};',
    `static const unsigned int ${identifier}_len = ${bytes.length};`,
  ].join('\n');
}

function cIdentifier(name: string): string {
  const identifier = name.replace(/[^A-Za-z0-9_]+/g, '_').replace(/^(?=\d)/, '_');
  return identifier === '' ? 'packet' : identifier;
}

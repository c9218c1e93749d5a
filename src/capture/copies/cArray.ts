import { hexByte } from '../../base/bytes';

const bytesPerLine = 12;
/** Lines in a piece: a millisecond or two. */
const linesAtATime = 1024;

/**
 * Bytes as the definition of a C array, to be pasted into firmware or a test of it, in pieces that follow one another.
 * `name` becomes a C identifier.
 */
export function* cArray(bytes: Uint8Array, name: string, comment?: string): Generator<string> {
  const identifier = cIdentifier(name);
  const head = comment === undefined ? [] : [`/* ${comment.replace(/\*\//g, '* /').replace(/\s+/g, ' ')} */`];
  // C has no array without an element.
  const length = bytes.length === 0 ? '1' : String(bytes.length);
  yield [...head, `static const unsigned char ${identifier}[${length}] = {\n`].join('\n');
  if (bytes.length === 0) yield '    0x00, /* no byte: C has no empty array */\n';
  for (let at = 0; at < bytes.length; at += linesAtATime * bytesPerLine)
    yield linesOf(bytes.subarray(at, at + linesAtATime * bytesPerLine));
  yield `};\nstatic const unsigned int ${identifier}_len = ${bytes.length};`;
}

function linesOf(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += bytesPerLine) {
    const row = Array.from(bytes.subarray(at, at + bytesPerLine), (byte) => `0x${hexByte(byte)}`);
    lines.push(`    ${row.join(', ')},\n`);
  }
  return lines.join('');
}

function cIdentifier(name: string): string {
  const identifier = name.replace(/[^A-Za-z0-9_]+/g, '_').replace(/^(?=\d)/, '_');
  return identifier === '' ? 'packet' : identifier;
}

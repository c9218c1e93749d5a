import { hexByte } from '../../../base/bytes';

const bytesPerLine = 16;

/** Bytes as `hexdump -C` prints them, which every tool reads back. */
export function dumpText(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += bytesPerLine) {
    const row = Array.from(bytes.subarray(at, at + bytesPerLine));
    const half = (part: readonly number[]): string => part.map(hexByte).join(' ').padEnd(23);
    const ascii = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    lines.push(
      `${at.toString(16).padStart(8, '0')}  ${half(row.slice(0, 8))}  ${half(row.slice(8))}  |${ascii}|`,
    );
  }
  lines.push(bytes.length.toString(16).padStart(8, '0'));
  return `${lines.join('\n')}\n`;
}

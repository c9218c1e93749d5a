import { renderSVG, renderUnicodeCompact } from 'uqr';

/** A QR code as an SVG image: black on white, with the quiet zone that readers want. */
export function qrSvg(text: string): string {
  return renderSVG(text, { border: 4, ecc: 'M' });
}

/** A QR code in the characters of a terminal, two rows in one line. Light on dark, as terminals are. */
export function qrLines(text: string): readonly string[] {
  return renderUnicodeCompact(text, { border: 2, ecc: 'M' }).split('\n');
}

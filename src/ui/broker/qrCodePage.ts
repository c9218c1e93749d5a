import { toBase64 } from '../../base/base64';
import { qrSvg } from '../../base/qrCode';
import { encodeUtf8 } from '../../base/utf8';

/**
 * A page with the QR code of an address. It loads nothing and runs nothing.
 * @param nonce unguessable, new for each page
 */
export function qrCodePage(url: string, nonce: string): string {
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'nonce-${nonce}'" />
    <style nonce="${nonce}">
      body { display: flex; flex-direction: column; align-items: center; gap: 16px; padding: 24px; }
      img { width: min(60vh, 90%); background: white; }
      code { font-size: 1.4em; overflow-wrap: anywhere; user-select: all; }
    </style>
    <title>QR code</title>
  </head>
  <body>
    <img src="${imageOf(url)}" alt="QR code of the address below" />
    <code>${escaped(url)}</code>
  </body>
</html>`;
}

/** The QR code as the address of an image. */
export function imageOf(url: string): string {
  return `data:image/svg+xml;base64,${toBase64(encodeUtf8(qrSvg(url)))}`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

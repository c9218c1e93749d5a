import * as vscode from 'vscode';
import { toBase64 } from '../../base/base64';
import { qrSvg } from '../../base/qrCode';
import { encodeUtf8 } from '../../base/utf8';
import { markdownLines } from '../reporting/markdownLines';

/** How wide the code is in a tooltip, in pixels. */
const width = 180;

/** Lines of text above the QR code of an address. */
export function qrMarkdown(text: string, url: string): vscode.MarkdownString {
  const { value } = markdownLines(text);
  const markdown = new vscode.MarkdownString(`${value}\n\n![QR code](${imageOf(url)}|width=${width})`);
  return markdown;
}

/** Opens an editor with the QR code of an address, large enough for a camera. */
export function showQrCode(url: string): void {
  const panel = vscode.window.createWebviewPanel(
    'mqttWorkbench.qrCode',
    `QR Code: ${url}`,
    { viewColumn: vscode.ViewColumn.Active },
    { enableScripts: false, localResourceRoots: [] },
  );
  panel.webview.html = `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline';" />
    <style>
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

function imageOf(url: string): string {
  return `data:image/svg+xml;base64,${toBase64(encodeUtf8(qrSvg(url)))}`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

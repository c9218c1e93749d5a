import * as vscode from 'vscode';
import { markdownLines } from '../reporting/markdownLines';
import { imageOf, qrCodePage } from './qrCodePage';

/** How wide the code is in a tooltip, in pixels. */
const width = 180;

/** Lines of text above the QR code of an address. */
export function qrMarkdown(text: string, url: string): vscode.MarkdownString {
  const { value } = markdownLines(text);
  const markdown = new vscode.MarkdownString(`${value}\n\n![QR code](${imageOf(url)}|width=${width})`);
  return markdown;
}

/**
 * Opens an editor with the QR code of an address, large enough for a camera.
 * @param extensionUri where the extension is, with its icons
 */
export function showQrCode(url: string, extensionUri: vscode.Uri): void {
  const panel = vscode.window.createWebviewPanel(
    'mqttWorkbench.qrCode',
    `QR Code: ${url}`,
    { viewColumn: vscode.ViewColumn.Active },
    { enableScripts: false, localResourceRoots: [] },
  );
  const icon = (theme: string): vscode.Uri =>
    vscode.Uri.joinPath(extensionUri, 'media', 'icons', `qrCode-${theme}.svg`);
  panel.iconPath = { light: icon('light'), dark: icon('dark') };
  panel.webview.html = qrCodePage(url, crypto.randomUUID());
}

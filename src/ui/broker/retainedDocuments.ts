import * as vscode from 'vscode';
import { toHex } from '../../base/bytes';
import { grouped } from '../../base/grouped';
import type { Disposable } from '../../base/lifecycle';
import type { RetainedStatus } from '../../broker/brokerStatus';
import { decodePayload } from '../../payload/payloadDecoder';

const scheme = 'mqtt-retained';
/** How much of a payload a document shows, in bytes; it may have 256 MiB. */
const longestShown = 1_048_576;
const bytesPerLine = 32;

/** Retained messages as documents that can be read, searched and copied from, and not be changed. */
export class RetainedDocuments implements vscode.TextDocumentContentProvider, Disposable {
  private readonly registration: Disposable;

  constructor(private readonly messageOf: (topicName: string) => RetainedStatus | undefined) {
    this.registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    const message = this.messageOf(decodeURIComponent(uri.query));
    return message ? contentOf(message.payload) : '';
  }

  /** Opens the message of a topic; its document is as it was when it was opened. */
  async open({ topicName, payload, receivedAt }: RetainedStatus): Promise<void> {
    const { format } = decodePayload(payload.subarray(0, longestShown));
    const name = topicName.split('/').at(-1) ?? topicName;
    const path = `/${name.replace(/[^\w.-]/g, '_')}.${format === 'json' ? 'json' : 'txt'}`;
    // Another message of the same topic is another document.
    const uri = vscode.Uri.from({
      scheme,
      path,
      query: encodeURIComponent(topicName),
      fragment: String(receivedAt),
    });
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
  }

  dispose(): void {
    this.registration.dispose();
  }
}

/** The text of a readable payload laid out, the bytes of another in hexadecimal. */
export function contentOf(payload: Uint8Array): string {
  const shown = payload.subarray(0, longestShown);
  const decoded = decodePayload(shown);
  const lines: string[] = [];
  if (decoded.format === 'hex') {
    for (let at = 0; at < shown.length; at += bytesPerLine) {
      const offset = at.toString(16).padStart(8, '0');
      lines.push(`${offset}  ${toHex(shown.subarray(at, at + bytesPerLine), ' ').toUpperCase()}`);
    }
  } else {
    for (let index = 0; index < decoded.lineCount; index++) {
      const { indent, text } = decoded.line(index);
      lines.push(`${'  '.repeat(indent)}${text}`);
    }
  }
  if (payload.length > shown.length) {
    lines.push(`(the first ${grouped(longestShown)} of ${grouped(payload.length)} bytes)`);
  }
  return `${lines.join('\n')}\n`;
}

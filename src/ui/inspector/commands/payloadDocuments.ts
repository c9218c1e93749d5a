import * as vscode from 'vscode';
import type { Disposable } from '../../../base/lifecycle';
import { payloadLanguage } from '../../../payload/payloadLanguage';
import { dumpText } from './dumpText';
import { fileName } from './payloadCommands';
import type { SelectedMessage, SelectedPackets } from './selectedPackets';

const scheme = 'mqtt-payload';

/**
 * Payloads as documents that can be read, searched and copied from. The text is what was sent, to the character; bytes
 * that are no text are a dump of all of them.
 */
export class PayloadDocuments implements vscode.TextDocumentContentProvider, Disposable {
  private readonly registration: Disposable;

  constructor(private readonly selected: SelectedPackets) {
    this.registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    const { sequence, at } = JSON.parse(uri.query) as { readonly sequence: number; readonly at: number };
    const [message] = this.selected.messages({ sequence }, true);
    // Of a log that began anew another packet may have the number.
    if (message === undefined || typeof message === 'string' || message.row.at !== at) {
      return 'This packet is no longer in the log.\n';
    }
    const { payload, properties } = message.publish;
    return payloadLanguage(payload, properties.contentType)?.text ?? dumpText(payload);
  }

  async open({ sequence, row, topicName, publish }: SelectedMessage): Promise<void> {
    const found = payloadLanguage(publish.payload, publish.properties.contentType);
    const { language, extension } = found ?? { language: 'plaintext', extension: 'hex' };
    const uri = vscode.Uri.from({
      scheme,
      path: `/#${sequence} ${fileName(topicName)}.${extension}`,
      query: JSON.stringify({ sequence, at: row.at }),
    });
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.languages.setTextDocumentLanguage(document, language);
    await vscode.window.showTextDocument(document, { preview: true, viewColumn: vscode.ViewColumn.Beside });
  }

  dispose(): void {
    this.registration.dispose();
  }
}

import * as vscode from 'vscode';
import { grouped } from '../../../base/grouped';
import type { CommandArgument, CommandHandlers } from '../../../contributions/commands';
import { payloadLanguage } from '../../../payload/payloadLanguage';
import { showError } from '../../reporting/notifications';
import { tellNothingSelected } from './copyCommands';
import type { PayloadDocuments } from './payloadDocuments';
import type { SelectedMessage, SelectedPackets } from './selectedPackets';

type Handled = 'openPayload' | 'savePayload';
type Argument = CommandArgument<'openPayload'>;

/** What VS Code opens as text, in bytes; beyond it refuses. */
const mostText = 48 * 1024 * 1024;
/** Milliseconds that "Saved ..." stays in the status bar. */
const shownFor = 4000;

/** The commands about the payload of one message. */
export class PayloadCommands implements Pick<CommandHandlers, Handled> {
  constructor(
    private readonly selected: SelectedPackets,
    private readonly documents: PayloadDocuments,
  ) {}

  readonly openPayload = async (argument: Argument): Promise<void> => {
    const message = this.message(argument);
    if (!message) return;
    if (message.publish.payload.length > mostText) {
      await showError('The payload is too large for an editor.', {
        caption: 'Save Payload…',
        run: () => this.savePayload(argument),
      });
      return;
    }
    await this.documents.open(message);
  };

  readonly savePayload = async (argument: Argument): Promise<void> => {
    const message = this.message(argument);
    if (!message) return;
    const { publish, topicName } = message;
    const extension = payloadLanguage(publish.payload, publish.properties.contentType)?.extension ?? 'bin';
    const name = `${fileName(topicName)}.${extension}`;
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const uri = await vscode.window.showSaveDialog({
      title: 'Save Payload',
      ...(folder && { defaultUri: vscode.Uri.joinPath(folder, name) }),
    });
    if (!uri) return;
    await vscode.workspace.fs.writeFile(uri, publish.payload);
    const bytes = grouped(publish.payload.length);
    vscode.window.setStatusBarMessage(`$(check) Saved ${bytes} B as ${fileName(uri.path)}`, shownFor);
  };

  private message(argument: Argument): SelectedMessage | undefined {
    const [message] = this.selected.messages(argument);
    if (message === undefined) tellNothingSelected();
    if (typeof message !== 'string') return message;
    void showError(message);
    return undefined;
  }
}

/** The last level of a topic as the name of a file. */
export function fileName(topicName: string): string {
  const last =
    topicName
      .split('/')
      .filter((level) => level !== '')
      .at(-1) ?? 'payload';
  return last.replace(/[^\p{L}\p{N}._-]/gu, '_').slice(0, 80);
}

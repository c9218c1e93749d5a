import * as vscode from 'vscode';
import type { SnippetArgument } from '../../contributions/arguments';
import type { CommandHandlers } from '../../contributions/commands';
import { mqttLanguage } from '../../contributions/languages';
import { showInformation } from '../reporting/notifications';
import { withoutIcons } from '../reporting/plainText';
import type { SnippetPublisher } from './publishSnippet';
import { publishBlocks } from './snippetBlocks';
import type { SnippetFiles } from './snippetFiles';

type Handled = 'publishSnippet' | 'publishSnippetTo' | 'openSnippet' | 'newSnippetFile';

const firstSnippet = `# Messages to publish. Press "Publish" over a block.

@base = devices/bench-7

### LED on
PUBLISH {{base}}/led
QoS: 1

{"on": true}
`;

/** The commands of `.mqtt` files. */
export class SnippetCommands implements Pick<CommandHandlers, Handled> {
  constructor(
    private readonly publisher: SnippetPublisher,
    private readonly files: SnippetFiles,
  ) {}

  readonly publishSnippet = (argument?: SnippetArgument): Promise<void> => this.publishAt(argument, false);

  readonly publishSnippetTo = (argument?: SnippetArgument): Promise<void> => this.publishAt(argument, true);

  readonly openSnippet = async (argument?: SnippetArgument): Promise<void> => {
    const place = argument ?? (await this.pickSnippet());
    if (!place) return;
    const position = new vscode.Position(place.line, 0);
    const selection = new vscode.Range(position, position);
    await vscode.window.showTextDocument(vscode.Uri.parse(place.uri, true), { selection, preview: true });
  };

  readonly newSnippetFile = async (): Promise<void> => {
    const document = await vscode.workspace.openTextDocument({
      language: mqttLanguage.id,
      content: firstSnippet,
    });
    await vscode.window.showTextDocument(document);
  };

  private async pickSnippet(): Promise<SnippetArgument | undefined> {
    const items = (await this.files.all()).flatMap(({ uri, document, version }) =>
      (document ? publishBlocks(document) : []).map(({ title, line }) => ({
        label: withoutIcons(title),
        description: withoutIcons(`${vscode.workspace.asRelativePath(uri)}:${line + 1}`),
        uri: uri.toString(),
        line,
        version,
      })),
    );
    if (items.length === 0) {
      void showInformation('There is no message in the .mqtt files of the workspace.');
      return undefined;
    }
    return vscode.window.showQuickPick(items, { placeHolder: 'Snippet to open', matchOnDescription: true });
  }

  private async publishAt(argument: SnippetArgument | undefined, choose: boolean): Promise<void> {
    const place = argument ?? cursor();
    if (place) await this.publisher.publish(place, choose);
  }
}

/** Where the cursor stands, if that is in a `.mqtt` file. */
function cursor(): SnippetArgument | undefined {
  const { activeTextEditor: editor } = vscode.window;
  if (editor?.document.languageId !== mqttLanguage.id) return undefined;
  const { uri, version } = editor.document;
  return { uri: uri.toString(), line: editor.selection.active.line, version };
}

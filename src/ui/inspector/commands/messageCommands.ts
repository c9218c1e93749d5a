import * as vscode from 'vscode';
import { grouped } from '../../../base/grouped';
import type { CommandArgument, CommandHandlers } from '../../../contributions/commands';
import { mqttLanguage } from '../../../contributions/languages';
import {
  appended,
  expectBlock,
  publishBlock,
  withoutConnection,
  type CapturedMessage,
} from '../../../snippets/snippetText';
import type { ConnectionPicker } from '../../connections/connectionPicker';
import type { LiveConnection } from '../../connections/liveConnection';
import type { Publisher } from '../../connections/publisher';
import { agreesTo, showError, showWarning } from '../../reporting/notifications';
import { withoutIcons } from '../../reporting/plainText';
import type { SnippetFiles } from '../../snippets/snippetFiles';
import { tellNothingSelected } from './copyCommands';
import type { SelectedMessage, SelectedPackets } from './selectedPackets';

type Handled = 'publishPacketAgain' | 'savePacketAsSnippet' | 'expectPacket';
type Argument = CommandArgument<'publishPacketAgain'>;

/** A file of more blocks than that nobody wants to have written. */
const mostMessages = 200;

export interface MessageCommandDependencies {
  readonly selected: SelectedPackets;
  readonly picker: ConnectionPicker;
  readonly publisher: Publisher;
  readonly snippets: Pick<SnippetFiles, 'all'>;
  /** The connection that packets of the log went over, where it is a profile's. */
  connectionOf(connection: number): LiveConnection | undefined;
}

/** The commands that make something of captured messages. */
export class MessageCommands implements Pick<CommandHandlers, Handled> {
  constructor(private readonly dependencies: MessageCommandDependencies) {}

  readonly publishPacketAgain = async (argument: Argument): Promise<void> => {
    const messages = this.messages(argument);
    const [first] = messages;
    if (!first) return;
    const connection = await this.connectionFor(first);
    if (!connection) return;
    if (messages.length > 1 && !(await this.agreesTo(messages, connection))) return;
    for (const message of messages) {
      const { publish, topicName, sequence } = message;
      const published = await this.dependencies.publisher.publish(
        connection,
        withoutConnection(publish, topicName),
        `#${sequence}`,
      );
      // What failed has been told; the messages after it would come out of their order.
      if (!published) return;
    }
  };

  readonly savePacketAsSnippet = (argument: Argument): Promise<void> =>
    this.append(argument, 'to save the message in', async (message, title, document) => {
      const lineBreak = document.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n';
      return publishBlock(message, title, lineBreak);
    });

  readonly expectPacket = (argument: Argument): Promise<void> =>
    this.append(argument, 'with the test', (message, title) =>
      Promise.resolve(expectBlock(message, `${title} is published`)),
    );

  private messages(argument: Argument): readonly SelectedMessage[] {
    const { selected } = this.dependencies;
    const count = selected.count(argument);
    if (count === 0) tellNothingSelected();
    if (count > mostMessages) {
      void showError(`These are ${grouped(count)} packets. Select ${mostMessages} or fewer.`);
    }
    if (count === 0 || count > mostMessages) return [];
    const all = [...selected.messages(argument)];
    const messages = all.filter((each) => typeof each !== 'string');
    const [problem] = all.filter((each) => typeof each === 'string');
    if (problem === undefined) return messages;
    if (messages.length === 0) void showError(problem);
    else void showWarning(`${problem} It was left out.`);
    return messages;
  }

  /** The one that the packet went over, so that it reaches the same server; asked for where there is none. */
  private connectionFor({ connection, topicName }: SelectedMessage): Promise<LiveConnection | undefined> {
    const { picker } = this.dependencies;
    const own = this.dependencies.connectionOf(connection);
    return picker.pickConnected(
      own && { connectionKey: own.key },
      `Connection to publish "${withoutIcons(topicName)}" on`,
      own === undefined,
    );
  }

  private agreesTo(messages: readonly SelectedMessage[], connection: LiveConnection): Promise<boolean> {
    const topics = [...new Set(messages.map(({ topicName }) => topicName))];
    const shown =
      topics.slice(0, 8).join('\n') + (topics.length > 8 ? `\nand ${topics.length - 8} more` : '');
    return agreesTo(
      'Publish',
      `Publish ${messages.length} messages on ${connection.profile.name} again?`,
      `One after another, to:\n${shown}`,
    );
  }

  /** Writes blocks at the end of a file that a person chooses, shows them, and leaves saving to the person. */
  private async append(
    argument: Argument,
    purpose: string,
    blockOf: (
      message: CapturedMessage,
      title: string,
      document: vscode.TextDocument,
    ) => Promise<string | undefined>,
  ): Promise<void> {
    const messages = this.messages(argument);
    if (messages.length === 0) return;
    const document = await this.chooseFile(purpose);
    if (!document) return;
    const blocks: string[] = [];
    for (const { publish, topicName, sequence } of messages) {
      const message = withoutConnection(publish, topicName);
      const block = await blockOf(message, topicName, document);
      if (block === undefined) {
        void showError(
          `The topic or a property of packet #${sequence} cannot be written in a .mqtt file, such as white space at its ends. Nothing was written.`,
        );
        return;
      }
      blocks.push(block);
    }
    const text = document.getText();
    const added = appended(text, blocks.join('\n\n'));
    const end = document.positionAt(text.length);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, end, added);
    if (!(await vscode.workspace.applyEdit(edit))) {
      void showError('The file could not be changed: it may be read-only. Nothing was written.');
      return;
    }
    const start = document.positionAt(text.length + (added.length - added.trimStart().length));
    await vscode.window.showTextDocument(document, {
      selection: new vscode.Range(start, start),
      preview: false,
    });
  }

  private async chooseFile(purpose: string): Promise<vscode.TextDocument | undefined> {
    const files = await this.dependencies.snippets.all();
    const items: (vscode.QuickPickItem & { readonly uri: vscode.Uri | undefined })[] = [
      { label: 'New File', iconPath: new vscode.ThemeIcon('new-file'), uri: undefined },
      ...files
        .filter(({ document }) => document !== undefined)
        .map(({ uri }) => ({
          label: withoutIcons(vscode.workspace.asRelativePath(uri)),
          iconPath: new vscode.ThemeIcon('file-code'),
          uri,
        })),
    ];
    const picked =
      items.length === 1
        ? items[0]
        : await vscode.window.showQuickPick(items, { placeHolder: `The .mqtt file ${purpose}` });
    if (!picked) return undefined;
    return picked.uri
      ? vscode.workspace.openTextDocument(picked.uri)
      : vscode.workspace.openTextDocument({ language: mqttLanguage.id });
  }
}

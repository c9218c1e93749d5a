import * as vscode from 'vscode';
import type { Clock } from '../../base/clock';
import type { SnippetArgument } from '../../contributions/arguments';
import { namedConnection } from '../../snippets/namedConnection';
import { describeProblem, type SnippetProblem } from '../../snippets/problems';
import { publishPlan, type PublishScope } from '../../snippets/publishPlan';
import type { Block, SnippetDocument } from '../../snippets/syntax';
import type { ConnectionPicker } from '../connections/connectionPicker';
import type { Connections } from '../connections/connections';
import type { LiveConnection } from '../connections/liveConnection';
import type { Publisher } from '../connections/publisher';
import { agreesTo, showError, showInformation } from '../reporting/notifications';
import { runCommand } from '../vscodeBindings';
import { readBeside } from './readBeside';
import { type PublishBlock, publishBlockAt } from './snippetBlocks';
import type { SnippetFiles } from './snippetFiles';

export interface SnippetPublisherDependencies {
  readonly connections: Connections;
  readonly picker: ConnectionPicker;
  readonly publisher: Publisher;
  readonly files: SnippetFiles;
  readonly clock: Clock;
}

/** Publishes a block of a `.mqtt` file as the editor has it now, saved or not. */
export class SnippetPublisher {
  constructor(private readonly dependencies: SnippetPublisherDependencies) {}

  /** The block at a place. With `choose` the connection is asked for in any case. */
  async publish(place: SnippetArgument, choose: boolean): Promise<void> {
    const { files } = this.dependencies;
    const uri = vscode.Uri.parse(place.uri, true);
    const text = await vscode.workspace.openTextDocument(uri);
    const document = files.parsedDocument(text);
    const line = files.lineNow(text, place.line, place.version);
    if (line === undefined) {
      void showError(
        `${nameOf(uri)} changed where this message stands, so nothing was sent. Publish it again.`,
      );
      return;
    }
    const found = publishBlockAt(document, line);
    if (!found) {
      void showError(
        `There is no PUBLISH at line ${line + 1} of ${nameOf(uri)}. Put the cursor into a block that begins with one.`,
      );
      return;
    }
    const connection = await this.connectionFor(document, found, uri, choose);
    if (connection) await this.send(connection, document, found.block, text);
  }

  private async send(
    connection: LiveConnection,
    document: SnippetDocument,
    block: Block,
    text: vscode.TextDocument,
  ): Promise<void> {
    const { plan, problems } = await publishPlan(document, block, {
      ...this.sources(),
      connection: () => plannedOf(connection),
      readFile: (path) => readBeside(text.uri, path),
    });
    if (!plan) {
      this.tellProblems(problems, text);
      return;
    }
    if (plan.note !== undefined && !(await agrees(plan.note, plan.topicName, connection))) return;
    const line = text.positionAt(block.request?.start ?? block.start).line;
    await this.dependencies.publisher.publish(connection, plan, `${nameOf(text.uri)}, line ${line + 1}`);
  }

  private async connectionFor(
    document: SnippetDocument,
    { block, title }: PublishBlock,
    uri: vscode.Uri,
    choose: boolean,
  ): Promise<LiveConnection | undefined> {
    const { connections, picker } = this.dependencies;
    const question = `Connection to publish "${title}" on`;
    const name = choose ? undefined : namedConnection(document, block, this.sources());
    if (name === undefined) return picker.pickConnected(undefined, question, choose);
    const connection = connections.named(name);
    if (!connection) {
      void showError(
        `${nameOf(uri)}: there is no connection called "${name}", which "${title}" names. Add it, or correct the Connection header.`,
        {
          caption: 'Add Connection…',
          run: () => runCommand('addConnection'),
        },
      );
      return undefined;
    }
    if (connection.isLasting) return connection;
    return showInformation(`"${title}" goes to ${name}, which is not connected.`, {
      caption: 'Connect and Publish',
      run: () => picker.connect(connection),
    });
  }

  private sources(): Pick<PublishScope, 'now' | 'random' | 'counter'> {
    return { now: this.dependencies.clock.now(), random: Math.random, counter: 0 };
  }

  private tellProblems(problems: readonly SnippetProblem[], text: vscode.TextDocument): void {
    const [first] = problems;
    if (!first) return;
    const start = text.positionAt(first.start);
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
    const goToLine = {
      caption: 'Go to Line',
      run: (): Thenable<unknown> =>
        vscode.window.showTextDocument(text, { selection: new vscode.Range(start, start) }),
    };
    const manageTrust = {
      caption: 'Manage Trust',
      run: (): Thenable<unknown> => vscode.commands.executeCommand('workbench.trust.manage'),
    };
    void showError(
      `${nameOf(text.uri)}, line ${start.line + 1}: ${describeProblem(first)}${more} Nothing was sent.`,
      ...(first.code === 'fileNotTrusted' ? [manageTrust, goToLine] : [goToLine]),
    );
  }
}

function plannedOf(connection: LiveConnection): ReturnType<PublishScope['connection']> {
  const { state, version } = connection;
  return state.state === 'connected'
    ? { clientIdentifier: state.negotiated.clientIdentifier, version }
    : undefined;
}

function agrees(note: string, topicName: string, connection: LiveConnection): Promise<boolean> {
  const question = note === '' ? 'Publish this message?' : note;
  return agreesTo('Publish', question, `To ${topicName} on ${connection.profile.name}.`);
}

function nameOf(uri: vscode.Uri): string {
  return uri.path.slice(uri.path.lastIndexOf('/') + 1);
}

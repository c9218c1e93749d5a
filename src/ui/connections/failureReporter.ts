import * as vscode from 'vscode';
import type { Disposable } from '../../base/lifecycle';
import { assertNever } from '../../base/assert';
import type { ClientFailure } from '../../client/clientFailure';
import { explainClientFailure } from '../reporting/clientFailure';
import { type Explanation, explanationText, type Remedy } from '../reporting/explanation';
import type { LogSink } from '../reporting/logSink';
import { type NotificationAction, showDetails, showError, showWarning } from '../reporting/notifications';
import { type ErrorSink, runCommand } from '../vscodeBindings';
import type { ConnectionCommands } from './connectionCommands';
import { connectionRow } from './connectionRow';
import type { Connections } from './connections';
import type { LiveConnection } from './liveConnection';
import { referenceText } from './serverReference';

type AskingCommand = 'setPassword' | 'setPassphrase' | 'setProxyPassword';
type UsedCommand = AskingCommand | 'connectElsewhere';

/** Tells the person when a connection fails: what happened, why, and a button for what to do next. */
export function reportFailures(
  connections: Connections,
  commands: Pick<ConnectionCommands, UsedCommand>,
  log: LogSink,
  failed: ErrorSink,
): Disposable {
  return connections.onDidFail(({ connection, failure }) => {
    const explanation = explainClientFailure(failure, connection.profile);
    log.warn(
      `${connection.profile.name}: ${explanation.short}. ${explanationText(explanation)}${detailOf(failure)}`,
    );
    const actions =
      explanation.remedy === undefined
        ? []
        : [actionFor(explanation.remedy, explanation, connection, commands, failed)];
    void showError(`${connection.profile.name}: ${explanationText(explanation)}`, ...actions);
  });
}

/**
 * Notes each time a connection is going to be made again; its row shows it, so that nobody is told by a notification, except
 * of what trying again does not cure.
 */
export function reportRetries(connections: Pick<Connections, 'onDidRetry'>, log: LogSink): Disposable {
  const suspected = new WeakSet<LiveConnection>();
  return connections.onDidRetry(({ connection, retry }) => {
    const { name } = connection.profile;
    const { short } = explainClientFailure(retry.failure, connection.profile);
    const when = `attempt ${retry.attempt} in ${connection.secondsToRetry()} s`;
    log.info(`${name}: ${short}; ${when}${detailOf(retry.failure)}`);
    if (retry.suspicion === undefined) suspected.delete(connection);
    else if (!suspected.has(connection)) {
      suspected.add(connection);
      void showWarning(
        `${name}: the server drops the connection again and again soon after it is up. Another client may use the same Client Identifier; give each one of its own.`,
      );
    }
  });
}

/**
 * Shows all there is to tell of a connection in a dialog, to read, to copy and to do what helps: its row may have no room
 * for it, and its notification be gone.
 */
export async function showConnectionDetails(
  connection: LiveConnection,
  commands: Pick<ConnectionCommands, UsedCommand>,
  failed: ErrorSink,
): Promise<void> {
  const { state, profile } = connection;
  const { tooltip } = connectionRow(connection);
  const [title = '', ...lines] = tooltip.split('\n');
  const failure = 'failure' in state ? state.failure : undefined;
  const explanation = failure && explainClientFailure(failure, profile);
  const copy = { caption: 'Copy', run: () => vscode.env.clipboard.writeText(tooltip) };
  const remedy =
    explanation?.remedy === undefined
      ? []
      : [actionFor(explanation.remedy, explanation, connection, commands, failed)];
  await showDetails(title, lines.join('\n'), ...remedy, copy);
}

/** What a button does is a command, which tells by itself how it fails. */
function actionFor(
  remedy: Remedy,
  { elsewhere }: Pick<Explanation, 'elsewhere'>,
  connection: LiveConnection,
  commands: Pick<ConnectionCommands, UsedCommand>,
  failed: ErrorSink,
): NotificationAction {
  const argument = { connectionKey: connection.key };
  const ask = (caption: string, command: AskingCommand): NotificationAction => ({
    caption: `${caption}…`,
    run: () =>
      commands[command](argument)
        .then((entered) => (entered ? runCommand('connect', argument) : undefined))
        .catch((error: unknown) => failed(caption, error)),
  });
  switch (remedy) {
    case 'setPassword':
      return ask('Enter Password', 'setPassword');
    case 'enterPassphrase':
      return ask('Enter Passphrase', 'setPassphrase');
    case 'enterProxyPassword':
      return ask('Enter Proxy Password', 'setProxyPassword');
    case 'openProxySettings':
      return {
        caption: 'Open Proxy Settings',
        run: () => vscode.commands.executeCommand('workbench.action.openSettings', 'http.proxy'),
      };
    case 'manageTrust':
      return {
        caption: 'Manage Workspace Trust',
        run: () => vscode.commands.executeCommand('workbench.trust.manage'),
      };
    case 'editConnection':
      return { caption: 'Edit Connection…', run: () => runCommand('editConnection', argument) };
    case 'openSettings':
      return {
        caption: 'Open Connection Settings',
        run: () => runCommand('openConnectionSettings', { scope: connection.profile.scope }),
      };
    case 'connect':
      return { caption: 'Connect', run: () => runCommand('connect', argument) };
    case 'connectElsewhere':
      if (elsewhere === undefined) {
        return { caption: 'Edit Connection…', run: () => runCommand('editConnection', argument) };
      }
      return {
        caption: `Connect to ${referenceText(elsewhere)}`,
        run: () =>
          commands
            .connectElsewhere(connection, elsewhere)
            .catch((error: unknown) => failed('Connecting to the other server', error)),
      };
    default:
      return assertNever(remedy);
  }
}

/** The platform's own word, which the log keeps for those who know it. */
function detailOf(failure: ClientFailure): string {
  return failure.kind === 'transport' ? ` (${failure.failure.detail})` : '';
}

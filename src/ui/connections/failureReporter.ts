import type { Disposable } from '../../base/lifecycle';
import { assertNever } from '../../base/assert';
import type { ClientFailure } from '../../client/clientFailure';
import { explainClientFailure } from '../reporting/clientFailure';
import { explanationText, type Remedy } from '../reporting/explanation';
import type { LogSink } from '../reporting/logSink';
import { type NotificationAction, showError } from '../reporting/notifications';
import type { ConnectionCommands } from './connectionCommands';
import type { Connections } from './connections';
import type { LiveConnection } from './liveConnection';

/** Tells the person when a connection fails: what happened, why, and a button for what to do next. */
export function reportFailures(
  connections: Connections,
  commands: ConnectionCommands,
  log: LogSink,
): Disposable {
  return connections.onDidFail(({ connection, failure }) => {
    const explanation = explainClientFailure(failure, connection.profile);
    log.warn(
      `${connection.profile.name}: ${explanation.short}. ${explanationText(explanation)}${detailOf(failure)}`,
    );
    const actions =
      explanation.remedy === undefined ? [] : [actionFor(explanation.remedy, connection, commands)];
    void showError(`${connection.profile.name}: ${explanationText(explanation)}`, ...actions);
  });
}

function actionFor(
  remedy: Remedy,
  connection: LiveConnection,
  commands: ConnectionCommands,
): NotificationAction {
  const argument = { connectionKey: connection.key };
  switch (remedy) {
    case 'setPassword':
      return {
        caption: 'Enter Password…',
        run: async () => {
          if (await commands.setPassword(argument)) await commands.connect(argument);
        },
      };
    case 'editConnection':
      return { caption: 'Edit Connection…', run: () => commands.editConnection(argument) };
    case 'connect':
      return { caption: 'Connect', run: () => commands.connect(argument) };
    default:
      return assertNever(remedy);
  }
}

/** The platform's own word, which the log keeps for those who know it. */
function detailOf(failure: ClientFailure): string {
  return failure.kind === 'transport' ? ` (${failure.failure.detail})` : '';
}

import type { Disposable } from '../../base/lifecycle';
import { showInformation } from '../reporting/notifications';
import type { ErrorSink } from '../vscodeBindings';
import type { Connections } from './connections';

/** Tells that a change of a connection that is up shows only when it connects again, and offers just that. */
export function reportPostponedChanges(connections: Connections, failed: ErrorSink): Disposable {
  return connections.onDidPostpone((connection) => {
    const { name } = connection.written;
    void showInformation(`The change of "${name}" takes effect when it connects again.`, {
      caption: 'Reconnect',
      run: () =>
        connection
          .disconnect()
          .then(() => connection.connect())
          .catch((error: unknown) => failed('Reconnect', error)),
    });
  });
}

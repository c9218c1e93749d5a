import type { Clock } from '../../base/clock';
import type { Disposable } from '../../base/lifecycle';
import { explainKeptFailure, moreKeptFailures } from '../reporting/publishOutcome';
import type { LogSink } from '../reporting/logSink';
import { showWarning } from '../reporting/notifications';
import { runCommand } from '../vscodeBindings';
import type { Connections } from './connections';
import type { LiveConnection } from './liveConnection';

/** How long more of them are waited for before a person is told, in milliseconds: they mostly come together. */
const gathering = 1000;

/** What a person has not been told yet. */
interface Untold {
  first: string | undefined;
  more: number;
}

/**
 * Tells of messages that were kept and did not get through: the log has each, and a warning the first and how many there are
 * besides. A connection has one warning at a time; what comes while it stands is told with the next.
 */
export function reportKeptFailures(
  connections: Pick<Connections, 'onKeptFailed'>,
  log: LogSink,
  clock: Clock,
): Disposable {
  const telling = new Map<LiveConnection, Untold>();
  const tell = async (connection: LiveConnection, untold: Untold): Promise<void> => {
    while (untold.first !== undefined) {
      const text = `${connection.profile.name}: ${untold.first}${moreKeptFailures(untold.more)}`;
      untold.first = undefined;
      untold.more = 0;
      await showWarning(text, { caption: 'Show Log', run: () => runCommand('showLog') });
    }
    telling.delete(connection);
  };
  return connections.onKeptFailed(({ connection, failure }) => {
    const text = explainKeptFailure(failure, connection);
    log.warn(`${connection.profile.name}: ${text}`);
    const untold = telling.get(connection) ?? { first: undefined, more: 0 };
    if (untold.first === undefined) untold.first = text;
    else untold.more++;
    if (telling.has(connection)) return;
    telling.set(connection, untold);
    clock.schedule(clock.now() + gathering, () => void tell(connection, untold));
  });
}

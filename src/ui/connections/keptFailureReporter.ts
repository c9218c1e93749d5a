import type { Clock } from '../../base/clock';
import type { Disposable } from '../../base/lifecycle';
import { explainKeptFailure, moreKeptFailures } from '../reporting/publishOutcome';
import type { LogSink } from '../reporting/logSink';
import { showWarning } from '../reporting/notifications';
import { runCommand } from '../vscodeBindings';
import type { Connections } from './connections';

/** How long more of them are waited for before a person is told, in milliseconds: they mostly come together. */
const gathering = 1000;

/** What a person has not been told yet. */
interface Untold {
  /** For more to come with it; undefined while a warning stands. */
  waiting: Disposable | undefined;
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
  let isDisposed = false;
  // By the keys of the connections: a warning may stand for ever, and is not to keep one that was removed.
  const telling = new Map<string, Untold>();
  const tell = async (key: string, name: string, untold: Untold): Promise<void> => {
    untold.waiting = undefined;
    try {
      while (untold.first !== undefined && !isDisposed) {
        const text = `${name}: ${untold.first}${moreKeptFailures(untold.more)}`;
        untold.first = undefined;
        untold.more = 0;
        await showWarning(text, { caption: 'Show Log', run: () => runCommand('showLog') });
      }
    } catch (error) {
      log.error(`A warning could not be shown: ${String(error)}`);
    } finally {
      telling.delete(key);
    }
  };
  const heard = connections.onKeptFailed(({ connection, failure }) => {
    const { key, name } = connection.profile;
    const text = explainKeptFailure(failure, connection);
    log.warn(`${name}: ${text}`);
    const known = telling.get(key);
    const untold = known ?? { waiting: undefined, first: undefined, more: 0 };
    if (untold.first === undefined) untold.first = text;
    else untold.more++;
    if (known) return;
    telling.set(key, untold);
    untold.waiting = clock.schedule(clock.now() + gathering, () => void tell(key, name, untold));
  });
  return {
    dispose: () => {
      isDisposed = true;
      heard.dispose();
      for (const { waiting } of telling.values()) waiting?.dispose();
      telling.clear();
    },
  };
}

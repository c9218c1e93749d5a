import { PacketLog } from '../../../src/capture/packetLog';
import { captureBudget } from '../../../src/ui/capture/captureBudget';
import { topicName } from './job';
import { publishBytes } from './rawPackets';

/**
 * A log as the extension has it for as long as a window is open but the first minute, at its budget: new memory costs more
 * than memory that is used again, once for all of it and not for each message.
 */
export function fullLog(): PacketLog {
  const log = new PacketLog({ byteBudget: captureBudget(undefined) });
  const packet = publishBytes(topicName, 1, 64, 1);
  const connection = log.openConnection('filling');
  const captured = {
    at: 0,
    direction: 'in',
    connection,
    kind: 'packet',
    version: 4,
    topic: topicName,
  } as const;
  while (log.evictedPackets === 0) log.append(captured, packet);
  log.closeConnection(connection);
  return log;
}

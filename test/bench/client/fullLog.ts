import { PacketLog } from '../../../src/capture/packetLog';
import { captureBudget } from '../../../src/ui/capture/captureBudget';
import { topicName } from './job';
import { publishBytes } from './rawPackets';

/**
 * A log as the extension has it for as long as a window is open but the first minute, at its budget: new memory costs more
 * than memory that is used again, once for all of it and not for each message. It is full of messages at QoS 1.
 */
export function fullLog(): PacketLog {
  const log = new PacketLog({ byteBudget: captureBudget(undefined) });
  const connection = log.openConnection('filling');
  const common = { at: 0, connection, kind: 'packet', version: 4 } as const;
  const publish = publishBytes(topicName, 1, 64, 1);
  const puback = Buffer.from([0x40, 2, 0, 1]);
  while (log.evictedPackets === 0) {
    log.append({ ...common, direction: 'in', topic: topicName }, publish);
    log.append({ ...common, direction: 'out', topic: undefined }, puback);
  }
  log.closeConnection(connection);
  return log;
}

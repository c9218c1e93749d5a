import { ConnectionCapture } from '../../../src/capture/connectionCapture';
import { PacketLog } from '../../../src/capture/packetLog';
import { MqttClient } from '../../../src/client/mqttClient';
import { openTransport } from '../../../src/transport/openTransport';
import { systemClock } from '../../../src/transport/systemClock';
import { captureBudget } from '../../../src/ui/capture/captureBudget';
import { topicName } from './job';
import type { Library } from './library';
import { publishBytes } from './rawPackets';

const fail = (error: unknown): void => {
  throw error;
};

/** This project's client on its own transports. With `captured` every byte also goes into a log as the extension has it. */
export function ownLibrary(captured: boolean): Library {
  const log = new PacketLog({ byteBudget: captureBudget(undefined) });
  if (captured) fill(log);
  return {
    async connect({ transport: kind, port }, clientIdentifier) {
      const host = '127.0.0.1';
      const webSocket = { path: '/mqtt', headers: {}, subprotocol: 'mqtt' } as const;
      const client = new MqttClient(
        { version: 4, clientIdentifier, cleanStart: true, keepAlive: 60, qos2InFlightBefore5: 65_535 },
        {
          open: () => openTransport({ kind, host, port, webSocket }, { timeout: 10_000 }),
          clock: systemClock,
          ...(captured && { tap: () => new ConnectionCapture(log, clientIdentifier) }),
        },
      );
      await client.connect();
      return {
        publish: (topicName, payload, qos, settled) =>
          void client.publish({ topicName, payload, qos }).then(settled, fail),
        subscribe: async (topicFilter, qos, received) => {
          client.onMessages((messages) => {
            for (const { payload } of messages) received(payload);
          });
          await client.subscribe([
            { topicFilter, qos, noLocal: false, retainAsPublished: false, retainHandling: 0 },
          ]);
        },
        close: async () => void (await client.disconnect()),
      };
    },
  };
}

/**
 * Brings a log to its budget, where it is for as long as a window is open but the first minute: new memory costs more
 * than memory that is used again, once for all of it and not for each message.
 */
function fill(log: PacketLog): void {
  const packet = publishBytes(topicName, 1, 64, 1);
  const connection = log.openConnection('filling');
  const captured = { at: 0, direction: 'in', connection, kind: 'packet', version: 4 } as const;
  while (log.evictedPackets === 0) log.append({ ...captured, topic: topicName }, packet);
  log.closeConnection(connection);
}

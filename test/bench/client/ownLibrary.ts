import { ConnectionCapture } from '../../../src/capture/connectionCapture';
import { MqttClient } from '../../../src/client/mqttClient';
import { openTransport } from '../../../src/transport/openTransport';
import { systemClock } from '../../../src/transport/systemClock';
import { fullLog } from './fullLog';
import type { Library } from './library';

const fail = (error: unknown): void => {
  throw error;
};

/** This project's client on its own transports. With `captured` every byte also goes into a log as the extension has it. */
export function ownLibrary(captured: boolean): Library {
  const log = captured ? fullLog() : undefined;
  return {
    async connect({ transport: kind, port }, clientIdentifier) {
      const host = '127.0.0.1';
      const webSocket = { path: '/mqtt', headers: {}, subprotocol: 'mqtt' } as const;
      const client = new MqttClient(
        { version: 4, clientIdentifier, cleanStart: true, keepAlive: 60, qos2InFlightBefore5: 65_535 },
        {
          open: () => openTransport({ kind, host, port, webSocket }, { timeout: 10_000 }),
          clock: systemClock,
          ...(log && { tap: () => new ConnectionCapture(log, clientIdentifier) }),
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

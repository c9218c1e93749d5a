import { connect } from 'mqtt';
import type { Library } from './library';

const fail = (error: Error | undefined): void => {
  if (error) throw error;
};

/** MQTT.js with its callbacks, which cost it less than its promises. */
export const mqttJsLibrary: Library = {
  connect: ({ transport, port }, clientId) =>
    new Promise((resolve, reject) => {
      const client = connect(`${transport === 'ws' ? 'ws' : 'mqtt'}://127.0.0.1:${port}/mqtt`, {
        clientId,
        protocolVersion: 4,
        clean: true,
        keepalive: 60,
        reconnectPeriod: 0,
      });
      client.once('error', reject);
      client.once('connect', () =>
        resolve({
          publish: (topic, payload, qos, settled) =>
            void client.publish(topic, payload, { qos }, (error) => {
              fail(error);
              settled();
            }),
          subscribe: async (filter, qos, received) => {
            client.on('message', (_topic, payload) => received(payload));
            await client.subscribeAsync(filter, { qos });
          },
          close: () => client.endAsync(true),
        }),
      );
    }),
};

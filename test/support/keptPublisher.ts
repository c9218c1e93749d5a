/**
 * A process with a client whose Session is kept on the disk: publishes messages at QoS 2 with the first start, brings to an
 * end what is left of them with the next ones, and may be killed at any time.
 *   tsx test/support/keptPublisher.ts <folder> <port> <version> <messages>
 */
import { MqttClient } from '../../src/client/mqttClient';
import { SqliteSessionStore } from '../../src/storage/sqliteSessionStore';
import { connectSocket } from '../../src/transport/socketTransport';
import { systemClock } from '../../src/transport/systemClock';
import { encodeUtf8 } from '../../src/base/utf8';

const [folder = '', port = '', version = '', messages = ''] = process.argv.slice(2);

const store = new SqliteSessionStore({
  folder,
  key: 'kept publisher',
  pruned: ({ name }) => console.log(`pruned: ${name}`),
  notPruned: (reason) => console.log(`not pruned: ${reason}`),
  broken: (path, reason) => console.log(`broken: ${reason}, set aside at ${path}`),
});
const client = new MqttClient(
  {
    version: version === '4' ? 4 : 5,
    clientIdentifier: 'kept',
    cleanStart: false,
    keepAlive: 10,
    ...(version === '5' && { properties: { sessionExpiryInterval: 600 } }),
    // A server that was killed takes a while to come back.
    reconnect: { when: 'always', random: Math.random, firstDelay: 50, longestDelay: 200 },
  },
  {
    open: () => connectSocket({ host: '127.0.0.1', port: Number(port) }),
    clock: systemClock,
    store,
  },
);
client.onDidChangeState(({ state }) => console.log(`state ${state}`));
for (let number = 1; number <= Number(messages); number++) {
  client
    .publish({ topicName: 'kept', payload: encodeUtf8(String(number)), qos: 2 })
    .catch((error: unknown) => console.log(`rejected ${number}: ${String(error)}`));
}
void client.connect();
const timer = setInterval(() => {
  if (client.state.state !== 'connected' || client.outstanding > 0) return;
  clearInterval(timer);
  void client.disconnect().then(() => console.log('all done'));
}, 10);

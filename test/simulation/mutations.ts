import { ClientError } from '../../src/client/mqttClient';
import { noProperties } from '../../src/protocol/properties';
import { a } from '../support/packets';
import type { Mutation } from './wrongClients';
import {
  changedPublish,
  deafToLimits,
  each,
  forgetful,
  givesUpAndSends,
  lastFirst,
  swapped,
  without,
} from './wrongClients';

/** Every way a client could be wrong that the simulation has to notice. */
export const mutations: readonly Mutation[] = [
  {
    name: 'sends again without DUP',
    finding: /again without DUP/,
    connection: () => ({ out: changedPublish(() => ({ dup: false })) }),
  },
  {
    name: 'sets DUP on what is new',
    finding: /for the first time with DUP/,
    connection: () => ({ out: changedPublish(({ qos }) => ({ dup: qos > 0 })) }),
  },
  {
    name: 'does not send again',
    finding: /still under way|never settled/,
    connection: () => ({ out: each('PUBLISH', (packet) => (packet.dup ? [] : [packet])) }),
  },
  {
    name: 'sends again in another order',
    finding: /MQTT-4\.6\.0-1/,
    connection: () => ({ out: swapped((packet) => packet.type === 'PUBLISH' && packet.dup) }),
  },
  {
    name: 'uses one Packet Identifier for everything',
    finding: /MQTT-2\.2\.1-3/,
    connection: () => ({ out: changedPublish(({ qos }) => ({ packetIdentifier: qos > 0 ? 1 : 0 })) }),
  },
  {
    name: 'sends the same PUBLISH twice',
    finding: /twice on one connection|again without DUP/,
    connection: () => ({ out: each('PUBLISH', (packet) => (packet.qos > 0 ? [packet, packet] : [packet])) }),
  },
  {
    name: 'changes the order of a topic',
    finding: /of the same topic/,
    connection: () => ({
      out: swapped((packet) => packet.type === 'PUBLISH' && !packet.dup && packet.qos < 2),
    }),
  },
  {
    name: 'changes a topic',
    finding: /arrived in/,
    connection: () => ({ out: changedPublish(({ topicName }) => ({ topicName: `${topicName}x` })) }),
  },
  {
    name: 'changes a payload',
    finding: /nobody has published/,
    connection: () => ({
      out: changedPublish(({ payload }) => ({
        payload: payload.map((byte, at) => (at === 3 ? byte ^ 1 : byte)),
      })),
    }),
  },
  {
    name: 'lowers a QoS',
    finding: /at QoS 0/,
    connection: () => ({
      out: changedPublish(({ qos }) => (qos === 1 ? { qos: 0, dup: false, packetIdentifier: 0 } : undefined)),
    }),
  },
  {
    name: 'does not acknowledge QoS 1',
    finding: /owes PUBACK|where \d+ was due/,
    connection: () => ({ out: without('PUBACK') }),
  },
  {
    name: 'does not acknowledge QoS 2',
    finding: /owes PUBREC|where \d+ was due/,
    connection: () => ({ out: without('PUBREC') }),
  },
  {
    name: 'does not complete QoS 2 it receives',
    finding: /owes PUBCOMP/,
    connection: () => ({ out: without('PUBCOMP') }),
  },
  {
    name: 'does not release QoS 2 it sends',
    finding: /owes PUBREL/,
    connection: () => ({ out: without('PUBREL') }),
  },
  {
    name: 'acknowledges in another order',
    finding: /MQTT-4\.6\.0-2/,
    connection: () => ({ out: swapped(({ type }) => type === 'PUBACK') }),
  },
  {
    name: 'releases in another order',
    finding: /MQTT-4\.6\.0-4/,
    connection: () => ({ out: swapped(({ type }) => type === 'PUBREL') }),
  },
  {
    name: 'takes a message and loses it',
    finding: /has not come/,
    connection: () => ({
      in: (packet, answer) => {
        if (packet.type !== 'PUBLISH' || packet.qos !== 1) return [packet];
        answer(a.acknowledgement('PUBACK', packet.packetIdentifier));
        return [];
      },
    }),
  },
  { name: 'hands a QoS 2 message on twice', finding: /came 2 times/, connection: forgetful },
  {
    name: 'ignores an acknowledgement',
    finding: /again after its acknowledgement/,
    connection: () => ({ in: (packet) => (packet.type === 'PUBACK' ? [] : [packet]) }),
  },
  {
    name: 'ignores the Receive Maximum',
    finding: /MQTT-3\.3\.4-7/,
    connection: () => ({ in: deafToLimits }),
  },
  {
    name: 'ignores the Maximum Packet Size',
    finding: /MQTT-3\.2\.2-15/,
    connection: () => ({ in: deafToLimits }),
  },
  {
    name: 'ignores the Maximum QoS',
    finding: /MQTT-3\.2\.2-11/,
    connection: () => ({ in: deafToLimits }),
  },
  {
    name: 'ignores the Topic Alias Maximum',
    finding: /MQTT-3\.3\.2-9/,
    connection: () => ({
      in: (packet) =>
        packet.type === 'CONNACK' ? [{ ...packet, properties: { topicAliasMaximum: 10 } }] : [packet],
    }),
  },
  {
    name: 'uses a Topic Alias of another connection',
    finding: /MQTT-3\.3\.2-7/,
    connection: () => ({
      out: changedPublish(({ properties }) =>
        properties.topicAlias === undefined ? undefined : { topicName: '' },
      ),
    }),
  },
  {
    name: 'does not take the time off that a message waited',
    finding: /MQTT-3\.3\.2-6/,
    connection: () => ({
      out: changedPublish(({ properties }) =>
        properties.messageExpiryInterval === undefined
          ? undefined
          : { properties: { ...properties, messageExpiryInterval: 10 } },
      ),
    }),
  },
  {
    name: 'goes on after DISCONNECT',
    finding: /after DISCONNECT/,
    connection: () => ({ out: each('DISCONNECT', (packet) => [packet, { type: 'PINGREQ' }]) }),
  },
  {
    name: 'does not ping',
    finding: /was silent/,
    connection: () => ({ out: without('PINGREQ') }),
  },
  { name: 'keeps a connection', finding: /connection is left over/, connection: () => ({ clings: true }) },
  {
    name: 'does not keep which messages it received',
    finding: /came 2 times/,
    keeps: ({ kind }) => kind !== 'received' && kind !== 'receivedReleased',
  },
  {
    name: 'does not keep that it has begun',
    finding: /gives up after sessionUnknown/,
    keeps: ({ kind }) => kind !== 'begun',
  },
  {
    name: 'never settles a promise',
    finding: /never comes to rest: publish\(\) has not settled/,
    publish: (client, message) => {
      void client.publish(message).catch(() => undefined);
      return new Promise(() => undefined);
    },
  },
  {
    name: 'settles QoS 2 at PUBREC',
    finding: /resolved before its exchange was over/,
    connection: () => ({
      in: (packet) =>
        packet.type === 'PUBREC' && packet.reasonCode < 0x80
          ? [packet, a.acknowledgement('PUBCOMP', packet.packetIdentifier)]
          : [packet],
    }),
  },
  {
    name: 'never settles what it subscribes to',
    finding: /never comes to rest: \d+ promises are not settled/,
    client: (client) => ({
      subscribe: (...request) => {
        void client.subscribe(...request).catch(() => undefined);
        return new Promise(() => undefined);
      },
    }),
  },
  {
    name: 'never settles connect()',
    finding: /never comes to rest: \d+ promises are not settled/,
    client: (client) => ({
      connect: () => {
        void client.connect().catch(() => undefined);
        return new Promise(() => undefined);
      },
    }),
  },
  {
    name: 'does not subscribe again',
    finding: /never comes to rest/,
    options: (options) => ({ ...options, resubscribe: false }),
  },
  {
    name: 'keeps the Packet Identifiers of QoS 2 messages',
    finding: /Packet Identifiers received left over|has not come/,
    connection: () => ({
      in: (packet, answer) => {
        if (packet.type !== 'PUBREL') return [packet];
        answer(a.acknowledgement('PUBCOMP', packet.packetIdentifier));
        return [];
      },
    }),
  },
  {
    name: 'lets one message more wait than it may',
    finding: /beyond the bound/,
    options: (options) => ({
      ...options,
      ...(options.queue && { queue: { ...options.queue, messages: options.queue.messages + 1 } }),
    }),
  },
  {
    name: 'lets one message less wait than it may',
    finding: /rejected without need: queueFull/,
    options: (options) => ({
      ...options,
      ...(options.queue && { queue: { ...options.queue, messages: options.queue.messages - 1 } }),
    }),
  },
  {
    name: 'settles before the server has acknowledged',
    finding: /before the server had it/,
    publish: (client, message) => {
      void client.publish(message).catch(() => undefined);
      return Promise.resolve({ reasonCode: 0, packetIdentifier: 0, properties: noProperties });
    },
  },
  {
    name: 'leaves timers behind',
    finding: /timers are left over/,
    clock: (clock) => ({
      now: () => clock.now(),
      schedule: (at, callback) => {
        clock.schedule(at + 1_000, () => undefined);
        return clock.schedule(at, callback);
      },
    }),
  },
  {
    name: 'sends what it has given up',
    finding: /after it had given it up/,
    publish: givesUpAndSends,
  },
  {
    name: 'says that a message is not kept, which arrives',
    finding: /rejected as not kept, but has arrived/,
    publish: givesUpAndSends,
  },
  {
    name: 'says that a message is kept and loses it',
    finding: /was kept, but has not arrived/,
    publish: () => Promise.reject(new ClientError({ kind: 'notConnected' }, true)),
  },
  {
    name: 'never ends disconnect()',
    finding: /promises are left over/,
    client: (client) => ({
      disconnect: (options) => {
        void client.disconnect(options);
        return new Promise(() => undefined);
      },
    }),
  },
  {
    name: 'ends disconnect() before its connection is closed',
    finding: /has disconnected and has a connection/,
    client: (client) => ({
      disconnect: (options) => {
        void client.disconnect(options);
        return Promise.resolve({});
      },
    }),
  },
  {
    name: 'goes on after dispose()',
    finding: /after it was disposed of/,
    client: () => ({ dispose: () => undefined }),
  },
  {
    name: 'does nothing on retry()',
    finding: /does not try again at once/,
    client: () => ({ retry: () => undefined }),
  },
  {
    name: 'tells the second listener of a state before the first',
    finding: /in another order/,
    client: (client) => ({ onDidChangeState: lastFirst(client) }),
  },
  {
    name: 'leaves out a state',
    finding: /which cannot follow/,
    client: (client) => ({
      onDidChangeState: (listener) =>
        client.onDidChangeState((state) => state.state === 'connecting' || listener(state)),
    }),
  },
  {
    name: 'does not say that it has disconnected',
    finding: /is disconnected and has said/,
    client: (client) => ({
      onDidChangeState: (listener) =>
        client.onDidChangeState((state) => state.state === 'disconnected' || listener(state)),
    }),
  },
];

import type { ControlPacket, Publish } from '../../../src/protocol/controlPacket';
import type { Misbehaviour } from '../misbehavingTransport';
import type { BrokerMutation } from './brokerWorld';

type Out = NonNullable<Misbehaviour['out']>;

/** Each PUBLISH becomes others. */
function each(change: (packet: Publish) => readonly Publish[]): Misbehaviour {
  return {
    out: (packets) =>
      packets.flatMap((packet): readonly ControlPacket[] =>
        packet.type === 'PUBLISH' ? change(packet) : [packet],
      ),
  };
}

const changed = (change: (packet: Publish) => Partial<Publish>) =>
  each((packet) => [{ ...packet, ...change(packet) }]);

const without = (type: ControlPacket['type']): Misbehaviour => ({
  out: (packets) => packets.filter((packet) => packet.type !== type),
});

/** The last of a write changes places with the one before. */
const reversed: Out = (packets) => {
  const meant = packets.filter(({ type }) => type === 'PUBLISH').reverse();
  return packets.map((packet) => (packet.type === 'PUBLISH' ? (meant.shift() ?? packet) : packet));
};

/** Ways in which a broker could be wrong that the simulation has to notice. */
export const brokerMutations: readonly BrokerMutation[] = [
  {
    name: 'sends again without DUP',
    finding: /again without DUP/,
    connection: () => changed(() => ({ dup: false })),
  },
  {
    name: 'sets DUP on what is new',
    finding: /for the first time with DUP/,
    connection: () => changed(({ qos }) => ({ dup: qos > 0 })),
  },
  {
    name: 'sends every message twice',
    finding: /twice on one connection/,
    connection: () => each((packet) => (packet.qos > 0 ? [packet, packet] : [packet])),
  },
  {
    name: 'loses a message now and then',
    finding: /where \d+ is next|has not got message|come to rest/,
    connection: () => {
      let count = 0;
      return each((packet) => (packet.qos > 0 && ++count % 3 === 0 ? [] : [packet]));
    },
  },
  { name: 'changes the order', finding: /is next \[MQTT-4\.6\.0-6\]/, connection: () => ({ out: reversed }) },
  {
    name: 'uses one Packet Identifier for everything',
    finding: /twice on one connection|which has it/,
    connection: () => changed(({ qos }) => ({ packetIdentifier: qos > 0 ? 1 : 0 })),
  },
  {
    name: 'does not take the time off that a message waited',
    finding: /s of (\d+|no) \[MQTT-3\.3\.2-6\]/,
    connection: () =>
      changed(({ properties }) => {
        const { messageExpiryInterval } = properties;
        if (messageExpiryInterval === undefined) return {};
        return { properties: { ...properties, messageExpiryInterval: messageExpiryInterval + 5 } };
      }),
  },
  {
    name: 'acknowledges what a disk that fails has not taken',
    finding: /was acknowledged, and is not there|which is not owed|which has it|taken twice/,
    lies: true,
  },
  {
    name: 'sends retained messages without RETAIN',
    finding: /other flags|which is not owed/,
    connection: () => changed(() => ({ retain: false })),
  },
  {
    name: 'names no subscriptions',
    finding: /Subscription Identifiers|which is not owed/,
    connection: () =>
      changed((packet) => {
        const properties = { ...packet.properties };
        delete properties.subscriptionIdentifiers;
        return { properties };
      }),
  },
  {
    name: 'sends a message to another topic',
    finding: /which is not owed/,
    connection: () => changed(({ topicName }) => (topicName === '' ? {} : { topicName: `${topicName}/x` })),
  },
  {
    name: 'does not acknowledge',
    finding: /come to rest|never settled/,
    connection: () => without('PUBACK'),
  },
  {
    name: 'completes nothing',
    finding: /come to rest|never settled/,
    connection: () => without('PUBCOMP'),
  },
  {
    name: 'loses QoS 0 without counting it',
    finding: /as dropped, where/,
    connection: () => {
      let count = 0;
      return each((packet) => (packet.qos === 0 && ++count % 3 === 0 ? [] : [packet]));
    },
  },
  {
    name: 'does not go on with an authentication',
    finding: /come to rest/,
    connection: () => without('AUTH'),
  },
  { name: 'releases nothing', finding: /come to rest/, connection: () => without('PUBREL') },
  {
    name: 'does not keep what it has received',
    finding: /which is not owed|where \d+ is next|times of/,
    keeps: (change) => change.kind !== 'message' || change.step.kind !== 'received',
  },
  {
    name: 'does not keep what was subscribed to',
    finding: /has not got message|where \d+ is next|come to rest|nobody of/,
    keeps: ({ kind }) => kind !== 'subscribed',
  },
  {
    name: 'does not keep that a retained message was replaced',
    finding: /which is not owed|has not got message|come to rest|is next/,
    keeps: ({ kind }) => kind !== 'retained',
  },
  {
    name: 'does not keep that a Session has ended',
    finding: /Session Present/,
    keeps: ({ kind }) => kind !== 'sessionEnded',
  },
];

import type {
  ClientOptions,
  ClientState,
  MessageToPublish,
  MqttClient,
  PublishOutcome,
} from '../../src/client/mqttClient';
import { ClientError } from '../../src/client/mqttClient';
import type { Clock } from '../../src/base/clock';
import type { ControlPacket, Publish } from '../../src/protocol/controlPacket';
import { a } from '../support/packets';
import type { SessionChange } from '../../src/session/sessionJournal';
import type { Misbehaviour } from './misbehavingTransport';

/** A way a client is wrong. */
export interface Mutation {
  readonly name: string;
  /** What finds it. */
  readonly finding: RegExp;
  /** Makes the fault of one connection. */
  readonly connection?: () => Misbehaviour;
  /** Which steps of its Session it tells its store. */
  readonly keeps?: (change: SessionChange) => boolean;
  readonly clock?: (clock: Clock) => Clock;
  /** What it is made with instead. */
  readonly options?: (options: ClientOptions) => ClientOptions;
  /** What a client does instead, where its application asks it for something else than to publish. */
  readonly client?: (client: MqttClient) => Partial<MqttClient>;
  readonly publish?: (client: MqttClient, message: MessageToPublish) => Promise<PublishOutcome> | undefined;
}

type Out = NonNullable<Misbehaviour['out']>;

type PacketOf<T extends ControlPacket['type']> = Extract<ControlPacket, { type: T }>;

/** Each packet of some type becomes others. */
export function each<T extends ControlPacket['type']>(
  type: T,
  change: (packet: PacketOf<T>) => readonly ControlPacket[],
): Out {
  return (packets) =>
    packets.flatMap((packet) => (packet.type === type ? change(packet as PacketOf<T>) : [packet]));
}

export const without = (type: ControlPacket['type']) => each(type, () => []);

export const changedPublish = (change: (packet: Publish) => Partial<Publish> | undefined) =>
  each('PUBLISH', (packet) => [{ ...packet, ...change(packet) }]);

/** The last of a type in a write changes places with the one before. */
export function swapped(isMeant: (packet: ControlPacket) => boolean): Out {
  return (packets) => {
    const meant = packets.filter(isMeant).reverse();
    return packets.map((packet) => (isMeant(packet) ? (meant.shift() ?? packet) : packet));
  };
}

/** A server announces nothing that limits the client, as that sees it. */
export const deafToLimits: NonNullable<Misbehaviour['in']> = (packet) =>
  packet.type === 'CONNACK' ? [{ ...packet, properties: {} }] : [packet];

/** Forgets which QoS 2 messages it has, as soon as one comes again. */
export function forgetful(): Misbehaviour {
  const swallowed = new Set<number>();
  return {
    in: (packet) => {
      if (packet.type !== 'PUBLISH' || packet.qos !== 2 || !packet.dup) return [packet];
      swallowed.add(packet.packetIdentifier);
      return [a.acknowledgement('PUBREL', packet.packetIdentifier), packet];
    },
    out: each('PUBCOMP', (packet) => (swallowed.delete(packet.packetIdentifier) ? [] : [packet])),
  };
}

/** Rejects at once, and publishes all the same. */
export function givesUpAndSends(client: MqttClient, message: MessageToPublish): Promise<PublishOutcome> {
  void client.publish(message).catch(() => undefined);
  return Promise.reject(new ClientError({ kind: 'notConnected' }));
}

/** What its listeners hear, the newest listener first. */
export function lastFirst(client: MqttClient): MqttClient['onDidChangeState'] {
  const listeners: ((state: ClientState) => void)[] = [];
  client.onDidChangeState((state) => listeners.forEach((listener) => listener(state)));
  return (listener) => {
    listeners.unshift(listener);
    return { dispose: () => undefined };
  };
}

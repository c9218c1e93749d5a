import { encode, PacketReader } from '../protocol/codec';
import type { KeptSubscription } from './sessionJournal';
import type { GrantedSubscription } from './sessionState';

/** The form in which a journal keeps a subscription. */
export function keptSubscription({
  subscription,
  properties,
  reasonCode,
}: GrantedSubscription): KeptSubscription {
  const { topicFilter } = subscription;
  const packet = encode(
    { type: 'SUBSCRIBE', packetIdentifier: 1, properties, subscriptions: [subscription] },
    5,
  );
  return { topicFilter, packet, reasonCode };
}

/** The subscription that was kept so; undefined where the bytes are none. Throws a ProtocolViolation where they are broken. */
export function grantedSubscription({
  packet: bytes,
  reasonCode,
}: KeptSubscription): GrantedSubscription | undefined {
  const packet = new PacketReader().read(bytes, 0, bytes.length, 5);
  if (packet.type !== 'SUBSCRIBE') return undefined;
  const [subscription] = packet.subscriptions;
  return subscription && { subscription, properties: packet.properties, reasonCode };
}

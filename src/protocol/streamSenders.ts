import type { Span } from '../base/spans';
import type { PacketType } from './controlPacket';
import { packetTypeNames } from './controlPacket';
import type { Conversation } from './conversation';
import type { Sender } from './dissectionContext';
import { contentStart } from './plain/contentStart';
import { Probe } from './probe';

const connectType = 1;
const publishType = 3;
const pubackType = 4;
const pubrelType = 6;
const pubcompType = 7;
const subscribeType = 8;

/** Table 2-1: who sends a type that only one side may send. */
export function senderOfType(type: number): Sender | undefined {
  if (type === connectType || type === subscribeType || type === 10 || type === 12) return 'client';
  if (type === 2 || type === 9 || type === 11 || type === 13) return 'server';
  return undefined;
}

const probe = new Probe();

/**
 * Who sent a packet that both sides may send, as far as the packets before it leave no doubt: what goes on in a session
 * that is new and has no subscription is begun by the client, only a server names subscriptions, and an acknowledgement
 * goes to the side that waits for it.
 */
export function likelySender(
  packet: Uint8Array,
  type: number,
  conversation: Conversation,
  subscribed: boolean,
): Sender | undefined {
  if (type === publishType) {
    const publish = conversation.currentVersion === 5 ? probe.packet(packet, 0, packet.length, 5) : undefined;
    if (publish?.type === 'PUBLISH' && publish.properties.subscriptionIdentifiers) return 'server';
    return conversation.isNewSession && !subscribed ? 'client' : undefined;
  }
  if (type < pubackType || type > pubcompType) return undefined;
  if (conversation.isNewSession && !subscribed) return type === pubrelType ? 'client' : 'server';
  const at = contentStart(packet, 0, packet.length);
  const packetIdentifier = ((packet[at] ?? 0) << 8) | (packet[at + 1] ?? 0);
  const waiting =
    at < 0 ? undefined : conversation.waitingFor(packetTypeNames[type] as PacketType, packetIdentifier);
  if (waiting === undefined || type === pubrelType) return waiting;
  return waiting === 'client' ? 'server' : 'client';
}

/** The side that everything comes from, where the types of the packets leave no doubt. */
export function onlySender(bytes: Uint8Array, packets: readonly Span[]): Sender | undefined {
  const senders = new Set(packets.map(({ start }) => senderOfType((bytes[start] as number) >> 4)));
  senders.delete(undefined);
  const [first, second] = senders;
  return second === undefined ? first : undefined;
}

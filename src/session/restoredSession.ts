import type { Publish } from '../protocol/controlPacket';
import { ProtocolViolation } from '../protocol/violations';
import { grantedSubscription } from './keptSubscription';
import { PublishMessage } from './publishMessage';
import type { KeptEntry, KeptSession } from './sessionJournal';
import { SessionState } from './sessionState';

/** What is known of a message that was kept: of one that the other side has taken (PUBREC) no more than that. */
export interface RestoredMessage {
  /** Of its packet, in bytes. */
  readonly size: number;
  readonly topicName: string | undefined;
}

/** Names the request that is going to hear of a message: a number above 0 that was never used before. */
export type TicketFor = (message: RestoredMessage) => number;

/** The Session a journal kept, and from here on notes for it; undefined where what it kept is broken. */
export function restoreSession(kept: KeptSession, ticketFor: TicketFor): SessionState | undefined {
  try {
    return restored(kept, ticketFor);
  } catch (error) {
    if (error instanceof ProtocolViolation) return undefined;
    throw error;
  }
}

function restored(kept: KeptSession, ticketFor: TicketFor): SessionState | undefined {
  const session = new SessionState();
  const { outbound } = session;
  session.hasBegun = kept.hasBegun;
  session.mustStartClean = kept.mustStartClean;
  // Before anybody is to hear of one of them: all can be read, or none counts.
  const readable: (readonly [Publish, KeptEntry])[] = [];
  for (const message of kept.messages) {
    const packet = PublishMessage.packetIn(message);
    if (packet === undefined) return undefined;
    readable.push([packet, message]);
  }
  for (const subscription of kept.subscriptions) {
    const granted = grantedSubscription(subscription);
    if (granted === undefined) return undefined;
    session.subscribed(granted);
  }
  const entries: [PublishMessage, number][] = [];
  for (const [packet, { entry, packetIdentifier, packet: bytes, acceptedAt }] of readable) {
    const ticket = ticketFor({ size: bytes.length, topicName: packet.topicName });
    const publish = new PublishMessage(packet, ticket, acceptedAt);
    if (packetIdentifier > 0) outbound.restore(packetIdentifier, publish);
    else outbound.enqueue(publish);
    entries.push([publish, entry]);
  }
  for (const packetIdentifier of kept.released) {
    outbound.restoreReleased(packetIdentifier, ticketFor({ size: 0, topicName: undefined }));
  }
  for (const packetIdentifier of kept.received) session.received.add(packetIdentifier);
  if (kept.isDoubted) session.doubtAll();
  // Only now: the journal has all of it.
  const changes = session.noteChanges(entries.at(-1)?.[1]);
  for (const [message, entry] of entries) changes.know(message, entry);
  return session;
}

import { PacketReader } from '../protocol/codec';
import type { Publish } from '../protocol/controlPacket';
import { ProtocolViolation } from '../protocol/violations';
import type { OutboundMessage } from '../session/inflightStore';
import type { KeptMessage } from '../session/sessionJournal';
import type { Clock } from '../base/clock';
import { unknownOrigin } from './accessControl';
import type { KeptBroker, KeptBrokerSession, KeptWill } from './brokerJournal';
import type { BrokerSession } from './brokerSession';
import type { Departures } from './departures';
import type { Exchange } from './exchange';
import { OutgoingPublish, RoutedMessage } from './routedMessage';
import type { SessionStore } from './sessionStore';
import type { StateKeeper } from './stateKeeper';

const reader = new PacketReader();

/** Where what was kept goes. */
interface Restored {
  readonly sessions: SessionStore;
  readonly exchange: Exchange;
  readonly keeper: StateKeeper;
  readonly departures: Departures;
  readonly clock: Clock;
}

/**
 * Takes up what a journal has kept, step by step: there may be a million messages. What was kept of one that cannot be read is
 * left out and counted.
 */
export class Restoration {
  unreadable = 0;
  private readonly steps: Iterator<void>;

  constructor(
    kept: KeptBroker,
    private readonly into: Restored,
  ) {
    this.steps = this.all(kept);
  }

  /** Does a little; returns whether that was all. */
  step(): boolean {
    return this.steps.next().done === true;
  }

  private *all({ retained, sessions }: KeptBroker): Generator<void, void> {
    const { exchange, departures, clock } = this.into;
    for (const [, message] of retained) {
      const packet = publishIn(message);
      if (packet) exchange.retained.set(new RoutedMessage(whole(packet), message.acceptedAt));
      else this.unreadable++;
      yield;
    }
    // All subscriptions come first: a message of a shared one may be for others than the Session it waits in (4.8.2).
    const restored: BrokerSession[] = [];
    for (const each of sessions) {
      const session = this.into.sessions.create(each.clientIdentifier);
      restored.push(session);
      yield* subscribe(session, each, exchange);
    }
    for (const [index, session] of restored.entries()) {
      const each = sessions[index];
      if (each) yield* this.fill(session, each);
    }
    // A will goes to whoever has subscribed.
    for (const session of restored) {
      departures.resume(session, clock.now());
      yield;
    }
  }

  private *fill(session: BrokerSession, kept: KeptBrokerSession): Generator<void, void> {
    const { exchange, keeper } = this.into;
    session.expiryInterval = kept.expiryInterval;
    session.leftAt = kept.leftAt;
    session.will = kept.will && willOf(kept.will);
    const { clientIdentifier, userName, isUserUnknown } = kept;
    if (!isUserUnknown) session.client = { clientIdentifier, userName, origin: unknownOrigin };
    const { outbound, received } = session.state;
    const entries: (readonly [OutboundMessage, number])[] = [];
    const waiting = new Map<string, number>();
    for (const message of kept.messages) {
      const packet = publishIn(message);
      if (!packet) {
        this.unreadable++;
        continue;
      }
      const { qos, retain, properties } = packet;
      const routed = new RoutedMessage(whole(packet), message.acceptedAt);
      const group = message.shared === undefined ? undefined : exchange.router.group(message.shared);
      const identifiers = properties.subscriptionIdentifiers ?? [];
      const outgoing = new OutgoingPublish(routed, qos, retain, identifiers, group);
      if (message.packetIdentifier > 0) outbound.restore(message.packetIdentifier, outgoing);
      else outbound.enqueue(outgoing);
      entries.push([outgoing, message.entry]);
      if (retain) waiting.set(packet.topicName, message.acceptedAt);
      yield;
    }
    for (const packetIdentifier of kept.released) outbound.restoreReleased(packetIdentifier, 0);
    for (const packetIdentifier of kept.received) received.add(packetIdentifier);
    keeper.restored(session, entries);
    for (const { topicFilter, qos, identifier, awaitsRetained } of kept.subscriptions) {
      const identifiers = identifier === 0 ? [] : [identifier];
      if (awaitsRetained) exchange.feedOf(session).restore(topicFilter, qos, identifiers, waiting);
    }
  }
}

function* subscribe(
  session: BrokerSession,
  kept: KeptBrokerSession,
  exchange: Exchange,
): Generator<void, void> {
  for (const { topicFilter, qos, noLocal, retainAsPublished, identifier } of kept.subscriptions) {
    const isShared = topicFilter.startsWith('$share/');
    exchange.router.subscribe(session, topicFilter, {
      ...{ qos, noLocal, retainAsPublished, isShared },
      identifier: identifier === 0 ? undefined : identifier,
    });
    yield;
  }
}

function publishIn({ packet: bytes }: Pick<KeptMessage, 'packet'>): Publish | undefined {
  try {
    const packet = reader.read(bytes, 0, bytes.length, 5);
    return packet.type === 'PUBLISH' ? packet : undefined;
  } catch (error) {
    if (error instanceof ProtocolViolation) return undefined;
    throw error;
  }
}

/** The message itself, without what belongs to one receiver. */
function whole(packet: Publish): Publish {
  const properties = { ...packet.properties };
  delete properties.subscriptionIdentifiers;
  return { ...packet, packetIdentifier: 0, properties };
}

function willOf({ packet: bytes, delay }: KeptWill): BrokerSession['will'] {
  const packet = publishIn({ packet: bytes });
  if (!packet) return undefined;
  const { topicName, payload, qos, retain, properties } = packet;
  return { topicName, payload, qos, retain, properties: { ...properties, willDelayInterval: delay } };
}

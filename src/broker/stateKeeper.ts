import { encode } from '../protocol/codec';
import type { WillMessage } from '../protocol/controlPacket';
import type { OutboundMessage } from '../session/inflightStore';
import { SessionChanges } from '../session/sessionChanges';
import type { KeptMessage, SessionChange } from '../session/sessionJournal';
import type { BrokerJournal, KeptBrokerSubscription, KeptSessionState, KeptWill } from './brokerJournal';
import type { BrokerSession, BrokerSubscription } from './brokerSession';
import type { RoutedMessage } from './routedMessage';

/** Tells a journal what becomes of Sessions and retained messages; without one it does nothing. */
export class StateKeeper {
  /** Sessions the journal knows. */
  private readonly known = new WeakSet<BrokerSession>();

  constructor(private readonly journal: BrokerJournal | undefined) {}

  /** A Session began, was taken up or left; one that ends with its connection is kept for its will alone, if for anything. */
  changed(session: BrokerSession): void {
    const { journal } = this;
    if (!journal) return;
    const { clientIdentifier, expiryInterval, will } = session;
    if (expiryInterval === 0 && !will) return this.ended(session);
    this.known.add(session);
    journal.record({ kind: 'session', session: keptSessionState(session) });
    if (expiryInterval > 0 && !session.state.changes) {
      session.state.noteIn(new JournalledChanges(journal, clientIdentifier));
      for (const [topicFilter, subscription] of session.subscriptions) {
        this.subscribed(session, topicFilter, subscription);
      }
    }
  }

  /** A Session that the journal has. @param entries its messages and their entries */
  restored(session: BrokerSession, entries: readonly (readonly [OutboundMessage, number])[]): void {
    if (!this.journal) return;
    this.known.add(session);
    if (session.expiryInterval === 0) return;
    const last = entries.at(-1)?.[1];
    const changes = session.state.noteIn(new JournalledChanges(this.journal, session.clientIdentifier, last));
    for (const [message, entry] of entries) changes.know(message, entry);
  }

  ended(session: BrokerSession): void {
    if (!this.known.delete(session)) return;
    session.state.outbound.changes = undefined;
    session.state.received.changes = undefined;
    this.journal?.record({ kind: 'sessionEnded', clientIdentifier: session.clientIdentifier });
  }

  subscribed(session: BrokerSession, topicFilter: string, subscription: BrokerSubscription): void {
    if (!this.keepsAll(session)) return;
    this.journal?.record({
      kind: 'subscribed',
      clientIdentifier: session.clientIdentifier,
      subscription: keptSubscription(session, topicFilter, subscription),
    });
  }

  /** All retained messages that a subscription was to get are in the Session. */
  fed(session: BrokerSession, topicFilter: string): void {
    const subscription = session.subscriptions.get(topicFilter);
    if (subscription) this.subscribed(session, topicFilter, subscription);
  }

  unsubscribed(session: BrokerSession, topicFilter: string): void {
    if (!this.keepsAll(session)) return;
    this.journal?.record({ kind: 'unsubscribed', clientIdentifier: session.clientIdentifier, topicFilter });
  }

  retained(message: RoutedMessage): void {
    if (!this.journal) return;
    const { topicName } = message.packet;
    this.journal.record({ kind: 'retained', topicName, message: keptRetained(message) });
  }

  retainedRemoved(topicName: string): void {
    this.journal?.record({ kind: 'retainedRemoved', topicName });
  }

  private keepsAll(session: BrokerSession): boolean {
    return session.expiryInterval > 0 && this.known.has(session);
  }
}

/** The steps of one Session's messages, which a journal hears of at once. */
class JournalledChanges extends SessionChanges {
  constructor(
    private readonly journal: BrokerJournal,
    private readonly clientIdentifier: string,
    last?: number,
  ) {
    super(last);
  }

  protected override note(step: SessionChange): void {
    switch (step.kind) {
      case 'added':
      case 'sent':
      case 'forgotten':
      case 'released':
      case 'completed':
      case 'received':
      case 'receivedReleased':
        this.journal.record({ kind: 'message', clientIdentifier: this.clientIdentifier, step });
        break;
      default:
        break; // A client's alone.
    }
  }
}

export function keptSessionState(session: BrokerSession): KeptSessionState {
  const { clientIdentifier, client, expiryInterval, leftAt, will } = session;
  return {
    ...{ clientIdentifier, userName: client?.userName, expiryInterval, leftAt },
    ...(client === undefined && { isUserUnknown: true }),
    will: will && keptWill(will),
  };
}

export function keptSubscription(
  { retainedFeed }: BrokerSession,
  topicFilter: string,
  { qos, noLocal, retainAsPublished, identifier = 0 }: BrokerSubscription,
): KeptBrokerSubscription {
  const awaitsRetained = retainedFeed?.keptFor(topicFilter) === true;
  return { topicFilter, qos, noLocal, retainAsPublished, identifier, awaitsRetained };
}

export function keptRetained(message: RoutedMessage): KeptMessage {
  return message.alone(message.packet.qos, true, []).kept();
}

function keptWill({ topicName, payload, qos, retain, properties }: WillMessage): KeptWill {
  const { willDelayInterval = 0, ...rest } = properties;
  const packet = {
    type: 'PUBLISH',
    dup: false,
    packetIdentifier: qos === 0 ? 0 : 1,
    topicName,
    payload,
  } as const;
  return { packet: encode({ ...packet, qos, retain, properties: rest }, 5), delay: willDelayInterval };
}

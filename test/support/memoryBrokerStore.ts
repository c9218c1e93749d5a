import type {
  BrokerChange,
  KeptBroker,
  KeptBrokerSubscription,
  KeptSessionState,
  MessageStep,
} from '../../src/broker/brokerJournal';
import type { KeptEntry, KeptMessage } from '../../src/session/sessionJournal';

interface Session {
  state: KeptSessionState;
  readonly subscriptions: Map<string, KeptBrokerSubscription>;
  messages: KeptEntry[];
  released: number[];
  received: number[];
}

/** What the steps of a broker lead to, by the words of its port and without a database. */
export class MemoryBrokerStore {
  private readonly sessions = new Map<string, Session>();
  private readonly retained = new Map<string, KeptMessage>();

  /** Sorted, so that two can be compared. */
  get kept(): KeptBroker {
    return sortedBroker({
      sessions: [...this.sessions.values()].map(({ state, subscriptions, ...rest }) => ({
        ...state,
        ...rest,
        subscriptions: [...subscriptions.values()],
      })),
      retained: [...this.retained],
    });
  }

  session(clientIdentifier: string): Session | undefined {
    return this.sessions.get(clientIdentifier);
  }

  record(change: BrokerChange): void {
    switch (change.kind) {
      case 'session': {
        const { clientIdentifier } = change.session;
        const known = this.sessions.get(clientIdentifier);
        if (known) known.state = change.session;
        else {
          const nothing = { subscriptions: new Map(), messages: [], released: [], received: [] };
          this.sessions.set(clientIdentifier, { state: change.session, ...nothing });
        }
        break;
      }
      case 'sessionEnded':
        this.sessions.delete(change.clientIdentifier);
        break;
      case 'subscribed':
        this.owner(change).subscriptions.set(change.subscription.topicFilter, change.subscription);
        break;
      case 'unsubscribed':
        this.owner(change).subscriptions.delete(change.topicFilter);
        break;
      case 'message':
        applyStep(this.owner(change), change.step);
        break;
      case 'retained':
        this.retained.set(change.topicName, change.message);
        break;
      case 'retainedRemoved':
        this.retained.delete(change.topicName);
        break;
    }
  }

  private owner({ clientIdentifier }: { readonly clientIdentifier: string }): Session {
    const session = this.sessions.get(clientIdentifier);
    if (!session) throw new Error(`no Session of ${clientIdentifier}`);
    return session;
  }
}

function applyStep(session: Session, step: MessageStep): void {
  switch (step.kind) {
    case 'added':
      session.messages.push(step.message);
      break;
    case 'sent':
      session.messages = session.messages.map((message) =>
        message.entry === step.entry ? { ...message, packetIdentifier: step.packetIdentifier } : message,
      );
      break;
    case 'forgotten':
      session.messages = session.messages.filter(({ entry }) => entry !== step.entry);
      break;
    case 'released':
    case 'completed':
      session.messages = session.messages.filter(
        ({ packetIdentifier }) => packetIdentifier !== step.packetIdentifier,
      );
      session.released = session.released.filter((identifier) => identifier !== step.packetIdentifier);
      if (step.kind === 'released') session.released.push(step.packetIdentifier);
      break;
    case 'received':
      if (!session.received.includes(step.packetIdentifier)) session.received.push(step.packetIdentifier);
      break;
    case 'receivedReleased':
      session.received = session.received.filter((identifier) => identifier !== step.packetIdentifier);
      break;
  }
}

export function sortedBroker({ sessions, retained }: KeptBroker): KeptBroker {
  const byText = (one: string, other: string) => (one < other ? -1 : 1);
  return {
    sessions: [...sessions]
      .map((session) => ({
        ...session,
        subscriptions: [...session.subscriptions].sort((a, b) => byText(a.topicFilter, b.topicFilter)),
        messages: [...session.messages].sort((a, b) => a.entry - b.entry),
        received: [...session.received].sort((a, b) => a - b),
      }))
      .sort((a, b) => byText(a.clientIdentifier, b.clientIdentifier)),
    retained: [...retained].sort(([a], [b]) => byText(a, b)),
  };
}

import type { KeptEntry, KeptMessage } from '../session/sessionJournal';
import type { OutboundMessage } from '../session/inflightStore';
import type { BrokerJournal, KeptBroker, KeptBrokerSession } from './brokerJournal';
import type { BrokerSession } from './brokerSession';
import type { RetainedStore } from './retainedStore';
import type { SessionStore } from './sessionStore';
import { keptRetained, keptSessionState, keptSubscription } from './stateKeeper';

/** What a broker has that outlives it, as a journal would have kept it: for the broker that comes after it. */
export function carriedState(sessions: SessionStore, retained: RetainedStore): KeptBroker {
  return {
    sessions: Array.from(sessions.all(), carriedSession),
    retained: retained
      .all()
      .filter(({ packet }) => !packet.topicName.startsWith('$SYS/'))
      .map((message) => [message.packet.topicName, keptRetained(message)] as const),
  };
}

function carriedSession(session: BrokerSession): KeptBrokerSession {
  const { outbound, received } = session.state;
  const messages: KeptEntry[] = [];
  const add = (message: OutboundMessage, packetIdentifier: number) => {
    const kept: KeptMessage | undefined = message.kept?.();
    if (kept) messages.push({ entry: messages.length + 1, packetIdentifier, ...kept });
  };
  for (const [packetIdentifier, message] of outbound.unacknowledged) add(message, packetIdentifier);
  for (const message of outbound.queue) add(message, 0);
  return {
    ...keptSessionState(session),
    subscriptions: Array.from(session.subscriptions, ([topicFilter, subscription]) =>
      keptSubscription(session, topicFilter, subscription),
    ),
    messages,
    released: [...outbound.released.keys()],
    received: [...received],
  };
}

/**
 * A journal that begins with what the broker before had, which kept none: it replaces what an earlier one has kept of the same
 * Sessions and topics.
 */
export function journalFrom(journal: BrokerJournal, carried: KeptBroker): BrokerJournal {
  const before = journal.kept;
  const known = new Set(carried.sessions.map(({ clientIdentifier }) => clientIdentifier));
  const topics = new Set(carried.retained.map(([topicName]) => topicName));
  for (const { clientIdentifier } of before.sessions) {
    if (known.has(clientIdentifier)) journal.record({ kind: 'sessionEnded', clientIdentifier });
  }
  for (const session of carried.sessions) recordSession(journal, session);
  for (const [topicName, message] of carried.retained)
    journal.record({ kind: 'retained', topicName, message });
  const kept: KeptBroker = {
    sessions: [...before.sessions.filter((each) => !known.has(each.clientIdentifier)), ...carried.sessions],
    retained: [...before.retained.filter(([topicName]) => !topics.has(topicName)), ...carried.retained],
  };
  return {
    kept,
    record: (change) => journal.record(change),
    whenSafe: (done) => journal.whenSafe(done),
    close: () => journal.close(),
  };
}

function recordSession(journal: BrokerJournal, session: KeptBrokerSession): void {
  const { clientIdentifier, userName, expiryInterval, leftAt, will } = session;
  journal.record({ kind: 'session', session: { clientIdentifier, userName, expiryInterval, leftAt, will } });
  for (const subscription of session.subscriptions) {
    journal.record({ kind: 'subscribed', clientIdentifier, subscription });
  }
  for (const message of session.messages) {
    journal.record({ kind: 'message', clientIdentifier, step: { kind: 'added', message } });
  }
  for (const packetIdentifier of session.released) {
    journal.record({ kind: 'message', clientIdentifier, step: { kind: 'released', packetIdentifier } });
  }
  for (const packetIdentifier of session.received) {
    journal.record({ kind: 'message', clientIdentifier, step: { kind: 'received', packetIdentifier } });
  }
}

import { inSlices, type Pace } from '../base/slices';
import type { OutboundMessage } from '../session/inflightStore';
import type { KeptEntry, KeptMessage } from '../session/sessionJournal';
import type { BrokerChange, BrokerJournal, KeptBroker, KeptBrokerSession } from './brokerJournal';
import type { BrokerSession } from './brokerSession';
import { isOfServer, type RetainedStore } from './retainedStore';
import type { SessionStore } from './sessionStore';
import { keptRetained, keptSessionState, keptSubscription } from './stateKeeper';

/** What a broker has that outlives it, as a journal would have kept it: for the broker that comes after it. */
export async function carriedState(
  sessions: SessionStore,
  retained: RetainedStore,
  pace: Pace,
): Promise<KeptBroker> {
  const kept = { sessions: [] as KeptBrokerSession[], retained: [] as KeptBroker['retained'][number][] };
  function* carry(): Generator<void, void> {
    for (const session of sessions.all()) {
      const messages: KeptEntry[] = [];
      yield* carriedMessages(session, messages);
      kept.sessions.push(carriedSession(session, messages));
      yield;
    }
    for (const message of retained.each()) {
      const topicName = message?.packet.topicName ?? '';
      if (message && !isOfServer(topicName)) kept.retained.push([topicName, keptRetained(message)]);
      yield;
    }
  }
  const steps = carry();
  await inSlices(() => steps.next().done === true, { pace });
  return kept;
}

function* carriedMessages(session: BrokerSession, into: KeptEntry[]): Generator<void, void> {
  const { unacknowledged, queue } = session.state.outbound;
  const take = (packetIdentifier: number, message: OutboundMessage): void => {
    const kept: KeptMessage | undefined = message.kept?.();
    if (kept) into.push({ entry: into.length + 1, packetIdentifier, ...kept });
  };
  // Both as they are now: what is in the one may be in the other after a rest.
  const waiting = [...queue];
  for (const [packetIdentifier, message] of [...unacknowledged]) {
    take(packetIdentifier, message);
    yield;
  }
  for (const message of waiting) {
    take(0, message);
    yield;
  }
}

function carriedSession(session: BrokerSession, messages: readonly KeptEntry[]): KeptBrokerSession {
  const { outbound, received } = session.state;
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

/** How many steps a journal gets at once; each such batch is a transaction. */
const stepsTogether = 200;

/**
 * A journal that begins with what the broker before had, which kept none: it replaces what an earlier one has kept of the same
 * Sessions and topics. Where that
 * fails, be it that nothing is carried after all, the journal is closed.
 */
export async function journalFrom(
  journal: BrokerJournal,
  carried: KeptBroker | Promise<KeptBroker>,
  pace: Pace,
): Promise<BrokerJournal> {
  try {
    return await beginning(journal, await carried, pace);
  } catch (error) {
    await journal.close();
    throw error;
  }
}

async function beginning(journal: BrokerJournal, carried: KeptBroker, pace: Pace): Promise<BrokerJournal> {
  const before = journal.kept;
  const known = new Set(carried.sessions.map(({ clientIdentifier }) => clientIdentifier));
  const topics = new Set(carried.retained.map(([topicName]) => topicName));
  let steps = 0;
  for (const change of changesTo(before, carried, known)) {
    journal.record(change);
    if (++steps % stepsTogether > 0) continue;
    // What cannot be kept now is tried again with what follows, and told there.
    await new Promise<boolean>((resolve) => journal.whenSafe(resolve));
    await pace.rest();
  }
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

/** @param known the Client Identifiers of the Sessions that are carried */
function* changesTo(
  before: KeptBroker,
  carried: KeptBroker,
  known: ReadonlySet<string>,
): Generator<BrokerChange, void> {
  for (const { clientIdentifier } of before.sessions) {
    if (known.has(clientIdentifier)) yield { kind: 'sessionEnded', clientIdentifier };
  }
  for (const session of carried.sessions) yield* changesOf(session);
  for (const [topicName, message] of carried.retained) yield { kind: 'retained', topicName, message };
}

function* changesOf(session: KeptBrokerSession): Generator<BrokerChange, void> {
  const { subscriptions, messages, released, received, ...state } = session;
  const { clientIdentifier } = state;
  yield { kind: 'session', session: state };
  for (const subscription of subscriptions) {
    yield { kind: 'subscribed', clientIdentifier, subscription };
  }
  for (const message of messages) {
    yield { kind: 'message', clientIdentifier, step: { kind: 'added', message } };
  }
  for (const packetIdentifier of released) {
    yield { kind: 'message', clientIdentifier, step: { kind: 'released', packetIdentifier } };
  }
  for (const packetIdentifier of received) {
    yield { kind: 'message', clientIdentifier, step: { kind: 'received', packetIdentifier } };
  }
}

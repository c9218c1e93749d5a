import type { ProtocolVersion, QoS } from '../../../src/protocol/controlPacket';
import { topicMatches } from '../../../src/protocol/topics';
import type { Transport } from '../../../src/session/effects';
import type { Chance } from '../chance';
import type { PlannedMessage } from '../messages';
import type { Observer } from '../observer';
import type { Timeline } from '../timeline';
import { ServerConversation } from './serverConversation';
import type { ServerPlan } from './serverPlan';
import { ServerRecord } from './serverRecord';
import { ServerSession } from './serverSession';

export interface ServerWorld {
  readonly timeline: Timeline;
  readonly chance: Chance;
  readonly observer: Observer;
  readonly plan: ServerPlan;
  readonly version: ProtocolVersion;
}

/**
 * A server written down from the specification and for nothing but being right: no routing between clients, one list for
 * each session, no optimisation. It shares the codec with the client that is tested and nothing else.
 */
export class ScriptedServer {
  isUp = true;
  /** Nothing is refused or ignored any more: things are to come to an end. */
  isKind = false;
  private readonly sessions = new Map<string, ServerSession>();
  private readonly records = new Map<string, ServerRecord>();
  private readonly conversations = new Set<ServerConversation>();
  private limits: { readonly maximumQoS: QoS; readonly leastQoS: QoS } | undefined;

  constructor(readonly world: ServerWorld) {}

  accept(transport: Transport): void {
    const conversation = new ServerConversation(this, transport);
    this.conversations.add(conversation);
    conversation.start();
  }

  record(clientIdentifier: string): ServerRecord {
    const record = this.records.get(clientIdentifier) ?? new ServerRecord();
    this.records.set(clientIdentifier, record);
    return record;
  }

  session(clientIdentifier: string): ServerSession | undefined {
    return this.sessions.get(clientIdentifier);
  }

  conversation(clientIdentifier: string): ServerConversation | undefined {
    for (const each of this.conversations) if (each.clientIdentifier === clientIdentifier) return each;
    return undefined;
  }

  /** The session a CONNECT leads to, and whether it was there before (3.1.2.4). */
  openSession(clientIdentifier: string, cleanStart: boolean): { session: ServerSession; present: boolean } {
    const { timeline, observer } = this.world;
    const old = this.sessions.get(clientIdentifier);
    const hasExpired = old !== undefined && old.expiresAt <= timeline.now();
    if (hasExpired) observer.fault('session expired');
    if (old && !cleanStart && !hasExpired) return { session: old, present: true };
    this.endSession(clientIdentifier);
    const session = new ServerSession(++this.record(clientIdentifier).epochs);
    this.sessions.set(clientIdentifier, session);
    return { session, present: false };
  }

  endSession(clientIdentifier: string): void {
    const session = this.sessions.get(clientIdentifier);
    if (!session) return;
    this.record(clientIdentifier).lostEpochs.add(session.epoch);
    this.sessions.delete(clientIdentifier);
  }

  /** Publishes to one client, where it has subscribed to that. */
  publish(clientIdentifier: string, message: PlannedMessage): void {
    const { observer } = this.world;
    const session = this.sessions.get(clientIdentifier);
    const matching = [...(session?.subscriptions ?? [])].filter(([filter]) =>
      topicMatches(filter, message.topicName),
    );
    if (!this.isUp || !session || matching.length === 0) return;
    const granted = matching.reduce<QoS>((most, [, { qos }]) => (qos > most ? qos : most), 0);
    const qos = granted < message.qos ? granted : message.qos;
    const conversation = this.conversation(clientIdentifier);
    // Nobody keeps these for a client that is away.
    if (qos === 0 && !conversation) return;
    observer.note(() => `server publishes ${message.number} to ${message.topicName}, QoS ${qos}`);
    const subscriptionIdentifiers = matching.flatMap(([, { subscriptionIdentifier }]) =>
      subscriptionIdentifier === undefined ? [] : [subscriptionIdentifier],
    );
    session.owed.push({ message, qos, subscriptionIdentifiers, state: 'waiting', packetIdentifier: 0 });
    this.record(clientIdentifier).routed.set(message.number, {
      ...{ message, qos, epoch: session.epoch },
      ...{ isComplete: false, isTooLarge: false, wasSent: false },
    });
    conversation?.send();
  }

  /** What it takes now, and the least it took at any time. */
  get takes(): { readonly maximumQoS: QoS; readonly leastQoS: QoS } {
    const { maximumQoS } = this.world.plan;
    return this.limits ?? { maximumQoS, leastQoS: maximumQoS };
  }

  /**
   * Ends every connection without a word and is gone for a while; nobody is let in meanwhile.
   * @param maximumQoS what it takes from then on, where that is something else
   */
  restart(keepsSessions: boolean, milliseconds: number, maximumQoS?: QoS): void {
    const { observer, timeline } = this.world;
    if (maximumQoS !== undefined) {
      observer.fault('other limits');
      const { leastQoS } = this.takes;
      this.limits = { maximumQoS, leastQoS: maximumQoS < leastQoS ? maximumQoS : leastQoS };
    }
    observer.fault(keepsSessions ? 'server restart' : 'server restart without sessions');
    this.isUp = false;
    for (const conversation of [...this.conversations]) conversation.breakOff();
    if (!keepsSessions) for (const identifier of [...this.sessions.keys()]) this.endSession(identifier);
    timeline.after('server', milliseconds, () => (this.isUp = true));
  }

  /** Ends every connection in order, in 5.0 with a DISCONNECT that says why. */
  sayGoodbye(reasonCode: number): void {
    this.world.observer.fault('server said goodbye');
    for (const conversation of [...this.conversations]) conversation.sayGoodbye(reasonCode);
  }

  forget(conversation: ServerConversation): void {
    this.conversations.delete(conversation);
  }
}

import { type Disposable, Emitter } from '../base/lifecycle';
import type { ProtocolVersion } from '../protocol/controlPacket';
import type { Violation } from '../protocol/violations';
import type { Mistake, ServerEnding } from '../session/serverContract';
import { type AdmittedClient, unknownOrigin } from './accessControl';
import type { BrokerConnection } from './brokerConnection';
import type { BrokerSession, QueueLimit } from './brokerSession';

/** Something of the broker itself broke while it served a client; the client was told 0x83 where there is a word for it. */
export interface BrokerFailure {
  /** Undefined where no CONNECT arrived, or no client is to blame. */
  readonly clientIdentifier: string | undefined;
  readonly peer: string;
  readonly error: unknown;
}

/** A client was let in. */
export interface ClientConnected {
  readonly clientIdentifier: string;
  readonly userName: string | undefined;
  readonly peer: string;
  /** The name of the listener it came in by. */
  readonly listener: string;
  readonly version: ProtocolVersion;
  readonly sessionPresent: boolean;
  /** Messages that found no room in its Session while it was away. */
  readonly droppedMessages: number;
}

/** Whose a connection is. */
export interface ConnectionOwner {
  /** Undefined where none of a CONNECT could be read, be that in order or not. */
  readonly clientIdentifier: string | undefined;
  /** Of a client that was not let in, what CONNECT says, and nobody has proved. */
  readonly userName: string | undefined;
  /** Undefined where no CONNECT arrived that is in order. */
  readonly version: ProtocolVersion | undefined;
  readonly peer: string;
  readonly listener: string;
}

/** A connection is over, whether or not its client was let in: `ending` says whether it was refused or broke a rule. */
export interface ConnectionEnded extends ConnectionOwner {
  readonly ending: ServerEnding;
  /** Messages that were not sent to this client because it was away or too slow for them, or took no packets that large. */
  readonly droppedMessages: number;
  /** How many packets of it were taken, the last of which may be what it ended on. */
  readonly receivedPackets: number;
}

/** A client came with an identifier that another connection was using, which was sent away. */
export interface SessionTakenOver {
  readonly clientIdentifier: string;
  readonly fromPeer: string;
  readonly byPeer: string;
  /** How often that has happened to this Session: two devices that fight over one identifier come to many soon. */
  readonly count: number;
}

/** Which limit it is that no more is retained for, or that there may be no further subscription for. */
export type RetainedLimit = 'retainedMessages' | 'retainedBytes';
export type SubscriptionLimit = 'subscriptionsPerSession' | 'subscriptionBytes';

/** What the broker may be told not to offer, by the name of that option. */
export type OptionalFeature =
  'retainAvailable' | 'wildcardSubscriptionAvailable' | 'sharedSubscriptionAvailable';

/**
 * Why a client may not do something: access control says so; the topic is the server's own; it has more levels than the limits
 * allow; there is as much retained as they allow, so that its message is routed and not retained; or as many subscriptions. Or
 * the broker does not offer it, which before 5.0 CONNACK cannot say; what was to be retained is routed then, too.
 */
export type DenialGround =
  | { readonly reason: 'rules' | 'serverTopic' | 'topicLevels' }
  | { readonly reason: 'unavailable'; readonly feature: OptionalFeature }
  | { readonly reason: 'retainedQuota'; readonly limit: RetainedLimit }
  | { readonly reason: 'subscriptionQuota'; readonly limit: SubscriptionLimit };

/** What a client is not let do. */
export type Denial = DenialGround & {
  readonly action: 'publish' | 'subscribe';
  /** The Topic Name or Topic Filter. */
  readonly topic: string;
};

/** A client was not let do something, which it cannot know where its version or its QoS has no answer for that. */
export type ActionDenied = Denial & {
  readonly clientIdentifier: string;
  readonly userName: string | undefined;
  readonly peer: string;
};

/** A client broke a rule of the protocol without which its connection goes on: what it did was answered, or ignored. */
export interface ClientMistaken {
  readonly clientIdentifier: string;
  readonly userName: string | undefined;
  readonly version: ProtocolVersion;
  readonly peer: string;
  /** The first, where it did the same several times at once. */
  readonly violation: Violation;
  /** How many times at once. */
  readonly count: number;
  /** Each of them. */
  readonly mistakes: SameMistakes;
}

/** What a client did wrong at once, all of one kind, in the order in which it did. */
export type SameMistakes = readonly [Mistake, ...Mistake[]];

/**
 * A QoS 1 or 2 message for a client that is away was dropped, since no more may wait for it. It is the first since the client
 * went: how many there are its status tells, and {@link ClientConnected} once it is back.
 */
export interface MessagesDropped {
  readonly clientIdentifier: string;
  /** That of its last connection, with where that came from. */
  readonly userName: string | undefined;
  readonly peer: string;
  /** The Topic Name of the message. */
  readonly topic: string;
  readonly limit: QueueLimit;
}

/** What a broker tells. */
export class BrokerEmitters implements Disposable {
  readonly connected = new Emitter<ClientConnected>();
  readonly disconnected = new Emitter<ConnectionEnded>();
  readonly failed = new Emitter<BrokerFailure>();
  readonly takenOver = new Emitter<SessionTakenOver>();
  readonly denied = new Emitter<ActionDenied>();
  readonly mistaken = new Emitter<ClientMistaken>();
  readonly dropped = new Emitter<MessagesDropped>();
  /** Somebody may listen. */
  hasBegun = false;

  fail({ session, connect, peer }: BrokerConnection, error: unknown): void {
    const clientIdentifier = session?.clientIdentifier ?? connect?.clientIdentifier;
    this.failed.fire({ clientIdentifier, peer, error });
  }

  mistake({ client, connect, peer }: BrokerConnection, mistakes: SameMistakes): void {
    if (!client || !connect) return;
    const { clientIdentifier, userName } = client;
    const version = connect.protocolVersion;
    const [{ violation }] = mistakes;
    const count = mistakes.length;
    this.mistaken.fire({ clientIdentifier, userName, version, peer, violation, count, mistakes });
  }

  deny({ clientIdentifier, userName, origin }: AdmittedClient, denial: Denial): void {
    const denied = { clientIdentifier, userName, peer: origin.peer, ...denial };
    this.onceHeard(() => this.denied.fire(denied));
  }

  drop({ clientIdentifier, client }: BrokerSession, topic: string, limit: QueueLimit): void {
    const { userName, origin = unknownOrigin } = client ?? {};
    const dropped = { clientIdentifier, userName, peer: origin.peer, topic, limit };
    this.onceHeard(() => this.dropped.fire(dropped));
  }

  dispose(): void {
    const { connected, disconnected, failed, takenOver, denied, mistaken, dropped } = this;
    for (const each of [connected, disconnected, failed, takenOver, denied, mistaken, dropped])
      each.dispose();
  }

  /** A will of before a restart may be what it is about, when nobody can listen yet. */
  private onceHeard(fire: () => void): void {
    if (this.hasBegun) fire();
    else void Promise.resolve().then(fire);
  }
}

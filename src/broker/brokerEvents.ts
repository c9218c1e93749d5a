import { type Disposable, Emitter } from '../base/lifecycle';
import type { ProtocolVersion } from '../protocol/controlPacket';
import type { Violation } from '../protocol/violations';
import type { Mistake, ServerEnding } from '../session/serverContract';
import type { AdmittedClient } from './accessControl';
import type { BrokerConnection } from './brokerConnection';

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
}

/** Whose a connection is. */
export interface ConnectionOwner {
  /** Undefined where no CONNECT arrived. */
  readonly clientIdentifier: string | undefined;
  /** Of a client that was not let in, what CONNECT says, and nobody has proved. */
  readonly userName: string | undefined;
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

/**
 * Why a client may not do something: access control says so; the topic is the server's own; it has more levels than the limits
 * allow; there are as many retained messages as they allow, so that its message is routed and not retained; or as many
 * subscriptions.
 */
export type DenialReason = 'rules' | 'serverTopic' | 'topicLevels' | 'retainedQuota' | 'subscriptionQuota';

/** What a client is not let do. */
export interface Denial {
  readonly action: 'publish' | 'subscribe';
  readonly reason: DenialReason;
  /** The Topic Name or Topic Filter. */
  readonly topic: string;
}

/** A client was not let do something, which it cannot know where its version or its QoS has no answer for that. */
export interface ActionDenied extends Denial {
  readonly clientIdentifier: string;
  readonly userName: string | undefined;
  readonly peer: string;
}

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

/** What a broker tells. */
export class BrokerEmitters implements Disposable {
  readonly connected = new Emitter<ClientConnected>();
  readonly disconnected = new Emitter<ConnectionEnded>();
  readonly failed = new Emitter<BrokerFailure>();
  readonly takenOver = new Emitter<SessionTakenOver>();
  readonly denied = new Emitter<ActionDenied>();
  readonly mistaken = new Emitter<ClientMistaken>();

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

  deny(client: AdmittedClient, { action, topic, reason }: Denial): void {
    const { clientIdentifier, userName, origin } = client;
    this.denied.fire({ clientIdentifier, userName, peer: origin.peer, action, topic, reason });
  }

  dispose(): void {
    const { connected, disconnected, failed, takenOver, denied, mistaken } = this;
    for (const each of [connected, disconnected, failed, takenOver, denied, mistaken]) each.dispose();
  }
}

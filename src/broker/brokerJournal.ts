import type { QoS } from '../protocol/controlPacket';
import type { KeptEntry, KeptMessage, SessionChange } from '../session/sessionJournal';

/** One subscription of a Session. */
export interface KeptBrokerSubscription {
  /** With `$share/name/` where it is shared. */
  readonly topicFilter: string;
  readonly qos: QoS;
  readonly noLocal: boolean;
  readonly retainAsPublished: boolean;
  /** The Subscription Identifier; 0 where there is none. */
  readonly identifier: number;
  /** Retained messages that it was granted with are still to come, which ones is not known: they come from the first on. */
  readonly awaitsRetained: boolean;
}

/** What a Session is besides its messages and subscriptions. */
export interface KeptSessionState {
  readonly clientIdentifier: string;
  /** Whom its client was let in as, for rules about its will and about what it gets; undefined where it had no user name. */
  readonly userName: string | undefined;
  /** It was kept before user names were, so that no rule about users can be asked until its client is back. */
  readonly isUserUnknown?: true;
  /** Seconds it is kept without a connection; 0xFFFFFFFF for ever, 0 for one that is kept for its will alone. */
  readonly expiryInterval: number;
  /** When its last connection ended, in milliseconds since the epoch; undefined while there is one. */
  readonly leftAt: number | undefined;
  /** The will that is due when the connection ends, or when its delay does. */
  readonly will: KeptWill | undefined;
}

export interface KeptWill {
  /** The PUBLISH it becomes, in the form of {@link KeptMessage}; its Message Expiry Interval begins when it is published. */
  readonly packet: Uint8Array;
  /** Seconds. */
  readonly delay: number;
}

/** The steps of a Session's messages; those that are a client's alone do not occur. */
export type MessageStep = Extract<
  SessionChange,
  {
    readonly kind:
      'added' | 'sent' | 'forgotten' | 'released' | 'completed' | 'received' | 'receivedReleased';
  }
>;

/**
 * One step of what a broker keeps. A message that goes to several Sessions is the same {@link KeptMessage.packet} in each of
 * their entries, the same array of bytes: a store may keep it once.
 */
export type BrokerChange =
  /** A Session began, was taken up, or left; it replaces what was kept under this identifier, apart from messages and subscriptions. */
  | { readonly kind: 'session'; readonly session: KeptSessionState }
  /** The Session is over, with all that belongs to it. */
  | { readonly kind: 'sessionEnded'; readonly clientIdentifier: string }
  /** Replaces a subscription with the same filter. */
  | {
      readonly kind: 'subscribed';
      readonly clientIdentifier: string;
      readonly subscription: KeptBrokerSubscription;
    }
  | { readonly kind: 'unsubscribed'; readonly clientIdentifier: string; readonly topicFilter: string }
  | { readonly kind: 'message'; readonly clientIdentifier: string; readonly step: MessageStep }
  /** Replaces the retained message of this Topic Name. */
  | { readonly kind: 'retained'; readonly topicName: string; readonly message: KeptMessage }
  | { readonly kind: 'retainedRemoved'; readonly topicName: string };

export interface KeptBrokerSession extends KeptSessionState {
  readonly subscriptions: readonly KeptBrokerSubscription[];
  /** In the order of their entries. */
  readonly messages: readonly KeptEntry[];
  /** Packet Identifiers whose PUBREL waits for PUBCOMP, in the order of the PUBRECs. */
  readonly released: readonly number[];
  /** Packet Identifiers of QoS 2 messages that were received and not released. */
  readonly received: readonly number[];
}

/** What is left of a broker when it begins. */
export interface KeptBroker {
  readonly sessions: readonly KeptBrokerSession[];
  /** By Topic Name. */
  readonly retained: readonly (readonly [topicName: string, message: KeptMessage])[];
}

/**
 * Keeps Sessions and retained messages over the end of the process. The broker tells it every step and writes nothing that
 * follows from a step before that is safe: no acknowledgement, and no PUBLISH whose Packet Identifier nobody would know.
 */
export interface BrokerJournal {
  /** What was kept when it was opened; read once. */
  readonly kept: KeptBroker;
  /** Notes a step. It need not be safe yet: what was noted in one turn may become safe together, in its order. */
  record(change: BrokerChange): void;
  /**
   * Calls back, never before it returns, once everything that was noted until now is safe: after the transaction of the
   * turn. With false where it could not be kept: connections end then without the bytes that wait, and the broker goes on
   * trying. Calls back in the order in which it was asked.
   */
  whenSafe(done: (isSafe: boolean) => void): void;
  /** Resolves when everything that was noted is safe, or cannot be kept, and the store is closed. */
  close(): Promise<void>;
}

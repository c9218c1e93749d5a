export type { SessionStoreFailure } from '../base/sessionStoreError';

/**
 * A message as it outlives the process: its PUBLISH in the form of 5.0 with Packet Identifier 1, which keeps everything
 * whatever version it is going to be sent in.
 */
export interface KeptMessage {
  readonly packet: Uint8Array;
  /** When it was handed over to be published, in milliseconds since the epoch: its Message Expiry Interval runs from there. */
  readonly acceptedAt: number;
  /** The shared subscription that a server sends it for, with `$share/name/`; absent where it is for none. */
  readonly shared?: string;
}

/** A message on its way out that the other side does not own yet. */
export interface KeptEntry extends KeptMessage {
  /** Above 0 and never used twice in a Session; messages are sent in the order of their entries. */
  readonly entry: number;
  /** 0 while it was never sent. */
  readonly packetIdentifier: number;
}

/** A subscription the server granted: a SUBSCRIBE of 5.0 with this filter alone and Packet Identifier 1, and its answer. */
export interface KeptSubscription {
  readonly topicFilter: string;
  readonly packet: Uint8Array;
  readonly reasonCode: number;
}

/** One step of a Session. All steps that one input gives rise to are one batch. */
export type SessionChange =
  /** Whether the server may have this Session, see `SessionState.hasBegun`. */
  | { readonly kind: 'begun'; readonly begun: boolean }
  /** The server has nothing any more of a Session that got lost on this side, see `SessionState.mustStartClean`. */
  | { readonly kind: 'startedClean' }
  /** Whether the server may have begun another Session without this side being told, see `SessionDoubt`. */
  | { readonly kind: 'doubted'; readonly doubted: boolean }
  /** Nothing of the Session is left, the subscriptions included. */
  | { readonly kind: 'cleared' }
  /** The server has lost the Session: what was sent waits to be sent anew, and nothing is released or received. */
  | { readonly kind: 'lost' }
  /** A message was queued, or sent at once. */
  | { readonly kind: 'added'; readonly message: KeptEntry }
  /** A queued message was sent. */
  | { readonly kind: 'sent'; readonly entry: number; readonly packetIdentifier: number }
  /** A queued message will not be sent: it has expired or breaks a rule, and that was told. */
  | { readonly kind: 'forgotten'; readonly entry: number }
  /** PUBREC has come: the other side owns the message, and PUBREL is on its way. */
  | { readonly kind: 'released'; readonly packetIdentifier: number }
  /** PUBACK, PUBCOMP or a refusal has come: the Packet Identifier is free. */
  | { readonly kind: 'completed'; readonly packetIdentifier: number }
  /** A QoS 2 message was received and handed on, and its PUBREC is on its way. */
  | { readonly kind: 'received'; readonly packetIdentifier: number }
  /** PUBREL has come for it. */
  | { readonly kind: 'receivedReleased'; readonly packetIdentifier: number }
  | { readonly kind: 'subscribed'; readonly subscription: KeptSubscription }
  | { readonly kind: 'unsubscribed'; readonly topicFilter: string };

/** What is left of a Session when its client begins. */
export interface KeptSession {
  readonly hasBegun: boolean;
  /** What was kept got lost, and the server may have its part still. */
  readonly mustStartClean: boolean;
  /** The server may have none of the subscriptions, nor know what was received. */
  readonly isDoubted: boolean;
  /** In the order of their entries. */
  readonly messages: readonly KeptEntry[];
  /** Packet Identifiers whose PUBREL waits for PUBCOMP, in the order of the PUBRECs. */
  readonly released: readonly number[];
  /** Packet Identifiers of QoS 2 messages that were received and not released. */
  readonly received: readonly number[];
  readonly subscriptions: readonly KeptSubscription[];
}

/** Keeps the Session of one client, and nobody else's until it is closed. */
export interface SessionJournal {
  /** What was kept when it was opened. */
  readonly kept: KeptSession;
  /**
   * Keeps a batch, all of it or nothing. The bytes that follow from it leave once this has returned, so what is told here
   * must be safe by then. Throws a {@link SessionStoreError}, after which the same batch comes again or nothing does.
   */
  record(changes: readonly SessionChange[]): void;
  /**
   * What was kept makes no sense: all of it goes aside, where a person may still look at it, and is told. This journal is
   * closed then; resolves with the one of a Session that has nothing and has to start clean. Rejects with a
   * {@link SessionStoreError}.
   * @param reason what is wrong, for people
   */
  setAside(reason: string): Promise<SessionJournal>;
  /** Lets another client have the Session. */
  close(): void;
}

/** Where the Sessions of clients are kept. */
export interface SessionStore {
  /** Rejects with a {@link SessionStoreError}. */
  open(): Promise<SessionJournal>;
}

import type { Violation } from '../../../protocol/violations';
import type { HandshakeKind, Moment, SeenDisconnect, SeenHandshake, Silence } from '../seen';

/** Times are in milliseconds since the Unix epoch. */
export interface TimelineConnection {
  /** Its number in the log. */
  readonly number: number;
  readonly name: string;
  readonly start: Moment;
  /** Undefined while it is open. */
  readonly end: Moment | undefined;
  readonly connect:
    { readonly sequence: number; readonly cleanStart: boolean; readonly sessionExpiry: number } | undefined;
  readonly connack:
    { readonly sequence: number; readonly reasonCode: number; readonly sessionPresent: boolean } | undefined;
  readonly disconnect: SeenDisconnect | undefined;
  readonly hasWill: boolean;
  /** The CONNECT of the same client that came while this one was open. */
  readonly takenOverBy: Moment | undefined;
  /** Seconds in force; 0 is off, undefined where nothing captured says it. */
  readonly keepAlive: number | undefined;
  /**
   * The longest time its client sent nothing, with when it ended and the packet that ended it, or the last one before it
   * where the connection ended first or is still silent: one and a half times the Keep Alive ends a connection.
   */
  readonly longestSilence: Silence | undefined;
}

/** Handshakes of one kind that began and ended in the same places of the picture. */
export interface TimelineHandshake {
  readonly kind: HandshakeKind;
  /** `resumed`: its connection ended first, and a later one of the session went on with it; `waiting`: no answer yet. */
  readonly outcome: Exclude<SeenHandshake['outcome'], 'repeated'> | 'resumed' | 'waiting';
  readonly start: number;
  readonly end: number;
  /** The packet that began the first of them. */
  readonly sequence: number;
  readonly count: number;
}

export type TimelineMarkKind = 'violation' | 'will' | 'takeover' | 'refused';

/** Things of one kind in the same place of the picture. */
export interface TimelineMark {
  readonly kind: TimelineMarkKind;
  readonly at: number;
  /** The packet of the first of them. */
  readonly sequence: number;
  readonly count: number;
  /** Of violations: that of the first, with what was found of at most 80 characters. */
  readonly violation: Violation | undefined;
}

/** One client. */
export interface TimelineLane {
  /** The same in each report. */
  readonly key: string;
  readonly label: string;
  /** The Client Identifiers it had, the newest first, and whether there were more than are told. */
  readonly identifiers: readonly string[];
  readonly moreIdentifiers: boolean;
  readonly connections: readonly TimelineConnection[];
  readonly handshakes: readonly TimelineHandshake[];
  readonly marks: readonly TimelineMark[];
  /** The most messages of QoS 1 and 2 in flight at once in each column of the picture. */
  readonly inFlight: readonly number[];
}

/** What part of the time is asked for, and how finely. */
export interface TimelineWindow {
  /** Both undefined: all of it. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  /** How many columns the picture has: what is in the same one is told as one. */
  readonly columns: number;
}

export interface TimelineReport {
  /** The times of the first and last packet that were read; both 0 where there is none. */
  readonly first: number;
  readonly last: number;
  /** The part of it that is told here. */
  readonly from: number;
  readonly to: number;
  readonly lanes: readonly TimelineLane[];
  /** How many clients there are beside these. */
  readonly omittedLanes: number;
}

import { assertNever } from '../base/assert';
import type { ProtocolVersion } from '../protocol/controlPacket';
import { looksLikeConnack } from '../session/connackDetection';
import type { ClientFailure } from './clientFailure';
import { transportCanHeal } from './transportHealing';

export interface ReconnectOptions {
  /**
   * `afterConnected`: once CONNACK has accepted, a connection that is lost is made again; the first one that cannot be made
   * is told and left at that. `always`: the first one is tried again too.
   */
  readonly when: 'afterConnected' | 'always';
  /** A number from 0 up to, but not including, 1. */
  readonly random: () => number;
  /** The longest the first attempt is waited for, in milliseconds; twice as long with each that fails. 1,000 if absent. */
  readonly firstDelay?: number;
  /** The longest any attempt is waited for, in milliseconds; 60,000 if absent. */
  readonly longestDelay?: number;
}

/** How the attempts went so far. */
export interface ReconnectHistory {
  /** Attempts since a connection was stable. */
  readonly attempts: number;
  /** How many connections in a row the server dropped without a word soon after it had accepted them. */
  readonly droppedSoon: number;
  /** When the server closed the last of them in order, in milliseconds since the epoch, with no failed attempt in between. */
  readonly closedSoonAt: readonly number[];
}

export const noAttempts: ReconnectHistory = { attempts: 0, droppedSoon: 0, closedSoonAt: [] };

export type ReconnectVerdict =
  /** Trying again would come to the same, or to a fight with somebody. */
  | { readonly kind: 'stop'; readonly failure: ClientFailure }
  | {
      readonly kind: 'retry';
      /** Milliseconds. */
      readonly delay: number;
      readonly history: ReconnectHistory;
      /** The pattern of another client with the same Client Identifier: before 5.0 no server can say so, and some do not later. */
      readonly suspicion?: 'takenOver';
    };

/** How long a connection has to hold until the next failure counts as the first, in milliseconds. */
const stableAfter = 60_000;
/** Within how many milliseconds a drop is `soon`, and how many of them make a suspicion. */
const soon = 10_000;
const suspicious = 3;
/** Within how many milliseconds as many that were closed in order are a fight, and no longer a suspicion alone. */
const fightingWithin = 60_000;

/**
 * What to do after a failure: exponential back-off with full jitter, so that the clients of a server that comes back do not
 * all come at once.
 * @param connectedFor for how many milliseconds the connection was up; undefined where it never was
 * @param version what the connection spoke, or would have
 * @param now milliseconds since the epoch
 */
export function afterFailure(
  failure: ClientFailure,
  connectedFor: number | undefined,
  version: ProtocolVersion,
  history: ReconnectHistory,
  options: ReconnectOptions,
  now: number,
): ReconnectVerdict {
  if (!canHeal(failure, version)) return { kind: 'stop', failure };
  const closedSoonAt = closedSoonAfter(failure, connectedFor, history, now);
  if (failure.kind === 'closedByServer' && isFight(closedSoonAt)) {
    return { kind: 'stop', failure: { ...failure, suspicion: 'takenOver' } };
  }
  const { firstDelay = 1_000, longestDelay = 60_000, random } = options;
  const attempts = connectedFor !== undefined && connectedFor >= stableAfter ? 0 : history.attempts;
  const droppedSoon = droppedSoonAfter(failure, connectedFor, history);
  // From the thirtieth on twice as long is no number to reckon with.
  const longest = Math.min(longestDelay, firstDelay * 2 ** Math.min(attempts, 30));
  return {
    kind: 'retry',
    delay: random() * longest,
    history: { attempts: attempts + 1, droppedSoon, closedSoonAt },
    ...(droppedSoon >= suspicious && { suspicion: 'takenOver' as const }),
  };
}

function droppedSoonAfter(
  failure: ClientFailure,
  connectedFor: number | undefined,
  { droppedSoon }: ReconnectHistory,
): number {
  // An attempt that got nowhere says nothing about those that did.
  if (connectedFor === undefined) return droppedSoon;
  const byServer =
    failure.kind === 'closedByServer' || (failure.kind === 'transport' && failure.failure.code === 'reset');
  return byServer && connectedFor <= soon ? droppedSoon + 1 : 0;
}

/**
 * A server that is taken over closes in order and takes the next connection gladly; a network that breaks resets or says
 * nothing, and a server that is restarted cannot be reached in between.
 */
function closedSoonAfter(
  failure: ClientFailure,
  connectedFor: number | undefined,
  { closedSoonAt }: ReconnectHistory,
  now: number,
): readonly number[] {
  if (failure.kind !== 'closedByServer' || failure.duringConnect) return [];
  if (connectedFor === undefined || connectedFor > soon) return [];
  return [...closedSoonAt, now].slice(-suspicious);
}

function isFight(closedSoonAt: readonly number[]): boolean {
  const [first = 0, ...others] = closedSoonAt;
  const last = others.at(-1) ?? Infinity;
  return closedSoonAt.length === suspicious && last - first <= fightingWithin;
}

/** Connect Return codes of 3.1 and 3.1.1 that stay (3.1.1: 3.2.2.3): version, identifier, credentials, authorization. */
const lastingReturnCodes: ReadonlySet<number> = new Set([1, 2, 4, 5]);

/**
 * Reason Codes of 5.0 that stay as they are (2.4): what was sent is wrong, who sent it is not wanted, or another server is
 * meant. The rest passes: busy, unavailable, quotas and rates, shutting down, and what has no better name.
 */
const lastingReasonCodes: ReadonlySet<number> = new Set([
  ...[0x81, 0x82, 0x84, 0x85, 0x86, 0x87, 0x8a, 0x8c, 0x8e, 0x8f],
  ...[0x90, 0x93, 0x94, 0x95, 0x98, 0x99, 0x9a, 0x9b, 0x9c, 0x9d, 0x9e, 0xa1, 0xa2],
]);

/** Whether a connection that failed so may come up if it is only tried again. */
export function canHeal(failure: ClientFailure, version: ProtocolVersion): boolean {
  switch (failure.kind) {
    case 'transport':
      return transportCanHeal(failure.failure);
    case 'refusedByServer':
      return !(failure.version === 5 ? lastingReasonCodes : lastingReturnCodes).has(failure.reasonCode);
    case 'disconnectedByServer':
      return !lastingReasonCodes.has(failure.reasonCode);
    case 'storeFailed':
      return failure.failure.code === 'inUse';
    case 'connackTimeout':
    case 'keepAliveTimeout':
    case 'closedByServer':
      return true;
    case 'authenticationFailed':
      return failure.problem.code === 'timedOut';
    // What may have become a CONNACK was perhaps one, and the connection broke in the middle of it.
    case 'notMqtt':
      return looksLikeConnack([...failure.firstBytes], version);
    case 'connectNotSendable':
    case 'connectUnencodable':
    case 'notDisconnected':
    case 'protocol':
    case 'sessionUnknown':
    case 'notConnected':
      return false;
    default:
      return assertNever(failure);
  }
}

/** Whether a server said no to the Client Identifier, in 5.0. */
export function refusesIdentifier(failure: ClientFailure): boolean {
  return failure.kind === 'refusedByServer' && failure.version === 5 && failure.reasonCode === 0x85;
}

/**
 * Whether a server said no to the version, and nothing else: in its own words, or in those of 3.1.1. One that closes
 * without a word may have many reasons, so that is not taken for one.
 */
export function refusesVersion(failure: ClientFailure): boolean {
  return failure.kind === 'refusedByServer' && failure.reasonCode === (failure.version === 5 ? 0x84 : 1);
}

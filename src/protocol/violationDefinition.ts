import type { PacketType } from './controlPacket';
import type { Sender } from './dissectionContext';

/**
 * `violation` breaks a rule of the specification, `deprecated` is allowed but discouraged, `suspicious` is allowed and
 * seldom meant.
 */
export type Severity = 'violation' | 'deprecated' | 'suspicious';

/** What a rule may have a clause of its own for: the type of the packet that breaks it, or the side that sent it. */
export type ClauseSubject = PacketType | Sender;

type ClausesBySubject = Partial<Readonly<Record<ClauseSubject, string>>>;

export interface ViolationDefinition {
  /** The conformance statement of 5.0, or the section where the rule has no number of its own. */
  readonly clause: string;
  /** The same for 3.1.1, where it differs. */
  readonly clause311?: string;
  /** Where the specification states the rule once for each packet type or side: the clauses of those, in 5.0. */
  readonly clauses?: ClausesBySubject;
  /** The same for 3.1.1. */
  readonly clauses311?: ClausesBySubject;
  /** The 5.0 Reason Code a peer answers with (4.13.1): 0x81 Malformed Packet, 0x82 Protocol Error or a closer one. */
  readonly reasonCode: number;
  readonly severity: Severity;
  /** The receiver may let it pass, so decoding does; dissection reports it all the same. */
  readonly tolerated?: true;
  /** One sentence of what is wrong; `{value}` is replaced by what was found. */
  readonly message: string;
  /** One sentence of what usually causes it in firmware. */
  readonly cause: string;
}

export const malformed = 0x81;
export const protocolError = 0x82;

/** A rule that is broken. */
export function violation(
  reasonCode: number,
  clause: string,
  message: string,
  cause: string,
  more: Partial<ViolationDefinition> = {},
): ViolationDefinition {
  return { clause, reasonCode, severity: 'violation', message, cause, ...more };
}

/** Something that is allowed and seldom meant; nobody is disconnected for it. */
export function suspicion(
  clause: string,
  message: string,
  cause: string,
  more: Partial<ViolationDefinition> = {},
): ViolationDefinition {
  return violation(0, clause, message, cause, { severity: 'suspicious', tolerated: true, ...more });
}

import { conversationCatalogue } from './conversationCatalogue';
import type { ProtocolVersion } from './controlPacket';
import type { Sender } from './dissectionContext';
import { packetCatalogue } from './packetCatalogue';
import type { ClauseSubject, Severity, ViolationDefinition } from './violationDefinition';
import { wireCatalogue } from './wireCatalogue';

export type { ClauseSubject, Severity, ViolationDefinition } from './violationDefinition';

const catalogue = { ...wireCatalogue, ...packetCatalogue, ...conversationCatalogue };

export type ViolationId = keyof typeof catalogue;

export const violationTable: Readonly<Record<ViolationId, ViolationDefinition>> = catalogue;

/** A broken rule at a place: `offset` is in bytes from the start of the packet. */
export interface Violation {
  readonly id: ViolationId;
  readonly offset: number;
  /** What was found, for the `{value}` of the message. */
  readonly value?: string | number;
  /** Chooses the clause, where each packet type or side has its own. */
  readonly subject?: ClauseSubject;
  /** The field in which it is, for readers of the message who do not see that. */
  readonly field?: string;
}

export function violationAt(
  id: ViolationId,
  offset: number,
  value?: string | number,
  subject?: ClauseSubject,
): Violation {
  return { id, offset, ...(value !== undefined && { value }), ...(subject !== undefined && { subject }) };
}

/** The violation of a side of the conversation, where each has a clause of its own and nothing chose one yet. */
export function violationOfSide(violation: Violation, side: Sender): Violation {
  if (violation.subject !== undefined) return violation;
  const { clauses, clauses311 } = violationTable[violation.id];
  const named = [clauses, clauses311].some((own) => own?.client !== undefined || own?.server !== undefined);
  return named ? { ...violation, subject: side } : violation;
}

/** Thrown by decoding and encoding for the first rule that is broken. */
export class ProtocolViolation extends Error {
  override readonly name = 'ProtocolViolation';

  constructor(readonly violation: Violation) {
    super(`${violation.id} at offset ${violation.offset}`);
  }

  /** The 5.0 Reason Code to answer with (4.13.1). */
  get reasonCode(): number {
    return violationTable[this.violation.id].reasonCode;
  }
}

export interface ViolationText {
  readonly message: string;
  readonly cause: string;
  readonly clause: string;
  readonly severity: Severity;
}

/** The clause of the version at hand that is broken; for 3.1, which has none, that of 3.1.1. */
export function clauseOf(
  { id, subject }: Pick<Violation, 'id' | 'subject'>,
  version: ProtocolVersion,
): string {
  const { clause, clauses, clause311 = clause, clauses311 } = violationTable[id];
  const own = version === 5 ? clauses : clauses311;
  return (subject && own?.[subject]) ?? (version === 5 ? clause : clause311);
}

/** A rule about any field names the one at hand. */
function inField(message: string, field: string): string {
  return message
    .replace(/\bthis field\b/, () => `the ${field}`)
    .replace(/^The string\b/, () => `The ${field}`)
    .replace(/^The length prefix\b/, () => `The length prefix of the ${field}`);
}

/** The violation in words, with the clause of the version at hand. Where it is, the reader of the words sees or is told. */
export function describeViolation(violation: Violation, version: ProtocolVersion): ViolationText {
  const { message, cause, severity } = violationTable[violation.id];
  const { field } = violation;
  const told = field === undefined ? message : inField(message, field);
  return {
    message: told
      .replace(/\{value\}/g, () => String(violation.value ?? ''))
      .replace('byte(s)', violation.value === 1 ? 'byte' : 'bytes'),
    cause,
    // 3.1 numbers no rules: what it shares with 3.1.1 has the numbers of that.
    clause: `${clauseOf(violation, version)}${version === 3 ? ' of 3.1.1' : ''}`,
    severity,
  };
}

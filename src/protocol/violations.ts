import { conversationCatalogue } from './conversationCatalogue';
import type { ProtocolVersion } from './controlPacket';
import { packetCatalogue } from './packetCatalogue';
import type { Severity, ViolationDefinition } from './violationDefinition';
import { wireCatalogue } from './wireCatalogue';

export type { Severity, ViolationDefinition } from './violationDefinition';

const catalogue = { ...wireCatalogue, ...packetCatalogue, ...conversationCatalogue };

export type ViolationId = keyof typeof catalogue;

export const violationTable: Readonly<Record<ViolationId, ViolationDefinition>> = catalogue;

/** A broken rule at a place: `offset` is in bytes from the start of the packet. */
export interface Violation {
  readonly id: ViolationId;
  readonly offset: number;
  /** What was found, for the `{value}` of the message. */
  readonly value?: string | number;
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

/** The violation in words, with the clause of the version at hand. */
export function describeViolation(violation: Violation, version: ProtocolVersion): ViolationText {
  const definition = violationTable[violation.id];
  return {
    message: definition.message.replace(/\{(value|offset)\}/g, (_, name) =>
      String((name === 'offset' ? violation.offset : violation.value) ?? ''),
    ),
    cause: definition.cause,
    clause: version === 5 ? definition.clause : (definition.clause311 ?? definition.clause),
    severity: definition.severity,
  };
}

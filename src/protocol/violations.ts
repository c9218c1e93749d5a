import type { ProtocolVersion } from './controlPacket';
import { conversationCatalogue } from './conversationCatalogue';
import { catalogue } from './violationCatalogue';

/**
 * `violation` breaks a rule of the specification, `deprecated` is allowed but discouraged, `suspicious` is allowed and
 * seldom meant.
 */
export type Severity = 'violation' | 'deprecated' | 'suspicious';

export interface ViolationDefinition {
  /** The conformance statement of 5.0, or the section where the rule has no number of its own. */
  readonly clause: string;
  /** The same for 3.1.1, where it differs. */
  readonly clause311?: string;
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

export type ViolationId = keyof typeof catalogue | keyof typeof conversationCatalogue;

export const violationTable: Readonly<Record<ViolationId, ViolationDefinition>> = {
  ...catalogue,
  ...conversationCatalogue,
};

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
    message: definition.message
      .replace('{value}', String(violation.value ?? ''))
      .replace('{offset}', String(violation.offset)),
    cause: definition.cause,
    clause: version === 5 ? definition.clause : (definition.clause311 ?? definition.clause),
    severity: definition.severity,
  };
}

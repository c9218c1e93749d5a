import { fieldsNamed, type ReadFields } from './fieldNodes';
import type { Violation, ViolationId } from './violations';

/** Which field rules are about that take what went before a packet, where they are about one. */
const fields: Partial<Readonly<Record<ViolationId, string>>> = {
  packetIdentifierInUse: 'Packet Identifier',
  acknowledgementUnmatched: 'Packet Identifier',
  receiveMaximumExceeded: 'Packet Identifier',
  acknowledgementOfOtherQos: 'Control Packet Type',
};

/** Whether a rule is one that a packet may break without showing it by itself. */
export function isRemarkable({ id }: Violation): boolean {
  return fields[id] !== undefined;
}

/**
 * What the receiver of a packet remarked on it, at the field it is about.
 * @param found what the packet shows by itself, and is not said again
 */
export function remarkedViolations(
  remarks: readonly Violation[],
  found: readonly Violation[],
  { fields: read }: Pick<ReadFields, 'fields'>,
): readonly Violation[] {
  return remarks
    .filter(({ id }) => found.every((each) => each.id !== id))
    .map((remark) => {
      const label = fields[remark.id];
      const field = label === undefined ? undefined : fieldsNamed(read, label)[0];
      return { ...remark, offset: field?.start ?? remark.offset };
    });
}

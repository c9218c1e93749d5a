import type { ControlPacket } from './controlPacket';
import { fieldsNamed, type ReadFields } from './fieldNodes';
import type { Violation, ViolationId } from './violations';

/** A rule that takes what went before a packet. */
interface RemarkableRule {
  /** Which field it is about. */
  readonly field: string;
  /** What a violation of it may have for a subject. */
  readonly subjects: readonly unknown[];
  /** And for a value; a Packet Identifier or another number of 1 to 65,535 unless it is one of these. */
  readonly values?: readonly unknown[];
}

const sides = [undefined, 'client', 'server'];
const acknowledgements = ['PUBACK', 'PUBREC', 'PUBREL', 'PUBCOMP', 'SUBACK', 'UNSUBACK'];

const rules: Partial<Readonly<Record<ViolationId, RemarkableRule>>> = {
  packetIdentifierInUse: { field: 'Packet Identifier', subjects: sides },
  acknowledgementUnmatched: { field: 'Packet Identifier', subjects: acknowledgements },
  receiveMaximumExceeded: { field: 'Packet Identifier', subjects: sides },
  acknowledgementOfOtherQos: { field: 'Control Packet Type', subjects: sides, values: acknowledgements },
};

/** Whether a rule is one that a packet may break without showing it by itself. */
export function isRemarkable({ id }: Pick<Violation, 'id'>): boolean {
  return rules[id] !== undefined;
}

/** What somebody says is such a violation, from parts of any kind; undefined where nobody can have found that. */
export function remarkOf(id: unknown, value: unknown, subject: unknown): Violation | undefined {
  if (typeof id !== 'string' || !Object.hasOwn(rules, id)) return undefined;
  const known = id as ViolationId;
  const rule = rules[known];
  if (!rule?.subjects.includes(subject) || !(rule.values?.includes(value) ?? isUint16(value)))
    return undefined;
  return {
    ...{ id: known, offset: 0, value: value as string | number },
    ...(subject !== undefined && { subject: subject as NonNullable<Violation['subject']> }),
  };
}

function isUint16(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) <= 0xffff;
}

/** Of which types a packet is that breaks a rule about what went before. */
function remarkedTypes({ id, value, subject }: Violation): readonly unknown[] {
  switch (id) {
    case 'packetIdentifierInUse':
      return ['PUBLISH', 'SUBSCRIBE', 'UNSUBSCRIBE'];
    case 'receiveMaximumExceeded':
      return ['PUBLISH'];
    default:
      return [typeof value === 'number' ? subject : value];
  }
}

/** Whether a packet is one that may break a rule about what went before so: of that type, with that Packet Identifier. */
export function isRemarkedOn(violation: Violation, packet: ControlPacket): boolean {
  const { id, value } = violation;
  const own = 'packetIdentifier' in packet ? packet.packetIdentifier : undefined;
  const isThatPacket =
    typeof value === 'number' && id !== 'receiveMaximumExceeded' ? own === value : own !== 0;
  return isThatPacket && remarkedTypes(violation).includes(packet.type);
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
      const label = rules[remark.id]?.field;
      const field = label === undefined ? undefined : fieldsNamed(read, label)[0];
      return { ...remark, offset: field?.start ?? remark.offset };
    });
}

import { readWholePacket } from './codec';
import type { ProtocolVersion } from './controlPacket';
import { ProtocolViolation } from './violations';
import type { Field, LengthField } from './wire';
import { WireReader } from './wireReader';

/** A reader that knows which field it is about to read: reading itself has no use for that. */
class NamingReader extends WireReader {
  field: Field | undefined;

  override uint8(field: Field, value: number): number {
    this.field = field;
    return super.uint8(field, value);
  }

  override uint16(field: Field, value: number): number {
    this.field = field;
    return super.uint16(field, value);
  }

  override uint32(field: Field, value: number): number {
    this.field = field;
    return super.uint32(field, value);
  }

  override variableByteInteger(field: Field, value: number): number {
    this.field = field;
    return super.variableByteInteger(field, value);
  }

  override utf8(field: Field, value: string): string {
    this.field = field;
    return super.utf8(field, value);
  }

  override topicName(field: Field, value: string): string {
    this.field = field;
    return super.topicName(field, value);
  }

  override topicFilter(field: Field, value: string): string {
    this.field = field;
    return super.topicFilter(field, value);
  }

  override binary(field: Field, value: Uint8Array): Uint8Array {
    this.field = field;
    return super.binary(field, value);
  }

  override beginLength(field: LengthField, expected: number): number {
    this.field = field;
    return super.beginLength(field, expected);
  }

  /** As the version of the packet calls it. */
  get fieldName(): string | undefined {
    const { field, version } = this;
    return version === 5 ? field?.name : (field?.name311 ?? field?.name);
  }
}

/**
 * The violation that reading the packet `bytes[start, end)` threw, with the field in which it stands; what else was thrown
 * as it is.
 */
export function withBrokenField(
  error: unknown,
  bytes: Uint8Array,
  start: number,
  end: number,
  version: ProtocolVersion,
): unknown {
  if (!(error instanceof ProtocolViolation)) return error;
  const reader = new NamingReader();
  try {
    readWholePacket(reader, bytes, start, end, version);
  } catch (again) {
    const { fieldName: field } = reader;
    const { violation } = error;
    const isSame = again instanceof ProtocolViolation && again.violation.id === violation.id;
    if (isSame && field !== undefined) return new ProtocolViolation({ ...violation, field });
  }
  return error;
}

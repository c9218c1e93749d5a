import { readWholePacket } from './codec';
import type { ProtocolVersion } from './controlPacket';
import { ProtocolViolation } from './violations';
import type { Field } from './wire';
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

  /** Of a string, of binary data. */
  protected override lengthPrefix(field: Field): number {
    this.field = field;
    return super.lengthPrefix(field);
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

import { expectBytes } from '../base/bytes';
import { utf8Length, writeUtf8 } from '../base/utf8';
import type { PacketType, ProtocolVersion } from './controlPacket';
import {
  maximumVariableByteInteger,
  OutputBuffer,
  putVariableByteInteger,
  variableByteIntegerLength,
} from './outputBuffer';
import type { Properties, PropertyDefinition, PropertyKey, PropertyScope } from './properties';
import { noProperties, propertyTable } from './properties';
import { propertyFields } from './propertyFields';
import { propertyStart, propertyStarts } from './propertyStarts';
import { checkResponseTopic } from './responseTopic';
import { isReasonCode } from './reasonCodes';
import { showHex } from './show';
import { topicFilterProblem } from './topics';
import type { ClauseSubject, ViolationId } from './violations';
import { ProtocolViolation, violationAt } from './violations';
import type { Field, LengthField, Wire } from './wire';

const maximumStringBytes = 65_535;

const propertiesByScope = new Map<PropertyScope, readonly PropertyDefinition[]>();
for (const definition of propertyTable) {
  for (const scope of Object.keys(definition.sections) as PropertyScope[]) {
    propertiesByScope.set(scope, [...(propertiesByScope.get(scope) ?? []), definition]);
  }
}

/**
 * Writes fields one after another into one growing buffer. The first broken rule is thrown as a
 * {@link ProtocolViolation}; its offset counts from the start of the packet as far as it was written.
 */
export class WireWriter extends OutputBuffer implements Wire {
  version: ProtocolVersion = 4;
  private origin = 0;
  /** Where the field written last starts. */
  fieldStart = 0;
  private octet = 0;

  startPacket(version: ProtocolVersion): void {
    this.version = version;
    this.origin = this.at;
  }

  /** Forgets the packet that was begun last. */
  abandonPacket(): void {
    this.cutTo(this.origin);
  }

  uint8(_field: Field, value: number): number {
    this.reserve(1);
    this.fits(value, 0xff);
    this.bytes[this.at++] = value;
    return value;
  }

  uint16(_field: Field, value: number): number {
    this.reserve(2);
    this.fits(value, 0xffff);
    this.put16(value);
    return value;
  }

  uint32(_field: Field, value: number): number {
    this.reserve(4);
    this.fits(value, 0xffffffff);
    this.put16(value >>> 16);
    this.put16(value & 0xffff);
    return value;
  }

  variableByteInteger(_field: Field, value: number): number {
    this.reserve(4);
    this.fits(value, maximumVariableByteInteger);
    this.at = putVariableByteInteger(this.bytes, this.at, value);
    return value;
  }

  utf8(_field: Field, value: string): string {
    const length = value.length;
    this.reserve(2 + length * 3);
    const { bytes } = this;
    const start = this.at + 2;
    for (let index = 0; index < length; index++) {
      const unit = value.charCodeAt(index);
      if (unit === 0 || unit >= 0x80) return this.unusualText(value);
      bytes[start + index] = unit;
    }
    return this.endText(value, start + length);
  }

  topicName(field: Field, value: string): string {
    const length = value.length;
    this.reserve(2 + length * 3);
    const { bytes } = this;
    const start = this.at + 2;
    for (let index = 0; index < length; index++) {
      const unit = value.charCodeAt(index);
      if (unit === 0x23 || unit === 0x2b) this.violate(field.wildcard ?? 'topicNameWildcard', value); // [MQTT-3.3.2-2]
      if (unit === 0 || unit >= 0x80) return this.unusualTopicName(field, value);
      bytes[start + index] = unit;
    }
    return this.endText(value, start + length);
  }

  topicFilter(field: Field, value: string): string {
    this.utf8(field, value);
    const problem = topicFilterProblem(value, this.version === 5);
    if (problem) this.violate(problem, value);
    return value;
  }

  binary(field: Field, value: Uint8Array): Uint8Array {
    expectBytes(value, field.name);
    this.reserve(2 + value.length);
    if (value.length > maximumStringBytes) this.violate('binaryTooLong', value.length);
    this.put16(value.length);
    this.append(value);
    return value;
  }

  rest(_field: Field, value: Uint8Array): Uint8Array {
    this.reserve(value.length);
    this.append(value);
    return value;
  }

  reasonCode(field: Field, packet: PacketType, value: number): number {
    this.uint8(field, value);
    if (!isReasonCode(value, packet, this.version)) {
      if (packet === 'SUBACK') this.violate('subackReturnCode', showHex(value));
      else this.violate('reasonCode', showHex(value), this.fieldStart, packet);
    }
    return value;
  }

  properties(scope: PropertyScope, value: Properties): Properties {
    if (this.version !== 5) return value;
    if (value === noProperties) {
      this.uint8(propertyFields.length, 0); // [MQTT-2.2.2-1]
      return value;
    }
    const mark = this.beginLength(propertyFields.length, 0);
    const kinds = this.propertiesByTable(scope, value);
    if (kinds !== Object.keys(value).length) this.propertyNotAllowed(scope, value);
    this.endLength(mark); // [MQTT-2.2.2-1]
    return value;
  }

  beginBits(_field: Field): void {
    this.reserve(1);
    this.fieldStart = this.at;
    this.octet = 0;
  }

  bits(_field: Field, high: number, low: number, value: number): number {
    this.fits(value, (2 << (high - low)) - 1);
    this.octet |= value << low;
    return value;
  }

  flag(_field: Field, bit: number, value: boolean): boolean {
    if (value) this.octet |= 1 << bit;
    return value;
  }

  endBits(): void {
    this.bytes[this.at++] = this.octet;
  }

  /** Leaves room for the length `expected` needs; the mark holds where, and how much. */
  beginLength(_field: LengthField, expected: number): number {
    const room = variableByteIntegerLength(expected);
    this.reserve(4);
    this.fieldStart = this.at;
    this.at += room;
    return this.at * 4 + (room - 1);
  }

  endLength(mark: number): void {
    const content = Math.floor(mark / 4);
    const room = (mark % 4) + 1;
    const length = this.at - content;
    this.fits(length, maximumVariableByteInteger);
    const needed = variableByteIntegerLength(length);
    if (needed !== room) {
      this.reserve(needed);
      this.bytes.copyWithin(content + needed - room, content, this.at);
      this.at += needed - room;
    }
    putVariableByteInteger(this.bytes, content - room, length);
  }

  more(wanted: boolean): boolean {
    return wanted;
  }

  enter(_field: Field): void {
    // Groups have no bytes of their own.
  }

  leave(): void {
    // Groups have no bytes of their own.
  }

  propertyStart(key: PropertyKey): number {
    return propertyStart(key);
  }

  violate(id: ViolationId, value?: string | number, at = this.fieldStart, subject?: ClauseSubject): void {
    throw new ProtocolViolation(violationAt(id, Math.max(0, at - this.origin), value, subject));
  }

  note(_id: ViolationId, _value?: string | number, _at?: number): void {
    // Allowed, so it is written.
  }

  /** Returns how many kinds of properties there were to write in this scope. */
  private propertiesByTable(scope: PropertyScope, value: Properties): number {
    let kinds = 0;
    for (const definition of propertiesByScope.get(scope) ?? []) {
      const content = value[definition.key];
      if (content === undefined) continue;
      this.property(scope, definition, content);
      kinds++;
    }
    return kinds;
  }

  private propertyNotAllowed(scope: PropertyScope, value: Properties): void {
    const stray = propertyTable.find(
      ({ key, sections }) => value[key] !== undefined && sections[scope] === undefined,
    );
    if (stray) this.violate('propertyNotAllowed', stray.name);
  }

  private property(
    scope: PropertyScope,
    definition: PropertyDefinition,
    content: NonNullable<Properties[keyof Properties]>,
  ): void {
    const { identifier, type, name, repeatable } = definition;
    const values = repeatable ? (content as readonly (number | readonly [string, string])[]) : [content];
    if (values.length > 1 && !repeatable?.includes(scope)) this.violate('duplicateProperty', name);
    for (const value of values) {
      const valueField = propertyFields.value(definition, scope);
      propertyStarts[identifier] = this.at;
      this.uint8(propertyFields.identifier, identifier);
      this.fieldStart = this.at;
      switch (type) {
        case 'byte':
          this.uint8(valueField, value as number);
          break;
        case 'uint16':
          this.uint16(valueField, value as number);
          break;
        case 'uint32':
          this.uint32(valueField, value as number);
          break;
        case 'variableByteInteger':
          this.variableByteInteger(valueField, value as number);
          break;
        case 'utf8':
          this.utf8(valueField, value as string);
          break;
        case 'binary':
          this.binary(valueField, value as Uint8Array);
          break;
        case 'utf8Pair':
          this.utf8(valueField, (value as readonly [string, string])[0]);
          this.utf8(valueField, (value as readonly [string, string])[1]);
          break;
      }
      this.checkProperty(scope, definition, value as number | string);
    }
  }

  private checkProperty(
    scope: PropertyScope,
    { key, name, rule }: PropertyDefinition,
    value: number | string,
  ): void {
    if (rule === 'boolean' && Number(value) > 1) this.violate('booleanPropertyOutOfRange', name);
    if (rule === 'nonZero' && value === 0)
      this.violate(key === 'topicAlias' ? 'topicAliasZero' : 'zeroProperty', name);
    if (rule === 'topicName') checkResponseTopic(this, scope, String(value));
  }

  /** Puts the length before the ASCII text that was written up to `end`. */
  private endText(text: string, end: number): string {
    const length = text.length;
    if (length > maximumStringBytes) this.violate('stringTooLong', length); // [MQTT-4.7.3-3]
    this.put16(length);
    this.at = end;
    return text;
  }

  private unusualTopicName(field: Field, topicName: string): string {
    if (/[+#]/.test(topicName)) this.violate(field.wildcard ?? 'topicNameWildcard', topicName); // [MQTT-3.3.2-2]
    return this.unusualText(topicName);
  }

  private unusualText(text: string): string {
    const zero = text.indexOf('\0');
    if (zero >= 0) this.violate('nullCharacter', zero); // [MQTT-1.5.4-2]
    const lone = text.search(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/);
    if (lone >= 0) this.violate('illFormedUtf8', lone); // [MQTT-1.5.4-1]
    const length = utf8Length(text);
    if (length > maximumStringBytes) this.violate('stringTooLong', length); // [MQTT-4.7.3-3]
    this.put16(length);
    this.at = writeUtf8(text, this.bytes, this.at);
    return text;
  }

  private fits(value: number, most: number): void {
    if (!(value >= 0 && value <= most) || !Number.isInteger(value)) this.violate('numberOutOfRange', value);
  }

  private put16(value: number): void {
    this.bytes[this.at] = value >>> 8;
    this.bytes[this.at + 1] = value & 0xff;
    this.at += 2;
  }

  private append(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  private reserve(count: number): void {
    this.fieldStart = this.at;
    this.makeRoom(count);
  }
}

import { noBytes } from '../base/bytes';
import { asciiText, decodeUtf8, findIllFormedUtf8 } from '../base/utf8';
import type { PacketType, ProtocolVersion } from './controlPacket';
import type { Properties, PropertyDefinition, PropertyKey, PropertyScope } from './properties';
import { noProperties, propertyByIdentifier } from './properties';
import { propertyFields } from './propertyFields';
import { propertyStart, propertyStarts } from './propertyStarts';
import { isReasonCode } from './reasonCodes';
import { checkResponseTopic } from './responseTopic';
import { topicFilterProblem } from './topics';
import { plainText, plainTopic } from './plain/plainText';
import type { ClauseSubject, ViolationId } from './violations';
import { ProtocolViolation, violationAt } from './violations';
import type { Field, LengthField, Wire } from './wire';

/** Stands for text that cannot be read, which is not the same as text that is empty. */
const replacement = '\ufffd';

/**
 * Reads fields in place. The first broken rule is thrown as a {@link ProtocolViolation}. One reader serves one
 * connection after another packet; it keeps nothing between packets.
 */
export class WireReader implements Wire {
  version: ProtocolVersion = 4;
  protected bytes: Uint8Array = noBytes;
  /** Where the packet starts: offsets of violations count from here. */
  protected origin = 0;
  protected at = 0;
  /** The end of the innermost region whose length is known. */
  protected limit = 0;
  /** Where the field read last starts. */
  fieldStart = 0;
  /** The byte of flags that is being read. */
  protected octet = 0;

  reset(bytes: Uint8Array, start: number, end: number, version: ProtocolVersion): void {
    this.bytes = bytes;
    this.origin = start;
    this.at = start;
    this.fieldStart = start;
    this.limit = end;
    this.version = version;
  }

  uint8(_field: Field, _value: number): number {
    if (this.at >= this.limit) return this.truncated(1);
    this.fieldStart = this.at;
    return this.bytes[this.at++] as number;
  }

  uint16(_field: Field, _value: number): number {
    const at = this.at;
    if (at + 2 > this.limit) return this.truncated(2);
    this.fieldStart = at;
    this.at = at + 2;
    return ((this.bytes[at] as number) << 8) | (this.bytes[at + 1] as number);
  }

  uint32(_field: Field, _value: number): number {
    const at = this.at;
    if (at + 4 > this.limit) return this.truncated(4);
    this.fieldStart = at;
    this.at = at + 4;
    const bytes = this.bytes;
    const low =
      ((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number);
    return (bytes[at] as number) * 0x1000000 + low;
  }

  variableByteInteger(_field: Field, _value: number): number {
    const start = this.at;
    let at = start;
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      if (at >= this.limit) return this.truncated(at - start + 1);
      const byte = this.bytes[at++] as number;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        this.fieldStart = start;
        this.at = at;
        if (byte === 0 && shift > 0) this.notMinimal(value);
        return value;
      }
    }
    this.fieldStart = start;
    this.violate('variableByteIntegerTooLong');
    // Neither its value nor its end is known.
    this.abandonRegion();
    return 0;
  }

  utf8(field: Field, _value: string): string {
    return this.text(field, plainText);
  }

  topicName(field: Field, _value: string): string {
    return this.text(field, plainTopic);
  }

  topicFilter(field: Field, _value: string): string {
    const topicFilter = this.text(field, plainText);
    const problem = topicFilterProblem(topicFilter, this.version === 5);
    if (problem && problem !== 'nullCharacter') this.violate(problem, topicFilter);
    return topicFilter;
  }

  binary(field: Field, _value: Uint8Array): Uint8Array {
    const length = this.lengthPrefix(field);
    if (length < 0) return noBytes;
    const start = this.at;
    this.at = start + length;
    return this.bytes.subarray(start, this.at);
  }

  rest(_field: Field, _value: Uint8Array): Uint8Array {
    const start = this.at;
    this.fieldStart = start;
    this.at = this.limit;
    return start === this.limit ? noBytes : this.bytes.subarray(start, this.limit);
  }

  reasonCode(field: Field, packet: PacketType, _value: number): number {
    const code = this.uint8(field, 0);
    if (!isReasonCode(code, packet, this.version)) this.badReasonCode(packet, code);
    return code;
  }

  properties(scope: PropertyScope, _value: Properties): Properties {
    if (this.version !== 5) return noProperties;
    this.enter(scope === 'WILL' ? propertyFields.willProperties : propertyFields.properties);
    const mark = this.beginLength(propertyFields.length, 0);
    let properties = noProperties;
    if (this.at < this.limit) {
      properties = {};
      do this.property(scope, properties);
      while (this.at < this.limit);
    }
    this.endLength(mark);
    this.leave();
    return properties;
  }

  beginBits(field: Field): void {
    this.octet = this.uint8(field, 0);
  }

  bits(_field: Field, high: number, low: number, _value: number): number {
    return (this.octet >> low) & ((2 << (high - low)) - 1);
  }

  flag(_field: Field, bit: number, _value: boolean): boolean {
    return ((this.octet >> bit) & 1) === 1;
  }

  endBits(): void {
    // The byte was taken by beginBits.
  }

  beginLength(field: LengthField, _expected: number): number {
    const outer = this.limit;
    const length = this.variableByteInteger(field, 0);
    const end = this.at + length;
    if (end > outer) {
      this.violate(field.beyond, field.beyond === 'remainingLengthBeyondBytes' ? end - outer : length);
    } else this.limit = end;
    return outer;
  }

  endLength(outer: number): void {
    if (this.at !== this.limit) this.leftOver('trailingBytes');
    this.limit = outer;
  }

  /** Nothing may follow the packet. */
  endPacket(): void {
    if (this.at !== this.limit) this.leftOver('bytesAfterPacket');
  }

  more(_wanted: boolean): boolean {
    return this.at < this.limit;
  }

  enter(_field: Field): void {
    // Only annotation groups fields.
  }

  leave(): void {
    // Only annotation groups fields.
  }

  propertyStart(key: PropertyKey): number {
    return propertyStart(key);
  }

  violate(id: ViolationId, value?: string | number, at = this.fieldStart, subject?: ClauseSubject): void {
    this.violateAt(id, at, value, subject);
  }

  note(_id: ViolationId, _value?: string | number, _at?: number): void {
    // Nobody is disconnected for it.
  }

  protected violateAt(id: ViolationId, at: number, value?: string | number, subject?: ClauseSubject): void {
    throw new ProtocolViolation(violationAt(id, at - this.origin, value, subject));
  }

  /** The field needs `wanted` bytes and the region has fewer. */
  protected truncated(wanted: number): number {
    this.violateAt('truncated', this.at, wanted - (this.limit - this.at));
    return 0;
  }

  protected leftOver(id: 'trailingBytes' | 'bytesAfterPacket'): void {
    this.violateAt(id, this.at, this.limit - this.at);
  }

  /** The value of a two-byte length whose bytes are there, or -1. */
  protected lengthPrefix(field: Field): number {
    const start = this.at;
    if (start + 2 > this.limit) {
      this.truncated(2);
      return -1;
    }
    const length = this.uint16(field, 0);
    if (start + 2 + length > this.limit) {
      this.violate('lengthBeyondPacket', length);
      return -1;
    }
    return length;
  }

  /** The text of a string with a byte that is not plain. `start` is the offset after the length. */
  protected unusualText(field: Field, start: number, end: number, plain: Uint8Array): string {
    const illFormed = findIllFormedUtf8(this.bytes, start, end);
    if (illFormed >= 0) {
      this.violateAt('illFormedUtf8', illFormed, illFormed - start); // [MQTT-1.5.4-1] [MQTT-1.5.7-1]
      return replacement;
    }
    const zero = this.bytes.subarray(start, end).indexOf(0);
    if (zero >= 0) this.violateAt('nullCharacter', start + zero, zero); // [MQTT-1.5.4-2]
    const text = decodeUtf8(this.bytes, start, end) ?? ''; // [MQTT-1.5.4-3]
    if (plain === plainTopic && /[+#]/.test(text)) this.violate(field.wildcard ?? 'topicNameWildcard', text); // [MQTT-3.3.2-2] [MQTT-4.7.0-1]
    return text;
  }

  private text(field: Field, plain: Uint8Array): string {
    const length = this.lengthPrefix(field);
    if (length < 0) return '';
    const bytes = this.bytes;
    const start = this.at;
    const end = start + length;
    this.at = end;
    for (let at = start; at < end; at++) {
      if (plain[bytes[at] as number] === 0) return this.unusualText(field, start, end, plain);
    }
    return asciiText(bytes, start, end);
  }

  private notMinimal(value: number): void {
    if (this.version === 5)
      this.violate('variableByteIntegerNotMinimal', value); // [MQTT-1.5.5-1]
    else this.note('remainingLengthPadded', value);
  }

  private badReasonCode(packet: PacketType, code: number): void {
    const shown = `0x${code.toString(16).padStart(2, '0')}`;
    // [MQTT-3.2.2-8] [MQTT-3.8.4-7] [MQTT-3.9.3-2] [MQTT-3.4.2-1] [MQTT-3.5.2-1] [MQTT-3.6.2-1] [MQTT-3.7.2-1] [MQTT-3.11.3-2] [MQTT-3.14.2-1] [MQTT-3.15.2-1]
    if (packet === 'SUBACK') this.violate('subackReturnCode', shown);
    else this.violate('reasonCode', shown, this.fieldStart, packet);
  }

  private property(scope: PropertyScope, properties: Properties): void {
    this.enter(propertyFields.property);
    const start = this.at;
    const identifier = this.variableByteInteger(propertyFields.identifier, 0);
    const definition = propertyByIdentifier(identifier);
    if (definition) {
      propertyStarts[identifier] = start;
      this.propertyValue(scope, definition, properties);
    } else {
      this.violate('unknownProperty', `0x${identifier.toString(16).padStart(2, '0')}`);
      this.abandonRegion();
    }
    this.leave();
  }

  /** What follows in this region cannot be attributed. */
  protected abandonRegion(): void {
    this.at = this.limit;
  }

  protected propertyValue(
    scope: PropertyScope,
    definition: PropertyDefinition,
    properties: Properties,
  ): void {
    const valueField = propertyFields.value(definition, scope);
    const { key, name } = definition;
    if (definition.sections[scope] === undefined) this.violate('propertyNotAllowed', name);
    switch (definition.type) {
      case 'byte':
      case 'uint16':
      case 'uint32':
      case 'variableByteInteger': {
        const number =
          definition.type === 'byte'
            ? this.uint8(valueField, 0)
            : definition.type === 'uint16'
              ? this.uint16(valueField, 0)
              : definition.type === 'uint32'
                ? this.uint32(valueField, 0)
                : this.variableByteInteger(valueField, 0);
        if (definition.rule === 'boolean' && number > 1) this.violate('booleanPropertyOutOfRange', name);
        if (definition.rule === 'nonZero' && number === 0) {
          this.violate(key === 'topicAlias' ? 'topicAliasZero' : 'zeroProperty', name); // [MQTT-3.3.2-8]
        }
        this.keep(scope, definition, properties, number);
        break;
      }
      case 'utf8': {
        const text = this.utf8(valueField, '');
        if (definition.rule === 'topicName') checkResponseTopic(this, scope, text);
        this.keep(scope, definition, properties, text);
        break;
      }
      case 'binary':
        this.keep(scope, definition, properties, this.binary(valueField, noBytes));
        break;
      case 'utf8Pair': {
        // [MQTT-1.5.7-1]
        const { name: first, value: second } = propertyFields.pair(valueField.section);
        const pair = [this.utf8(first, ''), this.utf8(second, '')] as const;
        this.keep(scope, definition, properties, pair);
        break;
      }
    }
  }

  protected keep(
    scope: PropertyScope,
    definition: PropertyDefinition,
    properties: Properties,
    value: number | string | Uint8Array | readonly [string, string],
  ): void {
    const bag = properties as Record<string, unknown>;
    const { key, repeatable } = definition;
    const present = bag[key];
    if (present !== undefined && !repeatable?.includes(scope))
      this.violate('duplicateProperty', definition.name, this.propertyStart(key));
    if (!repeatable) bag[key] = value;
    else if (present) (present as unknown[]).push(value);
    else bag[key] = [value];
  }
}

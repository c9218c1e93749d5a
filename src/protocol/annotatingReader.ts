import { noBytes, toHex } from '../base/bytes';
import type { BitRange } from '../base/spans';
import type { PacketType } from './controlPacket';
import { fieldsNamed } from './fieldNodes';
import type { FieldNode } from './fieldNodes';
import type { Properties, PropertyDefinition, PropertyScope } from './properties';
import { reasonCodeName } from './reasonCodes';
import { showHex } from './show';
import type { ClauseSubject, Violation, ViolationId } from './violations';
import { violationAt } from './violations';
import type { Field, LengthField } from './wire';
import { field } from './wire';
import { WireReader } from './wireReader';

/** A field while its packet is read. Every one has the same shape, which keeps dissection fast. */
class OpenNode implements FieldNode {
  readonly children: OpenNode[] = [];
  unfinished = false;

  constructor(
    public label: string,
    public section: string,
    readonly start: number,
    public end: number,
    public value: string | undefined,
    readonly bits: BitRange | undefined,
    readonly group: Field['group'],
  ) {}
}

const lengthPart = field('Length', '1.5.4', { section311: '1.5.3' });
const dataLengthPart = field('Length', '1.5.6', { section311: '1.5' });
const textPart = field('Text', '1.5.4', { section311: '1.5.3' });
const dataPart = field('Data', '1.5.6', { section311: '1.5' });
/** The label of bytes that could not be read as any field. */
export const unattributedLabel = 'Unattributed bytes';
const unattributed = field(unattributedLabel, '4.13.1', { section311: '4.8' });
const shownBytes = 32;

/** Control characters and non-characters (1.5.4, "Disallowed Unicode code points"). */
const disallowed =
  /[\u0001-\u001f\u007f-\u009f\ufdd0-\ufdef\ufffe\uffff]|[\ud83f\ud87f\ud8bf\ud8ff\ud93f\ud97f\ud9bf\ud9ff\uda3f\uda7f\udabf\udaff\udb3f\udb7f\udbbf\udbff][\udffe\udfff]/;

/**
 * A reader that also records every field with its span and every violation, and goes on after a violation: a region
 * whose length is known is left at its end, and what could not be read in it becomes one field of its own.
 */
export class AnnotatingReader extends WireReader {
  readonly violations: Violation[] = [];
  private readonly root = new OpenNode('', '', 0, 0, undefined, undefined, undefined);
  private open: OpenNode[] = [this.root];
  private bitsAt = -1;
  private depth = 0;
  /** The depth of the region that could not be read to its end; fields in it are no longer there. */
  private brokenDepth = -1;

  /** Whether every field could be read. */
  get complete(): boolean {
    return !this.root.unfinished;
  }

  get fields(): readonly FieldNode[] {
    return this.root.children;
  }

  /** Adds to the value of the first field of that name, what only an earlier packet can tell. */
  amend(label: string, addition: string): void {
    const [node] = fieldsNamed<OpenNode>(this.root.children, label);
    if (node) node.value = `${node.value ?? ''} ${addition}`;
  }

  override uint8(field: Field, _value: number): number {
    const value = super.uint8(field, 0);
    return this.number(field, 1, value);
  }

  override uint16(field: Field, _value: number): number {
    const value = super.uint16(field, 0);
    return this.number(field, 2, value);
  }

  override uint32(field: Field, _value: number): number {
    const value = super.uint32(field, 0);
    return this.number(field, 4, value);
  }

  override variableByteInteger(field: Field, _value: number): number {
    const start = this.at;
    const value = super.variableByteInteger(field, 0);
    return this.number(field, this.broken ? 0 : this.at - start, value);
  }

  override utf8(field: Field, _value: string): string {
    return this.string(field, () => super.utf8(field, ''));
  }

  override topicName(field: Field, _value: string): string {
    return this.string(field, () => super.topicName(field, ''));
  }

  override topicFilter(field: Field, _value: string): string {
    return this.string(field, () => super.topicFilter(field, ''));
  }

  override binary(field: Field, _value: Uint8Array): Uint8Array {
    if (this.broken) return noBytes;
    this.enter(field);
    const bytes = super.binary(dataLengthPart, noBytes);
    this.content(dataPart, bytes.length, this.broken ? undefined : brief(bytes));
    return bytes;
  }

  override rest(field: Field, _value: Uint8Array): Uint8Array {
    if (this.broken) return noBytes;
    const bytes = super.rest(field, noBytes);
    // More than there are bytes where only the beginning of a packet is here.
    const length = this.at - this.fieldStart;
    if (length > 0) this.leaf(field, length, brief(bytes, length));
    return bytes;
  }

  override reasonCode(field: Field, packet: PacketType, _value: number): number {
    const name = (code: number) => reasonCodeName(code, packet, this.version);
    const shown = { ...field, show: (code: number) => `${name(code) ?? 'unknown'} (${showHex(code)})` };
    return super.reasonCode(shown, packet, 0);
  }

  override beginBits(field: Field): void {
    super.beginBits(field);
    if (this.broken) return;
    this.bitsAt = this.at - 1;
    const node = this.open.at(-1)?.children.at(-1);
    if (!node) return;
    node.value = `${showHex(this.octet)} (binary ${this.octet.toString(2).padStart(8, '0')})`;
    this.open.push(node);
  }

  override bits(field: Field, high: number, low: number, _value: number): number {
    const value = super.bits(field, high, low, 0);
    if (!this.broken) this.bitLeaf(field, high, low, show(field, value));
    return value;
  }

  override flag(field: Field, bit: number, _value: boolean): boolean {
    const value = super.flag(field, bit, false);
    if (!this.broken) this.bitLeaf(field, bit, bit, value ? 'set' : 'not set');
    return value;
  }

  override endBits(): void {
    if (!this.broken) this.open.pop();
  }

  override beginLength(field: LengthField, expected: number): number {
    const outer = super.beginLength(field, expected);
    this.depth++;
    return outer;
  }

  override endLength(outer: number): void {
    super.endLength(outer);
    if (this.brokenDepth === this.depth) this.brokenDepth = -1;
    this.depth--;
  }

  override enter(field: Field): void {
    const start = this.at - this.origin;
    const node = this.add(field, start, start, undefined, undefined);
    this.open.push(node);
  }

  /** Ends a group. One that stayed empty, because nothing was left to read, is not shown. */
  override leave(): void {
    const node = this.open.pop();
    if (!node) return;
    node.end = this.at - this.origin;
    if (node.end === node.start && node.children.length === 0) this.open.at(-1)?.children.pop();
    else summarizeGroup(node);
  }

  override note(id: ViolationId, value?: string | number, at?: number): void {
    this.violate(id, value, at);
  }

  protected override violateAt(
    id: ViolationId,
    at: number,
    value?: string | number,
    subject?: ClauseSubject,
  ): void {
    if (this.broken) return;
    this.violations.push(violationAt(id, at - this.origin, value, subject));
    if (id === 'remainingLengthBeyondBytes' || id === 'propertyLengthBeyondPacket') this.leaveUnfinished();
  }

  /** A value that could not be read is no value. */
  protected override keep(
    scope: PropertyScope,
    definition: PropertyDefinition,
    properties: Properties,
    value: number | string | Uint8Array | readonly [string, string],
  ): void {
    if (!this.broken) super.keep(scope, definition, properties, value);
  }

  protected override truncated(wanted: number): number {
    this.violateAt('truncated', this.at, wanted - (this.limit - this.at));
    this.abandonRegion();
    return 0;
  }

  protected override leftOver(id: 'trailingBytes' | 'bytesAfterPacket'): void {
    super.leftOver(id);
    this.skipToLimit();
  }

  protected override lengthPrefix(field: Field): number {
    const length = super.lengthPrefix(field === dataLengthPart ? field : lengthPart);
    if (length < 0 && !this.broken) this.abandonRegion();
    return length;
  }

  protected override abandonRegion(): void {
    if (this.broken) return;
    this.leaveUnfinished();
    this.skipToLimit();
    this.brokenDepth = this.depth;
  }

  private leaveUnfinished(): void {
    for (const node of this.open) node.unfinished = true;
  }

  private get broken(): boolean {
    return this.brokenDepth >= 0;
  }

  private skipToLimit(): void {
    const length = this.limit - this.at;
    if (length <= 0) return;
    this.at = this.limit;
    this.leaf(unattributed, length, brief(this.bytes.subarray(this.at - length, this.at)));
  }

  private number(field: Field, length: number, value: number): number {
    if (!this.broken) this.leaf(field, length, show(field, value));
    return value;
  }

  private string(field: Field, read: () => string): string {
    if (this.broken) return '';
    this.enter(field);
    const start = this.at + 2;
    const known = this.violations.length;
    const text = read();
    const ill = this.violations.slice(known).some(({ id }) => id === 'illFormedUtf8');
    const shown = ill ? `not UTF-8: ${brief(this.bytes.subarray(start, this.at))}` : text;
    const odd = disallowed.exec(text);
    if (odd) this.note('disallowedCharacter', codePoint(odd[0]));
    this.content(textPart, this.at - start, this.broken ? undefined : shown);
    return text;
  }

  /** Ends a length-prefixed field with the span of its content. */
  private content(field: Field, length: number, value: string | undefined): void {
    if (value !== undefined) {
      if (length > 0) this.leaf(field, length, value);
      const node = this.open.at(-1);
      if (node) node.value = value;
    }
    this.leave();
  }

  /** A field of the `length` bytes that were just read. */
  private leaf(field: Field, length: number, value: string): void {
    const end = this.at - this.origin;
    this.add(field, end - length, end, value, undefined);
  }

  private bitLeaf(field: Field, high: number, low: number, value: string): void {
    const start = this.bitsAt - this.origin;
    this.add(field, start, start + 1, value, { high, low });
  }

  private add(
    field: Field,
    start: number,
    end: number,
    value: string | undefined,
    bits: BitRange | undefined,
  ): OpenNode {
    const is5 = this.version === 5;
    const section = is5 ? field.section : (field.section311 ?? field.section);
    const name = is5 ? field.name : (field.name311 ?? field.name);
    const node = new OpenNode(name, section, start, end, value, bits, field.group);
    this.open[this.open.length - 1]?.children.push(node);
    return node;
  }
}

function show(field: Field, value: number): string {
  return field.show?.(value) ?? String(value);
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** The beginning of some bytes in hexadecimal. */
function brief(bytes: Uint8Array, length = bytes.length): string {
  const head = toHex(bytes.subarray(0, shownBytes), ' ');
  return length > shownBytes ? `${head} … (${length} bytes)` : head;
}

/** Gives a closed group its value, and a property its name. */
function summarizeGroup(node: OpenNode): void {
  const [first, ...others] = node.children;
  if (node.group === undefined || first?.value === undefined) return;
  if (node.group === 'showsFirst') node.value = first.value;
  else {
    node.label = first.value;
    node.section = others[0]?.section ?? node.section;
    node.value = others.map((child) => child.value ?? '').join(' = ');
  }
}

import type { FieldNode } from '../../src/protocol/dissect';
import type { Violation } from '../../src/protocol/violations';

export interface FieldRow {
  readonly kind: 'field';
  readonly field: FieldNode;
  /** What the field is called; a part that has the name of its whole, as that of a property, is its `Value`. */
  readonly label: string;
  /** Undefined where a part that is in sight says the same. */
  readonly value: string | undefined;
  /** 0 for the outermost. */
  readonly depth: number;
  readonly expanded: boolean;
  /** Place among its siblings from 1, and how many they are: what a screen reader tells. */
  readonly position: number;
  readonly setSize: number;
}

/** A broken rule, under the field at whose bytes it was found. */
export interface ViolationRow {
  readonly kind: 'violation';
  readonly violation: Violation;
  readonly field: FieldNode;
  readonly depth: number;
}

export type TreeRow = FieldRow | ViolationRow;

/**
 * A dissected packet as the rows of a tree. What only repeats its parent's value (the length and the text of a string,
 * the parts of a property) starts folded; groups and flag bytes start open, and so does all around a violation.
 */
export class FieldTreeModel {
  private readonly parents = new Map<FieldNode, FieldNode>();
  private readonly expanded = new Set<FieldNode>();
  private readonly violationsOf = new Map<FieldNode, Violation[]>();
  private flattened: readonly TreeRow[] | undefined;
  private indexes: ReadonlyMap<FieldNode, number> = new Map();

  constructor(
    readonly fields: readonly FieldNode[],
    readonly violations: readonly Violation[],
  ) {
    this.enter(fields, undefined);
    for (const violation of violations) {
      const field = this.fieldAt(violation.offset) ?? this.lastField();
      if (!field) continue;
      this.violationsOf.set(field, [...(this.violationsOf.get(field) ?? []), violation]);
      this.open(field);
    }
  }

  /** What shows, from top to bottom. */
  get rows(): readonly TreeRow[] {
    if (!this.flattened) {
      const rows: TreeRow[] = [];
      this.flatten(this.fields, 0, rows);
      this.flattened = rows;
      this.indexes = new Map(
        rows.flatMap((row, index) => (row.kind === 'field' ? [[row.field, index]] : [])),
      );
    }
    return this.flattened;
  }

  /** The innermost field that has this byte; for a byte of flags the byte itself, whose children are its bits. */
  fieldAt(offset: number): FieldNode | undefined {
    let found: FieldNode | undefined;
    let fields = this.fields;
    for (;;) {
      const inner = fields.find((field) => field.start <= offset && offset < field.end && !field.bits);
      if (!inner) return found;
      found = inner;
      fields = inner.children;
    }
  }

  /** The field of one bit (7 the most significant) of a flag byte. */
  fieldOfBit(flags: FieldNode, bit: number): FieldNode | undefined {
    return flags.children.find(({ bits }) => bits !== undefined && bits.low <= bit && bit <= bits.high);
  }

  parentOf(field: FieldNode): FieldNode | undefined {
    return this.parents.get(field);
  }

  /** The row of a field, or of the innermost folded field around it. */
  indexOf(field: FieldNode): number {
    const { rows } = this;
    for (let around: FieldNode | undefined = field; around; around = this.parents.get(around)) {
      const index = this.indexes.get(around);
      if (index !== undefined && index < rows.length) return index;
    }
    return -1;
  }

  /** The rules that a row is about: its own where it is a violation, else all that its field breaks. */
  violationsAt(row: TreeRow): readonly Violation[] {
    return row.kind === 'violation' ? [row.violation] : (this.violationsOf.get(row.field) ?? []);
  }

  setExpanded(field: FieldNode, expanded: boolean): void {
    if (field.children.length === 0 || this.expanded.has(field) === expanded) return;
    if (expanded) this.expanded.add(field);
    else this.expanded.delete(field);
    this.flattened = undefined;
  }

  /** Unfolds everything around a field, so that it has a row. */
  open(field: FieldNode): void {
    for (let around = this.parents.get(field); around; around = this.parents.get(around)) {
      this.setExpanded(around, true);
    }
  }

  private enter(fields: readonly FieldNode[], parent: FieldNode | undefined): void {
    for (const field of fields) {
      if (parent) this.parents.set(field, parent);
      const hasBits = field.children.some(({ bits }) => bits !== undefined);
      if (field.children.length > 0 && (field.value === undefined || hasBits)) this.expanded.add(field);
      this.enter(field.children, field);
    }
  }

  private lastField(): FieldNode | undefined {
    let last = this.fields.at(-1);
    while (last && last.children.length > 0 && !last.children.some(({ bits }) => bits))
      last = last.children.at(-1);
    return last;
  }

  private flatten(fields: readonly FieldNode[], depth: number, rows: TreeRow[]): void {
    for (const [index, field] of fields.entries()) {
      const expanded = this.expanded.has(field);
      const repeated = expanded && field.children.some((part) => repeats(part, field));
      rows.push({
        kind: 'field',
        field,
        label: repeats(field, this.parents.get(field)) ? 'Value' : field.label,
        value: repeated ? undefined : field.value,
        ...{ depth, expanded, position: index + 1, setSize: fields.length },
      });
      for (const violation of this.violationsOf.get(field) ?? []) {
        rows.push({ kind: 'violation', violation, field, depth: depth + 1 });
      }
      if (expanded) this.flatten(field.children, depth + 1, rows);
    }
  }
}

/** Whether a part says what its whole says already, under the same name. */
function repeats(part: FieldNode, whole: FieldNode | undefined): boolean {
  return part.label === whole?.label && part.value === whole.value;
}

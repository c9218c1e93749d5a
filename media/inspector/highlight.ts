import { Emitter } from '../../src/base/lifecycle';
import type { FieldNode } from '../../src/protocol/dissect';
import type { FieldTreeModel } from './fieldTreeModel';

export type HighlightChange = 'hover' | 'select';

/**
 * The field under the pointer and the field that is selected, which tree and bytes share. They mark their own elements
 * when it changes: nothing is rendered for a pointer that moves.
 */
export class Highlight {
  private readonly changed = new Emitter<HighlightChange>();
  private underPointer: FieldNode | undefined;
  private chosen: FieldNode | undefined;
  /** The byte that was pointed at or gone to inside the field. */
  private byte: number | undefined;

  readonly onDidChange = this.changed.event;

  constructor(readonly model: FieldTreeModel) {}

  get hovered(): FieldNode | undefined {
    return this.underPointer;
  }

  get selected(): FieldNode | undefined {
    return this.chosen;
  }

  /** The byte the keyboard is at. */
  get cursor(): number | undefined {
    return this.byte;
  }

  hover(field: FieldNode | undefined): void {
    if (field === this.underPointer) return;
    this.underPointer = field;
    this.changed.fire('hover');
  }

  hoverByte(offset: number | undefined): void {
    this.hover(offset === undefined ? undefined : this.model.fieldAt(offset));
  }

  select(field: FieldNode | undefined, cursor = field?.start): void {
    if (field === this.chosen && cursor === this.byte) return;
    this.chosen = field;
    this.byte = cursor;
    if (field) this.model.open(field);
    this.changed.fire('select');
  }

  selectByte(offset: number): void {
    this.select(this.model.fieldAt(offset), offset);
  }
}

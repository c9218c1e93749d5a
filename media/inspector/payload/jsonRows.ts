import type { JsonTree } from '../../../src/payload/jsonTree';

/** Rows that a tree starts with, about: what has more starts folded. */
const startingRows = 1000;

/** The rows of a JSON tree that show: those of folded values do not. */
export class JsonRows {
  private readonly expanded: Uint8Array;
  /** The nodes that show, from top to bottom, which is the order of their numbers. */
  private shown = new Uint32Array(0);

  constructor(readonly tree: JsonTree) {
    this.expanded = new Uint8Array(tree.nodes);
    this.expandFirst();
    this.flatten();
  }

  get count(): number {
    return this.shown.length;
  }

  /** The node of a row. */
  node(row: number): number | undefined {
    return this.shown[row];
  }

  /** The row of a node, or of the innermost folded value around it. */
  rowOf(node: number): number {
    let low = 0;
    let high = this.shown.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.shown[middle] as number) <= node) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  depth(node: number): number {
    let depth = 0;
    for (let around = this.tree.parent(node); around !== undefined; around = this.tree.parent(around))
      depth++;
    return depth;
  }

  isExpanded(node: number): boolean {
    return this.expanded[node] === 1;
  }

  setExpanded(node: number, expanded: boolean): void {
    if (this.tree.childCount(node) === 0 || this.isExpanded(node) === expanded) return;
    this.expanded[node] = expanded ? 1 : 0;
    this.flatten();
  }

  /** Outer values first, as long as there is room for what is in them. */
  private expandFirst(): void {
    const { tree } = this;
    let rows = 1;
    const waiting = [0];
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const count = tree.childCount(next);
      if (count === 0 || (next > 0 && rows + count > startingRows)) continue;
      this.expanded[next] = 1;
      rows += count;
      // Of an endless list only the beginning is in sight.
      let queued = 0;
      for (const child of tree.children(next)) {
        if (tree.isContainer(child)) waiting.push(child);
        if (++queued === startingRows) break;
      }
    }
  }

  private flatten(): void {
    const { tree } = this;
    const rows = new Uint32Array(tree.nodes);
    let count = 0;
    for (let node = 0; node < tree.nodes; node = this.isExpanded(node) ? node + 1 : tree.after(node)) {
      rows[count++] = node;
    }
    this.shown = rows.slice(0, count);
  }
}

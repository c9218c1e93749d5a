import { scanJson, type JsonProblem } from './json';
import { payloadRoot, withIndex, withName, type PathStep } from './payloadPath';

/** Nodes of a tree; a text of more is refused as too large, since each takes 29 bytes. */
export const mostJsonNodes = 1_000_000;

export interface TooManyNodes {
  readonly code: 'tooManyNodes';
}

const noParent = 0xffff_ffff;
const fewestNodes = 64;

/**
 * A JSON text as a tree over its characters, in columns: every value is a number of a node, in the order of the text, and
 * what it says is the text itself. Nothing is turned into numbers or objects, so that what is shown is what was sent:
 * every digit, `-0`, the order of members and names that are repeated.
 */
export class JsonTree {
  private count = 0;
  private valueStart = new Uint32Array(fewestNodes);
  private valueEnd = new Uint32Array(fewestNodes);
  /** Where the name of a member starts; 0, where no name can be, for what has none. */
  private nameStart = new Uint32Array(fewestNodes);
  private parents = new Uint32Array(fewestNodes);
  /** The number of the node after the last one inside this. */
  private afters = new Uint32Array(fewestNodes);
  /** Place among the members or elements around it, from 0. */
  private places = new Uint32Array(fewestNodes);
  /** How many members or elements it has. */
  private counts = new Uint32Array(fewestNodes);
  private repeated = new Uint8Array(fewestNodes);

  private constructor(readonly text: string) {}

  /** The tree of a text, or why it has none. */
  static parse(text: string): JsonTree | JsonProblem | TooManyNodes {
    const tree = new JsonTree(text);
    const problem = tree.read();
    return problem ?? tree;
  }

  /** How many values there are; 0 is the number of the outermost. */
  get nodes(): number {
    return this.count;
  }

  /** The value as it was sent: of an object or array with all that is in it. */
  value(node: number): string {
    return this.text.slice(this.valueStart[node], this.valueEnd[node]);
  }

  /** The first character of the value: `{`, `[`, `"`, `t`, `f`, `n`, `-` or a digit. */
  kind(node: number): string {
    return this.text[this.valueStart[node] ?? 0] ?? '';
  }

  isContainer(node: number): boolean {
    const kind = this.kind(node);
    return kind === '{' || kind === '[';
  }

  /** The name of a member as it was sent, with its quotes and escapes; undefined for elements and the outermost value. */
  name(node: number): string | undefined {
    const start = this.nameStart[node] ?? 0;
    if (start === 0) return undefined;
    return this.text.slice(start, endOfString(this.text, start));
  }

  /** Whether another member of the same object has the same name. */
  isRepeated(node: number): boolean {
    return this.repeated[node] === 1;
  }

  parent(node: number): number | undefined {
    const parent = this.parents[node] ?? noParent;
    return parent === noParent ? undefined : parent;
  }

  /** The number of the first node that does not lie in this one. */
  after(node: number): number {
    return this.afters[node] ?? this.count;
  }

  /** The members or elements in their order. */
  *children(node: number): Iterable<number> {
    const end = this.after(node);
    for (let child = node + 1; child < end; child = this.after(child)) yield child;
  }

  childCount(node: number): number {
    return this.counts[node] ?? 0;
  }

  /** Place among the members or elements around it, from 0. */
  indexInParent(node: number): number {
    return this.places[node] ?? 0;
  }

  /** The path of a value in the syntax of `where`: `payload.path[0].x`. */
  path(node: number): string {
    const around: number[] = [];
    for (let at: number | undefined = node; at !== undefined; at = this.parent(at)) around.push(at);
    let path: string | undefined;
    for (const at of around.reverse()) path = this.pathFrom(path, at);
    return path ?? payloadRoot;
  }

  /** The path of a value by that of what it lies in, undefined for the outermost. */
  pathFrom(around: string | undefined, node: number): string {
    if (around === undefined) return payloadRoot;
    const name = this.name(node);
    return name === undefined
      ? withIndex(around, this.indexInParent(node))
      : withName(around, unquoted(name));
  }

  /** The node that steps lead to; of a name that is repeated the last, as most readers have it. Undefined where there is none. */
  find(steps: readonly PathStep[]): number | undefined {
    let node = 0;
    for (const step of steps) {
      let next: number | undefined;
      const isObject = this.kind(node) === '{';
      if (isObject !== (typeof step === 'string')) return undefined;
      for (const child of this.children(node)) {
        const name = this.name(child);
        if (name === undefined ? this.indexInParent(child) === step : unquoted(name) === step) next = child;
      }
      if (next === undefined) return undefined;
      node = next;
    }
    return node;
  }

  private read(): JsonProblem | TooManyNodes | undefined {
    /** The objects and arrays that are open, innermost last, each with the names in it. */
    const open: { readonly node: number; readonly names: Map<string, number> | undefined }[] = [];
    let name = 0;
    let overflown = false;
    const problem = scanJson(this.text, (kind, start, end) => {
      if (overflown) return;
      switch (kind) {
        case 'key':
          name = start;
          return;
        case 'open':
        case 'scalar': {
          if (this.count === mostJsonNodes) {
            overflown = true;
            return;
          }
          const around = open.at(-1);
          const node = this.add(start, end, name, around?.node ?? noParent);
          if (name > 0 && around?.names) this.noteName(around.names, name, node);
          name = 0;
          if (kind === 'open') {
            open.push({ node, names: this.text[start] === '{' ? new Map<string, number>() : undefined });
          }
          return;
        }
        case 'close': {
          const closed = open.pop();
          if (!closed) return;
          this.valueEnd[closed.node] = end;
          this.afters[closed.node] = this.count;
          return;
        }
        case 'colon':
        case 'comma':
      }
    });
    return problem ?? (overflown ? { code: 'tooManyNodes' } : undefined);
  }

  private noteName(names: Map<string, number>, start: number, node: number): void {
    const name = unquoted(this.text.slice(start, endOfString(this.text, start)));
    const before = names.get(name);
    if (before === undefined) names.set(name, node);
    else {
      this.repeated[before] = 1;
      this.repeated[node] = 1;
    }
  }

  private add(start: number, end: number, name: number, parent: number): number {
    const node = this.count++;
    if (node === this.valueStart.length) this.grow(node * 2);
    this.valueStart[node] = start;
    this.valueEnd[node] = end;
    this.nameStart[node] = name;
    this.parents[node] = parent;
    this.afters[node] = node + 1;
    this.counts[node] = 0;
    const place = this.counts[parent] ?? 0;
    this.places[node] = place;
    if (parent !== noParent) this.counts[parent] = place + 1;
    return node;
  }

  private grow(length: number): void {
    const grown = (column: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> => {
      const larger = new Uint32Array(length);
      larger.set(column);
      return larger;
    };
    this.valueStart = grown(this.valueStart);
    this.valueEnd = grown(this.valueEnd);
    this.nameStart = grown(this.nameStart);
    this.parents = grown(this.parents);
    this.afters = grown(this.afters);
    this.places = grown(this.places);
    this.counts = grown(this.counts);
    const repeated = new Uint8Array(length);
    repeated.set(this.repeated);
    this.repeated = repeated;
  }
}

/** The offset after the closing quote of a string that the scanner has found whole. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

/** What a JSON string stands for. Escapes of half a surrogate pair stay what they are: half a pair. */
function unquoted(string: string): string {
  const inside = string.slice(1, -1);
  if (!inside.includes('\\')) return inside;
  return JSON.parse(string) as string;
}

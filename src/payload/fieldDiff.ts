import type { JsonTree } from './jsonTree';

/** What became of one value between two payloads; texts are as they were sent. */
export interface FieldChange {
  readonly kind: 'added' | 'removed' | 'changed';
  /** In the syntax of `where`; `(2)` behind it where a name is repeated and this is its second value. */
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export interface FieldDiff {
  readonly changes: readonly FieldChange[];
  /** Values that are the same in both. */
  readonly same: number;
  /** Changes beyond {@link mostChanges}, which are counted and not listed. */
  readonly more: number;
}

/** Changes that are listed. */
const mostChanges = 10_000;

/**
 * Two JSON texts value by value, in the order of the later one, with what went before what follows it. Numbers are compared
 * as they are written: `1.0` is not `1`, and no digit is lost.
 */
export function diffFields(before: JsonTree, after: JsonTree): FieldDiff {
  const old = leaves(before);
  const changes: FieldChange[] = [];
  let more = 0;
  let same = 0;
  const add = (change: FieldChange): void => {
    if (changes.length < mostChanges) changes.push(change);
    else more++;
  };
  const current = leaves(after);
  const removed = (path: string, text: string): void =>
    add({ kind: 'removed', path, before: text, after: undefined });
  const oldPaths = [...old.keys()];
  let reached = 0;
  for (const [path, text] of current) {
    const earlier = old.get(path);
    if (earlier === undefined) {
      add({ kind: 'added', path, before: undefined, after: text });
      continue;
    }
    for (; reached < oldPaths.length; reached++) {
      const passed = oldPaths[reached] as string;
      if (passed === path) break;
      if (current.has(passed)) continue;
      removed(passed, old.get(passed) ?? '');
      old.delete(passed);
    }
    if (earlier === text) same++;
    else add({ kind: 'changed', path, before: earlier, after: text });
    old.delete(path);
  }
  for (const [path, text] of old) if (!current.has(path)) removed(path, text);
  return { changes, same, more };
}

/** The values that hold no others, an empty object or array among them, by their paths. */
function leaves(tree: JsonTree): Map<string, string> {
  const found = new Map<string, string>();
  const paths: string[] = [];
  const seen = new Map<string, number>();
  for (let node = 0; node < tree.nodes; node++) {
    const parent = tree.parent(node);
    const plain = tree.pathFrom(parent === undefined ? undefined : paths[parent], node);
    let path = plain;
    if (tree.isRepeated(node)) {
      const times = (seen.get(plain) ?? 0) + 1;
      seen.set(plain, times);
      if (times > 1) path = `${plain}(${times})`;
    }
    paths.push(path);
    if (tree.childCount(node) === 0) found.set(path, tree.value(node));
  }
  return found;
}

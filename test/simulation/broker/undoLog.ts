/** What is to be taken back when the process ends before it is safe. */
export class UndoLog {
  private steps: (() => void)[] = [];

  /** Something has changed that is not safe yet. */
  push(undo: () => void): void {
    this.steps.push(undo);
  }

  set<T, K extends keyof T>(object: T, key: K, value: T[K]): void {
    const before = object[key];
    this.push(() => (object[key] = before));
    object[key] = value;
  }

  put<K, V>(map: Map<K, V>, key: K, value: V): void {
    const before = [...map];
    this.push(() => refill(map, before));
    map.set(key, value);
  }

  remove<K, V>(map: Map<K, V>, key: K): boolean {
    const before = [...map];
    this.push(() => refill(map, before));
    return map.delete(key);
  }

  /** All of it is safe. */
  commit(): void {
    this.steps = [];
  }

  rollBack(): void {
    for (const undo of this.steps.reverse()) undo();
    this.steps = [];
  }
}

/** Its order is part of it. */
function refill<K, V>(map: Map<K, V>, entries: readonly (readonly [K, V])[]): void {
  map.clear();
  for (const [key, value] of entries) map.set(key, value);
}

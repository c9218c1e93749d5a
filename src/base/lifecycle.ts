/** Something that holds a resource until it is told to let go. */
export interface Disposable {
  dispose(): void;
}

/** Registers a listener; disposing the result removes it. */
export type Event<T> = (listener: (value: T) => void) => Disposable;

/**
 * One source of events. All listeners hear all events in one order: what is fired in the middle of another event is told
 * once that has been told to everybody. A listener that was removed, or whose source was disposed of, hears nothing more.
 * One that throws does not keep the others from hearing; the first error is thrown afterwards.
 */
export class Emitter<T> implements Disposable {
  private listeners: readonly ((value: T) => void)[] = [];
  private telling: Telling<T> | undefined;

  readonly event: Event<T> = (listener) => {
    this.listeners = [...this.listeners, listener];
    return { dispose: () => (this.listeners = this.listeners.filter((other) => other !== listener)) };
  };

  fire(value: T): void {
    if (this.listeners.length === 0 && !this.telling) return;
    this.tellTheRest(); // Who fired the event in the middle of which this is gets the errors of its listeners.
    const telling: Telling<T> = { value, to: this.listeners, next: 0, errors: undefined };
    this.telling = telling;
    this.tellTheRest();
    if (telling.errors) throw telling.errors[0];
  }

  dispose(): void {
    this.listeners = [];
  }

  private tellTheRest(): void {
    const { telling } = this;
    if (!telling) return;
    for (let listener = telling.to[telling.next++]; listener; listener = telling.to[telling.next++]) {
      if (this.listeners !== telling.to && !this.listeners.includes(listener)) continue;
      try {
        listener(telling.value);
      } catch (error) {
        (telling.errors ??= []).push(error);
      }
    }
    if (this.telling === telling) this.telling = undefined; // Holds on to no value.
  }
}

/** What is being told, to whom, who is next, and what was thrown at it. */
interface Telling<T> {
  readonly value: T;
  readonly to: readonly ((value: T) => void)[];
  next: number;
  errors: unknown[] | undefined;
}

/** Disposes what it was given, last first. */
export class DisposableStack implements Disposable {
  private readonly items: Disposable[] = [];

  add<T extends Disposable>(item: T): T {
    this.items.push(item);
    return item;
  }

  dispose(): void {
    for (let item = this.items.pop(); item; item = this.items.pop()) item.dispose();
  }
}

/** Something that holds a resource until it is told to let go. */
export interface Disposable {
  dispose(): void;
}

/** Registers a listener; disposing the result removes it. */
export type Event<T> = (listener: (value: T) => void) => Disposable;

/** One source of events. A listener that throws does not keep the others from hearing; the first error is thrown afterwards. */
export class Emitter<T> implements Disposable {
  private listeners: readonly ((value: T) => void)[] = [];

  readonly event: Event<T> = (listener) => {
    this.listeners = [...this.listeners, listener];
    return { dispose: () => (this.listeners = this.listeners.filter((other) => other !== listener)) };
  };

  fire(value: T): void {
    const errors: unknown[] = [];
    for (const listener of this.listeners) {
      try {
        listener(value);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }

  dispose(): void {
    this.listeners = [];
  }
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

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** The promises of requests under way, by the number the session knows them by. */
export class Tickets {
  private readonly waiting = new Map<number, Waiting>();
  private last = 0;

  /** Hands `send` a number that was never used before; the promise settles with what is later said about it. */
  issue<T>(send: (ticket: number) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const ticket = ++this.last;
      this.waiting.set(ticket, { resolve: (value) => resolve(value as T), reject });
      send(ticket);
    });
  }

  resolve(ticket: number, value: unknown): void {
    this.take(ticket)?.resolve(value);
  }

  reject(ticket: number, error: Error): void {
    this.take(ticket)?.reject(error);
  }

  rejectAll(error: Error): void {
    const all = [...this.waiting.values()];
    this.waiting.clear();
    for (const { reject } of all) reject(error);
  }

  /** Undefined for a message of an earlier connection, whose promise has been settled with that. */
  private take(ticket: number): Waiting | undefined {
    const waiting = this.waiting.get(ticket);
    this.waiting.delete(ticket);
    return waiting;
  }
}

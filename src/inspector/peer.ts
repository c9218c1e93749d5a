import type { Disposable, Event } from '../base/lifecycle';

/** A channel for structured-cloneable messages: `webview.postMessage` on one side, `acquireVsCodeApi()` on the other. */
export interface MessagePort {
  post(message: unknown): void;
  readonly onMessage: Event<unknown>;
}

type Method = (...args: never[]) => unknown;

/** Every method of an interface, answered at once or later. */
export type Handlers<T> = {
  readonly [K in keyof T]: T[K] extends (...args: infer A) => infer R
    ? (...args: A) => R | Promise<R>
    : never;
};

type Arguments<T> = T extends (...args: infer A) => unknown ? A : never;
type Result<T> = T extends (...args: never[]) => infer R ? Awaited<R> : never;

interface Call {
  readonly kind: 'call';
  readonly session: string;
  readonly id: number;
  readonly method: string;
  readonly args: readonly unknown[];
}

type Message =
  | Call
  | { readonly kind: 'notice'; readonly method: string; readonly args: readonly unknown[] }
  | { readonly kind: 'result'; readonly session: string; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly session: string; readonly id: number; readonly message: string };

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/**
 * Handlers of an end that opens: what it is told meanwhile it hears once it has, in order, so that nothing overtakes what was
 * asked of it before. To be used for notices; a call would have to wait for its answer as long.
 */
export function heardAfter<T extends object>(opened: Promise<void>, handlers: Handlers<T>): Handlers<T> {
  const held = Object.entries(handlers as Readonly<Record<string, Method>>).map(([name, handler]) => [
    name,
    (...args: readonly unknown[]) =>
      opened.then(() => (handler as (...args: readonly unknown[]) => unknown)(...args)),
  ]);
  return Object.fromEntries(held) as Handlers<T>;
}

/** A call that the other end could not serve; the message is the other end's own. */
export class PeerError extends Error {
  override readonly name = 'PeerError';
}

/**
 * One end of a conversation between two programs that share only messages. `Local` is what this end serves, `Remote`
 * what it may ask: both ends are derived from the same two interfaces, so a misspelt method or a missing handler does
 * not compile. A handler that throws is a rejected promise at the end that called.
 */
export class Peer<Local extends object, Remote extends object> implements Disposable {
  private readonly pending = new Map<number, Pending>();
  private readonly subscription: Disposable;
  private lastId = 0;
  private disposed = false;

  /**
   * @param session tells this end's calls from those of an earlier load of the same page, whose late answers are dropped.
   * @param failed hears of a notice whose handler threw, since nobody waits for its answer.
   */
  constructor(
    private readonly port: MessagePort,
    private readonly handlers: Handlers<Local>,
    private readonly session: string,
    private readonly failed: (error: Error) => void,
  ) {
    this.subscription = port.onMessage((message) => this.receive(message));
  }

  /** Asks the other end. Rejects with {@link PeerError} when its handler throws or this end is disposed first. */
  call<K extends keyof Remote & string>(
    method: K,
    ...args: Arguments<Remote[K]>
  ): Promise<Result<Remote[K]>> {
    if (this.disposed) return Promise.reject(new PeerError(`${method}: the conversation is over`));
    const id = ++this.lastId;
    return new Promise<Result<Remote[K]>>((resolve, reject) => {
      this.pending.set(id, { resolve: (value) => resolve(value as Result<Remote[K]>), reject });
      try {
        this.send({ kind: 'call', session: this.session, id, method, args });
      } catch (error) {
        this.pending.delete(id);
        throw error;
      }
    });
  }

  /** Tells the other end without waiting for an answer, so that an end that is not there costs nothing. */
  notify<K extends keyof Remote & string>(method: K, ...args: Arguments<Remote[K]>): void {
    if (!this.disposed) this.send({ kind: 'notice', method, args });
  }

  dispose(): void {
    this.disposed = true;
    this.subscription.dispose();
    for (const pending of this.pending.values()) pending.reject(new PeerError('The conversation is over'));
    this.pending.clear();
  }

  private receive(data: unknown): void {
    // Anything else that posts to the same window (developer tools, other scripts of the frame) is not ours to answer.
    if (!isMessage(data)) return;
    switch (data.kind) {
      case 'call':
        this.reply(data).catch((error: unknown) => this.failed(asError(error)));
        return;
      case 'notice':
        this.serve(data.method, data.args).catch((error: unknown) => this.failed(asError(error)));
        return;
      case 'result':
        this.settle(data)?.resolve(data.value);
        return;
      case 'failure':
        this.settle(data)?.reject(new PeerError(data.message));
        return;
    }
  }

  private async serve(method: string, args: readonly unknown[]): Promise<unknown> {
    // Own properties only: `constructor` and the like are not methods of the contract.
    const handler = Object.hasOwn(this.handlers, method)
      ? (this.handlers as Readonly<Record<string, Method>>)[method]
      : undefined;
    if (handler === undefined) throw new PeerError(`There is no method ${method}`);
    return await (handler as (...args: readonly unknown[]) => unknown)(...args);
  }

  private async reply({ session, id, method, args }: Call): Promise<void> {
    try {
      const value = await this.serve(method, args);
      // Inside the try: a value that cannot be posted is the handler's failure as well.
      if (!this.disposed) this.send({ kind: 'result', session, id, value });
    } catch (error) {
      if (!this.disposed) this.send({ kind: 'failure', session, id, message: messageOf(error) });
    }
  }

  private settle(answer: { readonly session: string; readonly id: number }): Pending | undefined {
    if (answer.session !== this.session) return undefined;
    const pending = this.pending.get(answer.id);
    this.pending.delete(answer.id);
    return pending;
  }

  private send(message: Message): void {
    this.port.post(message);
  }
}

function isMessage(data: unknown): data is Message {
  if (typeof data !== 'object' || data === null) return false;
  const { kind, session, id, method, args, message } = data as Record<string, unknown>;
  const addressed = typeof session === 'string' && typeof id === 'number';
  switch (kind) {
    case 'call':
      return addressed && typeof method === 'string' && Array.isArray(args);
    case 'notice':
      return typeof method === 'string' && Array.isArray(args);
    case 'result':
      return addressed;
    case 'failure':
      return addressed && typeof message === 'string';
    default:
      return false;
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new PeerError(messageOf(error));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

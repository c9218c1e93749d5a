import { assertNever } from '../base/assert';
import { SequenceMap } from '../base/sequenceMap';
import { ProtocolViolation, violationOfSide } from '../protocol/violations';
import type { ClientOutcome } from '../session/clientContract';
import type { InflightStore } from '../session/inflightStore';
import { PublishMessage } from '../session/publishMessage';
import { type ClientError, PublishError, type QueueBound, unencodable } from './clientFailure';
import type { AuthenticationOutcome, PublishOutcome, SubscriptionOutcome } from './clientMessages';
import type { KeptFailures } from './keptFailures';

/**
 * `message`: a publish of QoS 1 or 2, which outlives connections. `waiting`: one of QoS 0 that waits for a connection.
 * `passing`: one that does not, or a request, which end with theirs.
 */
export type TicketKind = 'message' | 'waiting' | 'passing';

/**
 * How many requests may wait for their answers: as many as there are Packet Identifiers. They do not count against the bound
 * of messages, or subscribing again would fail where that is reached; their bytes have a bound of their own.
 */
const mostRequests = 65_535;

type Resolve = (value: unknown) => void;
type Reject = (error: Error) => void;

const nothing = (): void => undefined;

/** What the promise that is being made settles with; set while its constructor runs. */
let resolveNew: Resolve = nothing;
let rejectNew: Reject = nothing;
const noteNew = (resolve: Resolve, reject: Reject): void => {
  resolveNew = resolve;
  rejectNew = reject;
};

class Waiting {
  /** How many messages it stands for. */
  count = 1;

  constructor(
    readonly kind: TicketKind,
    public size: number,
    public resolve: Resolve,
    public reject: Reject,
  ) {}
}

/** One promise for several messages. */
export interface SharedTicket<T> {
  readonly number: number;
  readonly promise: Promise<T>;
  readonly waiting: Waiting;
}

/** The promises of requests under way, by the number the session knows them by. */
export class Tickets {
  private readonly waiting = new SequenceMap<Waiting>();
  private outstanding = 0;
  private messages = 0;
  private requests = 0;
  private requestBytes = 0;
  private idle: (() => void)[] = [];
  /** Hears of messages that are not through where their promise cannot tell it. */
  keptFailures: KeptFailures | undefined;

  get count(): number {
    return this.messages;
  }

  /** Whether a request has not been settled. */
  has(ticket: number): boolean {
    return this.waiting.has(ticket);
  }

  /** Resolves once nothing is outstanding, which may be at once. */
  whenNone(): Promise<void> {
    return this.messages === 0 ? Promise.resolve() : new Promise((resolve) => this.idle.push(resolve));
  }

  /** Whether one more of `size` bytes keeps to the bound; one that is alone does. */
  haveRoom(size: number, outbound: InflightStore, { messages, bytes }: QueueBound): boolean {
    // What was kept when nobody waited any more is in the Session alone.
    const { queue, unacknowledged, heldBytes } = outbound;
    const count = Math.max(this.messages, queue.length + unacknowledged.size);
    return count === 0 || (count < messages && Math.max(this.outstanding, heldBytes) + size <= bytes);
  }

  /** Hands `send` a number that was never used before; the promise settles with what is later said about it. */
  issue<T>(kind: TicketKind, size: number, send: (ticket: number) => void): Promise<T> {
    const promise = new Promise<unknown>(noteNew);
    const number = this.enter(new Waiting(kind, size, resolveNew, rejectNew));
    try {
      send(number);
    } catch (error) {
      this.take(number); // Nobody is ever going to say anything about it.
      throw error;
    }
    return promise as Promise<T>;
  }

  /**
   * Of a request, which ends with its connection. Rejects at once where as many wait already as may, or as many bytes; one
   * that is alone may be larger.
   */
  issueRequest<T>(bytes: number, mostBytes: number, send: (ticket: number) => void): Promise<T> {
    const outstanding = this.requests;
    const isFull = outstanding >= mostRequests || this.requestBytes + bytes > mostBytes;
    if (outstanding > 0 && isFull) {
      return Promise.reject(new PublishError({ kind: 'tooManyRequests', outstanding }));
    }
    this.requests++;
    this.requestBytes += bytes;
    return this.issue<T>('passing', 0, send).finally(() => {
      this.requests--;
      this.requestBytes -= bytes;
    });
  }

  /** A number for messages that end together; the first of them counts already. */
  issueShared<T>(kind: TicketKind, size: number): SharedTicket<T> {
    const promise = new Promise<unknown>(noteNew) as Promise<T>;
    const waiting = new Waiting(kind, size, resolveNew, rejectNew);
    return { number: this.enter(waiting), promise, waiting };
  }

  /** One more message of a ticket that has not been settled. */
  share<T>({ promise, waiting }: SharedTicket<T>, size: number): Promise<T> {
    waiting.count++;
    waiting.size += size;
    this.messages++;
    this.outstanding += size;
    return promise;
  }

  /** A number for a message whose promise was of another life. */
  adopt(size: number, topicName: string | undefined): number {
    const waiting = new Waiting('message', size, nothing, nothing);
    this.tellLater(waiting, topicName);
    return this.enter(waiting);
  }

  /** Nobody waits for the message; who hears of it is looked up when there is something to tell. */
  private tellLater(waiting: Waiting, topicName: string | undefined): void {
    waiting.resolve = (outcome) => this.keptFailures?.resolved(topicName, outcome as PublishOutcome);
    waiting.reject = (error) => this.keptFailures?.rejected(topicName, error);
  }

  settle(outcome: ClientOutcome): void {
    switch (outcome.kind) {
      case 'published': {
        const { ticket, reasonCode, packetIdentifier, properties, sessionLost } = outcome;
        const published = { reasonCode, packetIdentifier, properties };
        this.resolve<PublishOutcome>(ticket, sessionLost ? { ...published, sessionLost } : published);
        break;
      }
      case 'answered': {
        const { ticket, reasonCodes, properties } = outcome;
        this.resolve<SubscriptionOutcome>(ticket, { reasonCodes, properties });
        break;
      }
      case 'reauthenticated': {
        const { ticket, properties } = outcome;
        this.resolve<AuthenticationOutcome>(ticket, { properties });
        break;
      }
      case 'expired':
        this.take(outcome.ticket)?.reject(new PublishError({ kind: 'expired' }));
        break;
      case 'unencodable':
        this.take(outcome.ticket)?.reject(unencodable(outcome.error));
        break;
      case 'rejected':
        this.take(outcome.ticket)?.reject(
          new ProtocolViolation(violationOfSide(outcome.violation, 'client')),
        );
        break;
      default:
        assertNever(outcome);
    }
  }

  private resolve<T>(ticket: number, value: T): void {
    this.take(ticket)?.resolve(value);
  }

  /** Rejects what ends with its connection. */
  rejectPassing(error: Error): void {
    const passing = [...this.waiting].filter(([, { kind }]) => kind === 'passing');
    for (const [ticket] of passing) this.take(ticket)?.reject(error);
  }

  /** @param session what is kept in it counts on, though its promise rejects as well */
  rejectAll(error: (kind: TicketKind, ticket: number) => ClientError, session: InflightStore): void {
    const names = namesIn(session);
    const all = [...this.waiting].map(([ticket, waiting]) => {
      const why = error(waiting.kind, ticket);
      const { reject } = waiting;
      if (why.kept && names.has(ticket)) this.tellLater(waiting, names.get(ticket));
      else this.take(ticket);
      return () => reject(why);
    });
    if (this.messages === 0) this.waiting.clear(); // What it has grown to goes with what was in it.
    for (const reject of all) reject();
    this.tellIdle();
  }

  private tellIdle(): void {
    const { idle } = this;
    this.idle = [];
    for (const resolve of idle) resolve();
  }

  private enter(waiting: Waiting): number {
    this.outstanding += waiting.size;
    this.messages++;
    return this.waiting.add(waiting);
  }

  /** Undefined for a message of an earlier connection, whose promise has been settled with that. */
  private take(ticket: number): Waiting | undefined {
    const waiting = this.waiting.take(ticket);
    if (!waiting) return undefined;
    this.outstanding -= waiting.size;
    this.messages -= waiting.count;
    if (this.messages === 0 && this.idle.length > 0) this.tellIdle();
    return waiting;
  }
}

/** The Topic Names of the messages of a Session by ticket; undefined for those that were released. */
function namesIn({
  queue,
  unacknowledged,
  released,
}: InflightStore): ReadonlyMap<number, string | undefined> {
  const names = new Map<number, string | undefined>();
  for (const messages of [unacknowledged.values(), queue]) {
    for (const message of messages) {
      if (message instanceof PublishMessage) names.set(message.ticket, message.wholeName);
    }
  }
  for (const ticket of released.values()) names.set(ticket, undefined);
  return names;
}

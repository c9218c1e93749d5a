import { assertNever } from '../base/assert';
import { ProtocolViolation } from '../protocol/violations';
import type { ClientOutcome } from '../session/clientContract';
import { PublishError } from './clientFailure';
import type { AuthenticationOutcome, PublishOutcome, SubscriptionOutcome } from './clientMessages';

/**
 * `message`: a publish of QoS 1 or 2, which outlives connections. `passing`: a publish of QoS 0, or a request, which end with
 * theirs.
 */
export type TicketKind = 'message' | 'passing';

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly kind: TicketKind;
  readonly size: number;
}

const nothing = (): void => undefined;

/** The promises of requests under way, by the number the session knows them by. */
export class Tickets {
  private readonly waiting = new Map<number, Waiting>();
  private last = 0;
  private outstanding = 0;

  get count(): number {
    return this.waiting.size;
  }

  /** Of all that wait together. */
  get bytes(): number {
    return this.outstanding;
  }

  /** Hands `send` a number that was never used before; the promise settles with what is later said about it. */
  issue<T>(kind: TicketKind, size: number, send: (ticket: number) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      send(this.enter({ resolve: (value) => resolve(value as T), reject, kind, size }));
    });
  }

  /** A number for a message whose promise was of another life: it only counts. */
  adopt(size: number): number {
    return this.enter({ resolve: nothing, reject: nothing, kind: 'message', size });
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
      case 'rejected':
        this.take(outcome.ticket)?.reject(new ProtocolViolation(outcome.violation));
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

  rejectAll(error: (kind: TicketKind) => Error): void {
    const all = [...this.waiting.values()];
    this.waiting.clear();
    this.outstanding = 0;
    for (const { kind, reject } of all) reject(error(kind));
  }

  private enter(waiting: Waiting): number {
    const ticket = ++this.last;
    this.waiting.set(ticket, waiting);
    this.outstanding += waiting.size;
    return ticket;
  }

  /** Undefined for a message of an earlier connection, whose promise has been settled with that. */
  private take(ticket: number): Waiting | undefined {
    const waiting = this.waiting.get(ticket);
    if (!waiting) return undefined;
    this.waiting.delete(ticket);
    this.outstanding -= waiting.size;
    return waiting;
  }
}

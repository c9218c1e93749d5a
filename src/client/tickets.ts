import { assertNever } from '../base/assert';
import { ProtocolViolation } from '../protocol/violations';
import type { ClientOutcome } from '../session/clientContract';
import type { AuthenticationOutcome, PublishOutcome, SubscriptionOutcome } from './clientMessages';

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

  settle(outcome: ClientOutcome): void {
    switch (outcome.kind) {
      case 'published': {
        const { ticket, reasonCode, packetIdentifier, properties } = outcome;
        this.resolve<PublishOutcome>(ticket, { reasonCode, packetIdentifier, properties });
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

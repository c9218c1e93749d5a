import type { Subscription } from '../protocol/controlPacket';
import type { Properties } from '../protocol/properties';
import type { ClientCommand } from '../session/clientContract';
import type { GrantedSubscription } from '../session/sessionState';
import { ClientError } from './clientFailure';
import { requestSize, type SubscriptionOutcome } from './clientMessages';
import { SubscriptionTable } from './subscriptionTable';

/** Sends a command of so many bytes with a ticket of its own, and resolves with its outcome. */
export type Ask = <T>(command: (ticket: number) => ClientCommand, bytes: number) => Promise<T>;

/** Subscribes and unsubscribes, and remembers what for, so that messages can be told apart by it. */
export class Subscriber {
  readonly table = new SubscriptionTable();

  /** @param choosing whether each SUBSCRIBE gets an identifier, where its caller gives none and the server takes any */
  constructor(
    private readonly ask: Ask,
    private readonly choosing: boolean,
  ) {}

  /**
   * CONNACK has accepted.
   * @param goesOn whether the server kept the Session, and with it what was granted
   */
  connected(goesOn: boolean, granted: ReadonlyMap<string, GrantedSubscription>): void {
    if (!goesOn) return this.table.clear();
    for (const [topicFilter, { properties }] of granted) {
      this.table.restore(topicFilter, properties.subscriptionIdentifiers?.[0]);
    }
  }

  /** @param available whether the server takes Subscription Identifiers */
  async subscribe(
    subscriptions: readonly Subscription[],
    asked: Properties,
    available: boolean,
  ): Promise<SubscriptionOutcome> {
    const topicFilters = subscriptions.map(({ topicFilter }) => topicFilter);
    const properties = this.numbered(asked, available);
    const made = this.table.begin(topicFilters, properties.subscriptionIdentifiers?.[0]);
    try {
      const outcome = await this.ask<SubscriptionOutcome>(
        (ticket) => ({ kind: 'subscribe', ticket, subscriptions: [...subscriptions], properties }),
        requestSize(topicFilters, properties),
      );
      this.table.answered(made, topicFilters, outcome.reasonCodes);
      return outcome;
    } catch (error) {
      // One that was not sent is none; of one that was, nobody knows.
      if (!(error instanceof ClientError)) this.table.answered(made, topicFilters, []);
      throw error;
    }
  }

  async unsubscribe(topicFilters: readonly string[], properties: Properties): Promise<SubscriptionOutcome> {
    const outcome = await this.ask<SubscriptionOutcome>(
      (ticket) => ({ kind: 'unsubscribe', ticket, topicFilters: [...topicFilters], properties }),
      requestSize(topicFilters, properties),
    );
    for (const [index, topicFilter] of topicFilters.entries()) {
      if ((outcome.reasonCodes[index] ?? 0x80) < 0x80) this.table.ended(topicFilter);
    }
    return outcome;
  }

  /** The Properties of SUBSCRIBE with a Subscription Identifier (3.8.2.1.2). */
  private numbered(properties: Properties, available: boolean): Properties {
    if (!this.choosing || !available || properties.subscriptionIdentifiers) return properties;
    return { ...properties, subscriptionIdentifiers: [this.table.nextIdentifier()] };
  }
}

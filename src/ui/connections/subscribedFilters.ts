import type { QoS } from '../../protocol/controlPacket';
import type { Violation } from '../../protocol/violations';

/** What a server says in its own words, in 5.0. */
export interface ServersWords {
  readonly reasonString?: string;
  readonly userProperties?: readonly (readonly [name: string, value: string])[];
}

/** What became of a filter: the server's answer, or the rule that kept it from being asked for. */
export type FilterAnswer =
  (ServersWords & { readonly reasonCode: number }) | { readonly violation: Violation };

/** A Topic Filter that is to be subscribed to whenever its connection is up. */
export interface SubscribedFilter {
  readonly topicFilter: string;
  readonly qos: QoS;
  /** What the server said to it on the present connection; `waiting` until SUBACK came. */
  readonly grant: 'waiting' | FilterAnswer;
}

/** The filters of one connection in the order they were added, and what became of them. */
export class SubscribedFilters {
  private readonly filters = new Map<string, SubscribedFilter>();

  all(): readonly SubscribedFilter[] {
    return [...this.filters.values()];
  }

  get(topicFilter: string): SubscribedFilter | undefined {
    return this.filters.get(topicFilter);
  }

  /** Adds a filter, or gives a known one another QoS. */
  add(topicFilter: string, qos: QoS): SubscribedFilter {
    const filter: SubscribedFilter = { topicFilter, qos, grant: 'waiting' };
    this.filters.set(topicFilter, filter);
    return filter;
  }

  remove(topicFilter: string): void {
    this.filters.delete(topicFilter);
  }

  /** Notes what became of a filter, unless it was removed or subscribed to anew since. */
  answered(filter: SubscribedFilter, grant: FilterAnswer): void {
    if (this.filters.get(filter.topicFilter) !== filter) return;
    this.filters.set(filter.topicFilter, { ...filter, grant });
  }

  connectionEnded(): void {
    for (const filter of this.filters.values()) {
      this.filters.set(filter.topicFilter, { ...filter, grant: 'waiting' });
    }
  }
}

/** Whether a SUBACK reason code grants the subscription (3.9.3). */
export function isGranted(reasonCode: number): boolean {
  return reasonCode < 0x80;
}

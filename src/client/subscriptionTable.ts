import type { Properties } from '../protocol/properties';
import { noProperties } from '../protocol/properties';
import { splitSharedFilter, topicMatches } from '../protocol/topics';

/** The largest Subscription Identifier (3.8.2.1.2). */
const largestIdentifier = 268_435_455;

/** One SUBSCRIBE with what is left of it: others have replaced the rest, or it was ended or refused. */
export interface MadeSubscription {
  readonly identifier: number | undefined;
  topicFilters: readonly string[];
}

/** What the server has of a filter, and what it was asked for last and has not answered. */
interface FilterState {
  granted: MadeSubscription | undefined;
  asked: MadeSubscription | undefined;
}

/**
 * The subscriptions of a client and the identifiers they were made with, to tell what each message came for (3.3.4). It is
 * as large as the subscriptions are many. Lists in here are replaced, never changed: a message keeps the one of its time.
 */
export class SubscriptionTable {
  private readonly byFilter = new Map<string, FilterState>();
  private readonly byIdentifier = new Map<number, MadeSubscription>();
  private filters: readonly string[] | undefined;
  private last = 0;

  /** An identifier that no subscription has. */
  nextIdentifier(): number {
    do {
      this.last = (this.last % largestIdentifier) + 1;
    } while (this.byIdentifier.has(this.last));
    return this.last;
  }

  /** A SUBSCRIBE is about to be sent: messages may come before SUBACK. */
  begin(topicFilters: readonly string[], identifier: number | undefined): MadeSubscription {
    const known = identifier === undefined ? undefined : this.byIdentifier.get(identifier);
    const made = known ?? { identifier, topicFilters: [] };
    for (const topicFilter of topicFilters) {
      const state = this.stateOf(topicFilter);
      const before = state.asked;
      state.asked = made;
      this.include(topicFilter, made);
      this.exclude(topicFilter, before);
    }
    return made;
  }

  /** SUBACK has come: what was granted replaces what was there before [MQTT-3.8.4-3], the rest is none. */
  answered(made: MadeSubscription, topicFilters: readonly string[], reasonCodes: readonly number[]): void {
    for (const [index, topicFilter] of topicFilters.entries()) {
      const state = this.stateOf(topicFilter);
      if (state.asked === made) state.asked = undefined;
      if ((reasonCodes[index] ?? 0x80) < 0x80) {
        const before = state.granted;
        state.granted = made;
        this.include(topicFilter, made);
        this.exclude(topicFilter, before);
      } else this.exclude(topicFilter, made);
    }
  }

  /** A Session that goes on has this subscription, whoever made it. */
  restore(topicFilter: string, identifier: number | undefined): void {
    this.answered(this.begin([topicFilter], identifier), [topicFilter], [0]);
  }

  /** UNSUBACK has come. */
  ended(topicFilter: string): void {
    const state = this.byFilter.get(topicFilter);
    if (!state) return;
    const { granted, asked } = state;
    state.granted = state.asked = undefined;
    this.exclude(topicFilter, granted);
    this.exclude(topicFilter, asked);
  }

  /** The Session is over, and they with it. */
  clear(): void {
    this.byFilter.clear();
    this.byIdentifier.clear();
    this.filters = undefined;
  }

  /**
   * Among which filters those are that a message came for: of the SUBSCRIBEs with its identifiers, or all where it has none.
   * That takes next to nothing; {@link filtersOf} does the rest for those who ask.
   */
  candidates(properties: Properties): readonly string[] {
    const identifiers = properties === noProperties ? undefined : properties.subscriptionIdentifiers;
    if (identifiers?.length === 1) {
      const made = this.byIdentifier.get(identifiers[0] ?? 0);
      if (made) return made.topicFilters;
    } else if (identifiers) {
      const named = identifiers.flatMap((each) => this.byIdentifier.get(each)?.topicFilters ?? []);
      if (named.length > 0) return [...new Set(named)];
    }
    this.filters ??= [...this.byFilter.keys()];
    return this.filters;
  }

  private stateOf(topicFilter: string): FilterState {
    let state = this.byFilter.get(topicFilter);
    if (!state) {
      state = { granted: undefined, asked: undefined };
      this.byFilter.set(topicFilter, state);
      this.filters = undefined;
    }
    return state;
  }

  private include(topicFilter: string, made: MadeSubscription): void {
    if (made.topicFilters.includes(topicFilter)) return;
    made.topicFilters = [...made.topicFilters, topicFilter];
    if (made.identifier !== undefined) this.byIdentifier.set(made.identifier, made);
  }

  /** Takes a filter out of a SUBSCRIBE that it does not hold on to any more. */
  private exclude(topicFilter: string, made: MadeSubscription | undefined): void {
    const state = this.byFilter.get(topicFilter);
    if (made && state?.granted !== made && state?.asked !== made) {
      made.topicFilters = made.topicFilters.filter((each) => each !== topicFilter);
      if (made.identifier !== undefined && made.topicFilters.length === 0) {
        this.byIdentifier.delete(made.identifier);
      }
    }
    if (state && !state.granted && !state.asked) {
      this.byFilter.delete(topicFilter);
      this.filters = undefined;
    }
  }
}

/** Those of the candidates that match the Topic Name, shared ones by the filter in them (4.7, 4.8.2). */
export function filtersOf(topicName: string, candidates: readonly string[]): readonly string[] {
  return candidates.filter((topicFilter) => topicMatches(splitSharedFilter(topicFilter).filter, topicName));
}

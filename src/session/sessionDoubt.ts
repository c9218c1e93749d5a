/**
 * For a client: what the server may not have of a Session any more. As long as CONNECT is not answered that is all of it: an
 * answer that gets lost may have said that the server has begun a new Session, and the next one says that there is one and
 * means that (3.2.2.1.1). Once CONNACK has said so it is what was not subscribed to again since.
 */
export class SessionDoubt {
  private readonly filters: Set<string>;
  private readonly identifiers: Set<number>;

  /** @param received Packet Identifiers of QoS 2 messages that were received and not released */
  constructor(topicFilters: Iterable<string>, received: Iterable<number>) {
    this.filters = new Set(topicFilters);
    this.identifiers = new Set(received);
  }

  get isEmpty(): boolean {
    return this.filters.size === 0 && this.identifiers.size === 0;
  }

  /** Topic Filters that are to be subscribed to again. */
  get topicFilters(): ReadonlySet<string> {
    return this.filters;
  }

  /** Packet Identifiers that may stand for messages of a Session that is no more. */
  get received(): ReadonlySet<number> {
    return this.identifiers;
  }

  /** The server has answered to a filter. */
  answered(topicFilter: string): void {
    this.filters.delete(topicFilter);
  }

  /** The server knows the message of an identifier, or this side does not any more. */
  settled(packetIdentifier: number): void {
    this.identifiers.delete(packetIdentifier);
  }

  /** Nothing is left of what was received. */
  receivedNothing(): void {
    this.identifiers.clear();
  }
}

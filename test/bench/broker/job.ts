/** What the clients of a benchmark do with a broker; each is answered with what came of it. */
export type Load =
  /** On each of `topics` topics one publisher sends `count` messages of 64 bytes, and each of `subscribers` gets them all. */
  | {
      readonly kind: 'fanOut';
      readonly qos: 0 | 1;
      readonly topics: number;
      readonly subscribers: number;
      readonly count: number;
      /** How many messages of one publisher may be under way. */
      readonly inFlight: number;
    }
  /** So many connect, a few at once, and stay until the next load. */
  | { readonly kind: 'connect'; readonly count: number }
  /** QoS 1 at a steady rate: one subscriber, one publisher. */
  | { readonly kind: 'latency'; readonly count: number; readonly aSecond: number };

export interface Job {
  readonly port: number;
  readonly load: Load;
}

export interface Figures {
  /** Microseconds from the first packet to the last. */
  readonly elapsed: number;
  readonly deliveries: number;
  /** Microseconds from publishing to receiving, and to PUBACK. */
  readonly toReceive: readonly number[];
  readonly toAcknowledge: readonly number[];
}

/** What the clients say: that everything is ready to begin, to which `'go'` is the answer; then what came of it. */
export type LoadAnswer =
  { readonly ready: true } | { readonly figures: Figures } | { readonly error: string };

export const payloadBytes = 64;

import type { QoS } from '../../../src/protocol/controlPacket';

/** Who does the work: this project's client with and without the capture, the peer, and a socket that only counts frames. */
export const subjectNames = ['ours', 'ours without capture', 'MQTT.js', 'socket'] as const;

export type SubjectName = (typeof subjectNames)[number];

/** Where the other side is. */
export interface Place {
  readonly transport: 'tcp' | 'ws';
  readonly port: number;
}

/** One piece of work of a client, from a connection that is up. */
export type Work =
  | {
      readonly kind: 'publish';
      readonly qos: QoS;
      readonly payloadBytes: number;
      readonly count: number;
      /** How many are asked for before the first is settled; the same as `count` is all at once. */
      readonly inFlight: number;
    }
  /** `filter` is subscribed; what comes is counted up to `count`. */
  | {
      readonly kind: 'receive';
      readonly qos: 0 | 1;
      readonly payloadBytes: number;
      readonly count: number;
      readonly filter: string;
    }
  /** Messages to the client itself at QoS 1, so many a second. */
  | {
      readonly kind: 'roundTrip';
      readonly payloadBytes: number;
      readonly count: number;
      readonly aSecond: number;
    };

export interface Job {
  readonly place: Place;
  readonly work: Work;
}

/** What the work took. */
export interface Measure {
  /** Of this process, user and system, in microseconds. */
  readonly cpu: number;
  /** In microseconds. */
  readonly elapsed: number;
  /** How many publishes settled, or messages came. */
  readonly done: number;
  /** Bytes by which the JavaScript heap and the buffers outside of it were larger at the end. */
  readonly growth: number;
  /** The most memory this process ever had, in bytes. */
  readonly peakMemory: number;
  /** In microseconds, of round trips only. */
  readonly latencies: readonly number[];
}

/** What a subject's process answers to a job; a receiver says first that its subscription is in place. */
export type Answer =
  { readonly subscribed: true } | { readonly measure: Measure } | { readonly error: string };

export const topicName = 'devices/bench-7/sensors/temperature/celsius1';
export const echoTopicName = 'echo/devices/bench-7/sensors/temperature';

/**
 * After how many messages the measuring starts: by then the code that runs is compiled. What is to be done all at once is
 * measured from the start.
 */
export function warmUpOf(work: Work): number {
  const isWhole = work.kind === 'roundTrip' || (work.kind === 'publish' && work.inFlight === work.count);
  return isWhole ? 0 : Math.floor(work.count / 4);
}

/** Does a job; a receiver calls `subscribed` when messages may come. */
export type DoWork = (job: Job, subscribed: () => void) => Promise<Measure>;

/** The filter that has the plain server send so many messages. */
export function sourceFilter(qos: 0 | 1, payloadBytes: number, count: number): string {
  return `source/${qos}/${payloadBytes}/${count}`;
}

import { grouped } from '../../../base/grouped';
import type { WaitingHandshake } from '../logReader';
import type { LogObserver, SeenConnection } from '../seen';

export type FindingKind =
  | 'identifierFight'
  | 'keepAliveLong'
  | 'keepAliveMissed'
  | 'pingUnanswered'
  | 'reconnectStorm'
  | 'qos1Unacknowledged'
  | 'acknowledgedTwice'
  | 'pubrelMissing'
  | 'subscriptionsLost'
  | 'willAtEveryDisconnect'
  | 'retainedCleared'
  | 'topicShape'
  | 'identifierChanges'
  | 'payloadCut'
  | 'limitExceeded'
  | 'clockWrong';

/** `problem`: messages or connections are lost by it; `warning`: they may be; `hint`: it is seldom meant. */
export type FindingSeverity = 'problem' | 'warning' | 'hint';

/** Something that a person who knows MQTT would say of these packets. */
export interface Finding {
  /** The same as long as it is about the same thing, whatever comes later. */
  readonly id: string;
  readonly kind: FindingKind;
  readonly severity: FindingSeverity;
  readonly title: string;
  /** What was seen, why that is, and what to do about it, in whole sentences. */
  readonly sentence: string;
  /** The packets it rests on that are still in the log, in their order; some of them where there are many. */
  readonly packets: readonly number[];
  /** How many packets, or times, there are in all. */
  readonly count: number;
  /** What the client is called whose fault it is, where it is one client's. */
  readonly client: string | undefined;
}

/** What a family may know beside what it accumulated. */
export interface DoctorContext {
  /** The time of the newest packet, in milliseconds since the Unix epoch: captures are looked at long after. */
  readonly now: number;
  /** Handshakes that wait for longer than {@link patience}, the oldest first. */
  readonly waiting: readonly WaitingHandshake[];
}

/** Milliseconds after which an answer is missing, though its connection is open: no broker takes as long on purpose. */
export const patience = 10_000;

/** What the doctor says. */
export interface DoctorReport {
  /** The gravest first. */
  readonly findings: readonly Finding[];
  /** How many more there are, no graver than these. */
  readonly omitted: number;
  /** There were more clients, or topics, than are kept apart: of some of them nothing was looked at. */
  readonly overlooks: boolean;
  /** The last packet that breaks a rule by itself, which no finding may be about; undefined where none does. */
  readonly lastBroken: number | undefined;
}

/** One kind of finding, or a few that rest on the same things. */
export interface FindingFamily extends LogObserver {
  /** The things it keeps apart. */
  readonly subjects: readonly Subjects<unknown>[];
  findings(context: DoctorContext): readonly Finding[];
}

/** How many things (clients, topics) a family keeps apart at most: what is beyond is not looked at. */
export const mostSubjects = 2_000;
/** How many packets are kept of a finding: the first ones, which tell how it began, and the last. */
const firstPackets = 4;
const lastPackets = 16;

/** The packets that a finding rests on, some of them where there are many. */
export class Evidence {
  count = 0;
  private readonly beginning: number[] = [];
  private ending: number[] = [];

  add(...sequences: readonly number[]): void {
    this.count++;
    this.rest(...sequences);
  }

  /** More packets of the same time. */
  rest(...sequences: readonly number[]): void {
    for (const sequence of sequences) {
      if (this.beginning.includes(sequence) || this.ending.includes(sequence)) continue;
      if (this.beginning.length < firstPackets) this.beginning.push(sequence);
      else this.ending.push(sequence);
    }
    if (this.ending.length > lastPackets) this.ending = this.ending.slice(-lastPackets);
  }

  copy(): Evidence {
    const copy = new Evidence();
    copy.rest(...this.packets);
    copy.count = this.count;
    return copy;
  }

  get packets(): readonly number[] {
    return [...this.beginning, ...this.ending].sort((a, b) => a - b);
  }
}

/** What a family keeps of each of the things that it keeps apart, by key: of {@link mostSubjects} at most. */
export class Subjects<T> extends Map<string, T> {
  /** There were more, of which nothing is kept. */
  overlooks = false;

  /** The value of a key, made where there is none and there is room for one. */
  of(key: string, make: () => T): T | undefined {
    const known = this.get(key);
    if (known !== undefined) return known;
    if (this.size >= mostSubjects) {
      this.overlooks = true;
      return undefined;
    }
    const made = make();
    this.set(key, made);
    return made;
  }
}

/** What a client is called. */
export interface Labelled {
  readonly label: string;
}

/** What a family keeps of each client. */
export class ClientSubjects<T extends object> extends Subjects<T & Labelled> {
  constructor(private readonly start: () => T) {
    super();
  }

  /** Of the client of a connection, made as above. */
  ofConnection({ client, label }: SeenConnection): (T & Labelled) | undefined {
    return this.of(client, () => ({ label, ...this.start() }));
  }
}

/** `once`, `twice`, `5 times`. */
export function times(count: number): string {
  return count === 1 ? 'once' : count === 2 ? 'twice' : `${grouped(count)} times`;
}

/** `1 message`, `12 messages`. */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** A value as the middle one of all. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 1] ?? Number.NaN;
}

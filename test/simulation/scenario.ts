import type { ProtocolVersion, QoS } from '../../src/protocol/controlPacket';
import { Chance } from './chance';
import type { PlannedMessage } from './messages';
import type { ServerPlan } from './server/serverPlan';
import type { LinkFault, Way, Weather } from './simulatedLink';
import { whimsFor, type Whim } from './whims';

/** What goes wrong between the ends, and when: milliseconds after the start. */
export type Mishap =
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'half-open'; readonly at: number; readonly loses: readonly Way[] }
  | {
      readonly kind: 'restart';
      readonly at: number;
      readonly keepsSessions: boolean;
      readonly downFor: number;
      /** What it takes from then on; absent where that is what it took before. */
      readonly maximumQoS?: QoS;
    }
  | { readonly kind: 'goodbye'; readonly at: number; readonly reasonCode: number }
  | { readonly kind: 'crash'; readonly at: number; readonly downFor: number };

/** What one client does. */
export interface ClientPlan {
  readonly clientIdentifier: string;
  /** What the client publishes, in order. */
  readonly publishes: readonly PlannedMessage[];
  /** What the server publishes to it. */
  readonly receives: readonly PlannedMessage[];
  readonly subscribedQos: QoS;
  /** Seconds. */
  readonly keepAlive: number;
  /** Seconds, 5.0 only. */
  readonly sessionExpiryInterval: number;
  readonly receiveMaximum: number | undefined;
  readonly maximumPacketSize: number | undefined;
  readonly topicAliasMaximum: number;
  /** Each connection begins with a new Session. */
  readonly cleanStart: boolean;
  /** SUBSCRIBE and UNSUBSCRIBE for a filter that nothing is published to. */
  readonly changes: readonly { readonly at: number; readonly kind: 'subscribe' | 'unsubscribe' }[];
  /** When the application takes no more messages for a while. */
  readonly holds: readonly { readonly at: number; readonly milliseconds: number }[];
  /** The Session outlives a crash of the client. */
  readonly keepsSession: boolean;
  /** When the client itself connects again. */
  readonly reconnects: 'always' | 'afterConnected';
  readonly queueQoS0: boolean;
  /** How many messages may be outstanding, where that is little. */
  readonly queuedMessages: number | undefined;
  /** When so many Packet Identifiers have passed that those in use come next. */
  readonly roundTrips: readonly number[];
  /** What its application does in the middle of everything. */
  readonly whims: readonly Whim[];
}

/** Everything about a run, made from its seed alone. */
export interface Scenario {
  readonly seed: number;
  readonly family: Family;
  /** What the server speaks. */
  readonly version: ProtocolVersion;
  /** The clients try 5.0 first, which a server of 3.1.1 refuses. */
  readonly isAutomatic: boolean;
  readonly clients: readonly ClientPlan[];
  readonly server: ServerPlan;
  readonly weather: Weather;
  /** What happens to one link after another, as they are opened; none where they are used up. */
  readonly linkFaults: readonly (LinkFault | undefined)[];
  readonly mishaps: readonly Mishap[];
  /** How often the attempt to open a connection is refused, or hangs, while things go wrong; 0 to 1. */
  readonly refused: number;
  readonly hanging: number;
  /** How often the store cannot keep what it is told, and how often the process ends when it has just kept it; 0 to 1. */
  readonly storeFailures: number;
  readonly crashesWhenKept: number;
  /** When nothing goes wrong any more, in milliseconds after the start. */
  readonly calmAfter: number;
}

export const families = [
  'cuts at any byte',
  'small quotas',
  'half-open links',
  'server restarts',
  'lost sessions',
  'client crashes',
  'slow links',
  'unwilling servers',
  'two clients',
  'fickle applications',
  'everything at once',
] as const;

export type Family = (typeof families)[number];

/** Seeds go round the families, so that the number alone says which it is. */
export function familyOf(seed: number): Family {
  return families[seed % families.length] ?? 'everything at once';
}

interface Mix {
  readonly clients: number;
  readonly cuts: number;
  readonly halfOpen: number;
  readonly restarts: number;
  readonly lostSessions: number;
  readonly crashes: number;
  readonly goodbyes: number;
  readonly slow: boolean;
  readonly small: boolean;
  readonly unwilling: number;
  readonly whims: number;
}

const calm: Mix = {
  ...{ clients: 1, cuts: 0, halfOpen: 0, restarts: 0, lostSessions: 0, crashes: 0, goodbyes: 0 },
  ...{ slow: false, small: false, unwilling: 0, whims: 0 },
};

/** How many of each mishap a run of a family has at most. */
const mixes: Readonly<Record<Family, Mix>> = {
  'cuts at any byte': { ...calm, cuts: 6 },
  'small quotas': { ...calm, cuts: 2, small: true },
  'half-open links': { ...calm, halfOpen: 2 },
  'server restarts': { ...calm, cuts: 1, restarts: 3 },
  'lost sessions': { ...calm, cuts: 2, lostSessions: 2 },
  'client crashes': { ...calm, cuts: 1, lostSessions: 1, crashes: 3 },
  'slow links': { ...calm, cuts: 1, slow: true },
  'unwilling servers': { ...calm, cuts: 1, goodbyes: 2, unwilling: 0.2 },
  'two clients': { ...calm, clients: 2, cuts: 3, restarts: 1 },
  'fickle applications': { ...calm, cuts: 2, restarts: 1, whims: 8 },
  'everything at once': {
    ...{ clients: 1, cuts: 3, halfOpen: 1, restarts: 1, lostSessions: 1, crashes: 1, goodbyes: 1 },
    ...{ slow: true, small: true, unwilling: 0.1, whims: 2 },
  },
};

export function scenarioOf(seed: number): Scenario {
  const family = familyOf(seed);
  const mix = mixes[family];
  const chance = new Chance(seed);
  // Others than the rest is thrown with, so that a run without these stays what it was.
  const whims = new Chance(seed, 3);
  const identifiers = new Chance(seed, 4);
  const version = chance.of([3, 4, 5, 5] as const);
  const calmAfter = mix.halfOpen > 0 ? 40_000 : 12_000;
  const small = mix.small || chance.is(0.2);
  return {
    ...{ seed, family, version, calmAfter },
    isAutomatic: version !== 3 && chance.is(0.1),
    clients: Array.from({ length: mix.clients }, (_, index) =>
      clientPlan(chance, whims, identifiers, index, small, calmAfter, mix),
    ),
    server: serverPlan(chance, identifiers, small, mix),
    weather: weatherOf(chance, mix),
    linkFaults: linkFaults(chance, mix),
    mishaps: mishaps(chance, mix, calmAfter),
    refused: mix.unwilling,
    hanging: mix.unwilling / 4,
    storeFailures: mix.crashes > 0 && chance.is(0.2) ? 0.1 : 0,
    crashesWhenKept: mix.crashes > 0 && chance.is(0.5) ? 0.02 : 0,
  };
}

function clientPlan(
  chance: Chance,
  whims: Chance,
  identifiers: Chance,
  index: number,
  small: boolean,
  span: number,
  mix: Mix,
): ClientPlan {
  const is5Bounded = small || chance.is(0.3);
  const cleanStart = chance.is(0.15);
  const holds = Array.from({ length: mix.slow ? chance.between(0, 3) : 0 }, () => ({
    at: chance.between(0, span),
    milliseconds: chance.between(1, 4000),
  }));
  const changes = Array.from({ length: chance.is(0.3) ? chance.between(1, 6) : 0 }, () => ({
    at: chance.between(0, span),
    kind: chance.of(['subscribe', 'unsubscribe'] as const),
  }));
  // What begins anew with each connection needs no store.
  const keepsSession = !cleanStart && (mix.crashes > 0 || chance.is(0.2) || whims.is(mix.whims / 16));
  const mostWhims = mix.whims > 0 || !whims.is(0.2) ? mix.whims : 2;
  return {
    clientIdentifier: `client${index + 1}`,
    publishes: decorated(chance, messages(chance, 'c', chance.between(4, 18), span, small ? 60 : 20)),
    receives: messages(chance, 's', chance.between(4, 18), span, small ? 60 : 20),
    subscribedQos: chance.of([2, 2, 2, 1, 0]),
    keepAlive: mix.halfOpen > 0 ? chance.between(1, 6) : chance.of([0, 2, 30]),
    sessionExpiryInterval: chance.is(0.1) ? 3 : 3600,
    receiveMaximum: is5Bounded ? chance.between(1, 4) : undefined,
    maximumPacketSize: is5Bounded ? chance.between(60, 120) : undefined,
    topicAliasMaximum: chance.between(0, 3),
    ...{ cleanStart, holds, changes },
    keepsSession,
    reconnects: chance.is(0.8) ? 'always' : 'afterConnected',
    queueQoS0: chance.is(0.5),
    queuedMessages: chance.is(0.1) ? chance.between(1, 5) : undefined,
    roundTrips: Array.from({ length: identifiers.is(0.3) ? identifiers.between(1, 6) : 0 }, () =>
      identifiers.between(0, span),
    ),
    whims: whimsFor(whims, mostWhims, span, keepsSession || cleanStart),
  };
}

/** Messages in bursts over some topics; how many are of each QoS differs from run to run. */
function messages(chance: Chance, from: string, count: number, span: number, mostBytes: number) {
  const topics = chance.between(1, 4);
  const favourite = chance.of([0, 1, 2, 2] as const);
  const all: PlannedMessage[] = [];
  let at = chance.between(0, 500);
  for (let number = 1; number <= count; number++) {
    if (!chance.is(0.6)) at += chance.between(1, (2 * span) / count);
    const qos = chance.is(0.4) ? favourite : chance.of([0, 1, 2] as const);
    const size = chance.is(0.9) ? chance.between(3, mostBytes) : chance.between(3, 200);
    all.push({
      number,
      topicName: `${from}/topic${chance.between(1, topics)}`,
      qos,
      size,
      at: Math.min(at, span),
    });
  }
  return all;
}

/** In some runs messages expire, in some their publisher wants a Topic Alias for every topic. */
function decorated(chance: Chance, messages: readonly PlannedMessage[]): PlannedMessage[] {
  const expires = chance.is(0.2);
  const hasAliases = chance.is(0.2);
  return messages.map((message) => ({
    ...message,
    ...(expires && chance.is(0.5) && { expiry: chance.between(1, 10) }),
    ...(hasAliases && chance.is(0.7) && { alias: Number(message.topicName.slice(-1)) }),
  }));
}

function serverPlan(chance: Chance, identifiers: Chance, small: boolean, mix: Mix): ServerPlan {
  return {
    receiveMaximum: small ? chance.between(1, 3) : chance.of([undefined, 5, 20]),
    maximumPacketSize: small ? chance.between(80, 150) : undefined,
    topicAliasMaximum: chance.between(0, 3),
    maximumQoS: chance.is(0.05) ? chance.of([0, 1] as const) : 2,
    serverKeepAlive: chance.is(0.1) ? chance.between(1, 5) : undefined,
    answers: chance.of<readonly [number, number]>([
      [0, 0],
      [0, 30],
      [0, 400],
      [100, 1500],
    ]),
    busy: mix.unwilling,
    silent: mix.unwilling / 4,
    refusesEvery: chance.is(0.2) ? chance.between(2, 7) : 0,
    aliases: chance.of([0, 0.5, 1]),
    reusesIdentifiers: identifiers.is(0.5),
  };
}

function weatherOf(chance: Chance, { slow }: Mix): Weather {
  return {
    latency: slow
      ? [0, chance.between(50, 800)]
      : chance.of<readonly [number, number]>([
          [0, 0],
          [1, 5],
          [5, 60],
        ]),
    splits: slow ? chance.next() : chance.of([0, 0.1, 0.6]),
    coalesces: chance.next(),
    full: slow ? chance.of([0, 0.1, 0.5]) : 0,
  };
}

/** Cuts and half-open ends that strike after a number of bytes: anywhere in CONNECT, in a PUBLISH or between two packets. */
function linkFaults(chance: Chance, mix: Mix): (LinkFault | undefined)[] {
  const faults: (LinkFault | undefined)[] = [];
  const add = (kind: LinkFault['kind'], most: number) => {
    for (let count = chance.between(0, most); count > 0; count--) {
      if (chance.is(0.2)) faults.push(undefined);
      const afterBytes = chance.is(0.3) ? chance.between(0, 40) : chance.between(0, 600);
      const way = chance.of(['up', 'down'] as const);
      faults.push({ kind, way, afterBytes, loses: chance.is(0.6) ? ['up', 'down'] : [way] });
    }
  };
  add('cut', mix.cuts);
  add('half-open', mix.halfOpen);
  return faults;
}

function losing(chance: Chance): readonly Way[] {
  return chance.of([['up', 'down'], ['up', 'down'], ['up'], ['down']] as const);
}

/** Administrative action and Session taken over: the client is to stay away. */
export const lastingGoodbyes: readonly number[] = [0x98, 0x8e];
/** Server busy, server shutting down, Keep Alive timeout and quota exceeded pass. */
const goodbyes = [0x89, 0x8b, 0x8d, 0x97, 0x98, 0x8e] as const;

function mishaps(chance: Chance, mix: Mix, span: number): Mishap[] {
  const all: Mishap[] = [];
  const add = (most: number, make: (at: number) => Mishap) => {
    for (let count = chance.between(0, most); count > 0; count--) all.push(make(chance.between(0, span)));
  };
  add(mix.cuts, (at) => ({ kind: 'cut', at }));
  add(mix.halfOpen, (at) => ({ kind: 'half-open', at, loses: losing(chance) }));
  const downFor = () => chance.of([0, 100, 2000]);
  // After a crash nobody knows which message a client tells of that it takes up again.
  const otherLimits = () =>
    mix.crashes === 0 && mix.whims === 0 && chance.is(0.5)
      ? { maximumQoS: chance.of([0, 1, 2] as const) }
      : {};
  const restart = (at: number, keepsSessions: boolean): Mishap => ({
    ...({ kind: 'restart', at, keepsSessions, downFor: downFor() } as const),
    ...otherLimits(),
  });
  add(mix.restarts, (at) => restart(at, true));
  add(mix.lostSessions, (at) => restart(at, false));
  add(mix.goodbyes, (at) => ({
    kind: 'goodbye',
    at,
    reasonCode: chance.of(goodbyes),
  }));
  add(mix.crashes, (at) => ({ kind: 'crash', at, downFor: downFor() }));
  return all;
}

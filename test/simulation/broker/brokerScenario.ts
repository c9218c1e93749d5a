import type { QoS } from '../../../src/protocol/controlPacket';
import { Chance } from '../chance';
import type { PlannedMessage } from '../messages';
import type { MethodPlan } from './simulatedMethod';
import type { LinkFault, Weather, Way } from '../simulatedLink';

export interface PlannedSubscription {
  readonly at: number;
  readonly kind: 'subscribe' | 'unsubscribe';
  readonly topicFilter: string;
  readonly qos: QoS;
  readonly noLocal: boolean;
  readonly retainAsPublished: boolean;
  readonly retainHandling: 0 | 1 | 2;
}

export interface PlannedPublish extends PlannedMessage {
  readonly retain: boolean;
  /** Its payload is empty. */
  readonly isEmpty: boolean;
}

export interface ParticipantPlan {
  readonly clientIdentifier: string;
  readonly version: 4 | 5;
  readonly cleanStart: boolean;
  /** Seconds. */
  readonly sessionExpiry: number;
  readonly keepAlive: number;
  readonly receiveMaximum: number;
  readonly topicAliasMaximum: number;
  readonly hasIdentifiers: boolean;
  readonly will: { readonly delay: number; readonly qos: QoS; readonly retain: boolean } | undefined;
  readonly publishes: readonly PlannedPublish[];
  readonly subscriptions: readonly PlannedSubscription[];
  /** When it takes no more for a while, both in milliseconds. */
  readonly holds: readonly { readonly at: number; readonly milliseconds: number }[];
  /** When it leaves by itself, and whether its will is to be published all the same. */
  readonly leaves: readonly { readonly at: number; readonly withWill: boolean }[];
  /** It authenticates by a method, and again at these times, in milliseconds; undefined: it has none. */
  readonly authenticates: readonly number[] | undefined;
}

export type BrokerMishap =
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'half-open'; readonly at: number; readonly loses: readonly Way[] }
  /** Another takes the Client Identifier and goes without a word, after so many milliseconds. */
  | { readonly kind: 'intruder'; readonly at: number; readonly stays: number; readonly cleanStart: boolean }
  /** Somebody says in pieces a CONNECT with that Client Identifier that breaks a rule, and goes on with what is none. */
  | { readonly kind: 'stranger'; readonly at: number }
  | { readonly kind: 'restart'; readonly at: number; readonly downFor: number }
  /** The disk takes nothing for so many milliseconds, and the process may end in their middle. */
  | { readonly kind: 'disk'; readonly at: number; readonly fails: number; readonly kills: boolean };

export interface BrokerScenario {
  readonly seed: number;
  readonly participants: readonly ParticipantPlan[];
  readonly weather: Weather;
  readonly linkFaults: readonly (LinkFault | undefined)[];
  readonly mishaps: readonly BrokerMishap[];
  /** The broker has a journal. */
  readonly keepsState: boolean;
  /** How probable it is that its process ends just when something has become safe. */
  readonly crashesWhenKept: number;
  /** From when on nothing goes wrong any more, in milliseconds. */
  readonly calmAfter: number;
  /** How the method of those goes that have one. */
  readonly method: MethodPlan;
  /** Bytes of QoS 0 messages that wait for a slow client; undefined leaves it to the broker. */
  readonly writeBufferBytes: number | undefined;
}

export const brokerFamilies = [
  'a good network',
  'lost connections',
  'take-overs',
  'restarts',
  'everything at once',
] as const;

export type BrokerFamily = (typeof brokerFamilies)[number];

export function brokerFamilyOf(seed: number): BrokerFamily {
  return brokerFamilies[seed % brokerFamilies.length] ?? 'everything at once';
}

/** Topics that are shared are not subscribed to in any other way, so that it is known what a message came for. */
const topics = ['d/a', 'd/b', 'e/a', 'j/x', 'j/y'] as const;
const filters = ['d/a', 'd/+', 'd/#', '+/a', 'w/#', 'e/a'] as const;
/** Nobody has two of them that match the same: one could not tell what a message came for. */
const sharedFilters = ['$share/one/j/#', '$share/two/j/x'] as const;

export function brokerScenarioOf(seed: number): BrokerScenario {
  const chance = new Chance(seed, 11);
  const family = brokerFamilyOf(seed);
  const isMixed = family === 'everything at once';
  const losesConnections = family === 'lost connections' || isMixed;
  const span = chance.between(2_000, 20_000);
  const participants: ParticipantPlan[] = [];
  // What came to the scenarios later has dice of its own: a seed is what it was.
  const later = new Chance(seed, 14);
  for (let count = chance.between(2, 5); count > 0; count--)
    participants.push(participant(chance, participants.length + 1, span, family, later));
  const mishaps: BrokerMishap[] = [];
  const add = (most: number, make: (at: number) => BrokerMishap) => {
    for (let count = chance.between(0, most); count > 0; count--) mishaps.push(make(chance.between(0, span)));
  };
  if (losesConnections) {
    add(4, (at) => ({ kind: 'cut', at }));
    add(2, (at) => ({
      kind: 'half-open',
      at,
      loses: chance.of<readonly Way[]>([['up', 'down'], ['up'], ['down']]),
    }));
  }
  if (family === 'take-overs' || isMixed) {
    add(4, (at) => ({
      kind: 'intruder',
      at,
      stays: chance.between(0, 3_000),
      cleanStart: chance.is(0.25),
    }));
  }
  const restarts = family === 'restarts' || isMixed;
  if (restarts) add(3, (at) => ({ kind: 'restart', at, downFor: chance.of([0, 100, 4_000]) }));
  if (restarts && chance.is(0.4)) {
    add(2, (at) => ({ kind: 'disk', at, fails: chance.of([5, 300, 4_000]), kills: chance.is(0.6) }));
  }
  const isSlow = chance.is(0.3);
  const writeBufferBytes = later.is(0.3) ? later.of([60, 300]) : undefined;
  if (family === 'take-overs' || isMixed) {
    for (let count = later.between(0, 4); count > 0; count--)
      mishaps.push({ kind: 'stranger', at: later.between(0, span) });
  }
  return {
    ...{ seed, participants, mishaps },
    weather: {
      latency: isSlow ? [50, 900] : [0, 30],
      splits: chance.of([0, 0.1, 0.4]),
      coalesces: chance.of([0.2, 0.9]),
      full: Math.max(chance.of([0, 0, 0.1]), writeBufferBytes === undefined ? 0 : 0.4),
    },
    linkFaults: losesConnections ? linkFaults(chance) : [],
    keepsState: restarts ? chance.is(0.9) : chance.is(0.2),
    crashesWhenKept: restarts && chance.is(0.4) ? 0.03 : 0,
    calmAfter: span + 5_000,
    method: { questions: later.between(0, 3), thinks: later.of([0, 20, 400]) },
    writeBufferBytes,
  };
}

function participant(
  chance: Chance,
  nth: number,
  span: number,
  family: BrokerFamily,
  later: Chance,
): ParticipantPlan {
  const version = chance.is(0.7) ? 5 : 4;
  const publishes: PlannedPublish[] = [];
  const subscriptions: PlannedSubscription[] = [];
  const moments = (most: number) =>
    Array.from({ length: chance.between(0, most) }, () => chance.between(0, span)).sort((a, b) => a - b);
  // Often many in one turn.
  for (const at of moments(16)) {
    const isEmpty = chance.is(0.03);
    const qos = isEmpty ? 0 : chance.of([0, 1, 1, 2, 2] as const);
    publishes.push({
      number: nth * 1000 + publishes.length + 1,
      topicName: chance.of(topics),
      ...{ qos, isEmpty, retain: isEmpty || chance.is(0.15) },
      size: chance.is(0.1) ? chance.between(3, 400) : 3,
      at: chance.is(0.4) ? Math.floor(at / 2_000) * 2_000 : at,
      ...(version === 5 && chance.is(0.2) && { expiry: chance.of([1, 3, 20]) }),
    });
  }
  publishes.sort((one, other) => one.at - other.at || one.number - other.number);
  for (let count = chance.between(1, 5); count > 0; count--) {
    const isShared = chance.is(0.3);
    const topicFilter = isShared ? (sharedFilters[nth % 2] ?? sharedFilters[0]) : chance.of(filters);
    subscriptions.push({
      at: chance.is(0.6) ? 0 : chance.between(0, span),
      kind: chance.is(0.85) ? 'subscribe' : 'unsubscribe',
      topicFilter,
      qos: isShared ? chance.of([1, 2] as const) : chance.of([0, 1, 2, 2] as const),
      noLocal: !isShared && chance.is(0.2),
      retainAsPublished: !isShared && chance.is(0.3),
      retainHandling: chance.of([0, 0, 1, 2] as const),
    });
  }
  const leaves = family === 'a good network' || chance.is(0.5) ? [] : moments(2);
  return {
    clientIdentifier: `p${nth}`,
    version,
    cleanStart: chance.is(0.15),
    sessionExpiry: chance.of([0, 3, 60, 0xffffffff, 0xffffffff]),
    keepAlive: chance.of([6, 10, 30]),
    receiveMaximum: chance.of([1, 3, 65_535]),
    topicAliasMaximum: chance.of([0, 2, 16]),
    hasIdentifiers: chance.is(0.7),
    will: chance.is(0.4)
      ? { delay: chance.of([0, 0, 2, 30]), qos: chance.of([0, 1, 2] as const), retain: chance.is(0.2) }
      : undefined,
    ...{ publishes: numbered(publishes, nth), subscriptions },
    holds: chance.is(0.2) ? moments(2).map((at) => ({ at, milliseconds: chance.between(100, 3_000) })) : [],
    leaves: leaves.map((at) => ({ at, withWill: chance.is(0.5) })),
    authenticates:
      version === 5 && later.is(0.4)
        ? Array.from({ length: later.between(0, 3) }, () => later.between(0, span))
        : undefined,
  };
}

/** In the order of publishing. */
function numbered(publishes: readonly PlannedPublish[], nth: number): PlannedPublish[] {
  return publishes.map((each, index) => ({ ...each, number: nth * 1000 + index + 1 }));
}

function linkFaults(chance: Chance): (LinkFault | undefined)[] {
  return Array.from({ length: chance.between(0, 12) }, () => {
    if (chance.is(0.4)) return undefined;
    const way = chance.of(['up', 'down'] as const);
    return {
      kind: chance.is(0.8) ? 'cut' : 'half-open',
      way,
      afterBytes: chance.is(0.4) ? chance.between(0, 40) : chance.between(0, 600),
      loses: chance.is(0.6) ? ['up', 'down'] : [way],
    };
  });
}

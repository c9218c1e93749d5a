import type { BrokerWorld } from './brokerWorld';
import type { Delivery } from './expectedSession';
import type { Participant } from './participant';

/** Looks at a run that has come to rest for what the specification promises from end to end. */
export function judgeBroker(world: BrokerWorld): void {
  const complain = (what: string) => world.observer.finding(what);
  if (!world.isAtRest) complain('does not come to rest');
  for (const participant of world.participants) {
    judgePublishes(world, participant, complain);
    judgeArrivals(world, participant, complain);
  }
  judgeShared(world, complain);
  judgeState(world, complain);
}

type Complain = (what: string) => void;

function judgePublishes({ routing }: BrokerWorld, { published }: Participant, complain: Complain): void {
  for (const { number, qos, outcome } of published) {
    if (number === 0) continue;
    const all = routing.takenFrom.get(number) ?? [];
    const taken = all.filter(({ isUndone }) => !isUndone);
    if (outcome === 'pending') complain(`publish() of message ${number} has never settled`);
    if (outcome === 'resolved' && qos > 0 && taken.length === 0 && all.every(({ isKept }) => isKept))
      complain(`message ${number} was acknowledged, and is not there [MQTT-4.3.2-1]`);
    if (qos === 2 && new Set(taken.map(({ session }) => session)).size < taken.length)
      complain(`message ${number} of QoS 2 was taken twice [MQTT-4.3.3-10]`);
  }
}

function judgeArrivals(
  { routing }: BrokerWorld,
  { plan: { clientIdentifier }, arrivals }: Participant,
  complain: Complain,
): void {
  const owed = new Map<string, Delivery[]>();
  const mistaken = new Set<Delivery>();
  const own = routing.everySession.filter((session) => session.clientIdentifier === clientIdentifier);
  for (const session of own) {
    // A client that never heard that its Session had been lost goes on with what it knows of that one.
    const isMistaken = !session.isKnown && session !== own[0];
    for (const each of session.deliveries) {
      add(owed, each, each.qos);
      if (isMistaken && each.qos === 2) mistaken.add(each);
    }
    if (session.hasEnded || session.peer === undefined) continue;
    for (const each of session.deliveries) {
      const { number, qos, state, isUndone } = each;
      const isOver = state === 'done' || (state === 'waiting' && routing.hasExpired(each));
      if (qos > 0 && !isUndone && !isOver)
        complain(`${clientIdentifier} has not got message ${number} of QoS ${qos}`);
    }
  }
  for (const each of routing.shared) for (const qos of [0, 1, 2]) add(owed, each, qos);
  const counts = new Map<string, number>();
  for (const { number, topicName, qos } of arrivals) {
    const key = `${number} ${topicName} ${qos}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  for (const [key, count] of counts) {
    const deliveries = owed.get(key) ?? [];
    if (deliveries.length === 0) complain(`${clientIdentifier} got ${key}, which is not for it`);
    if (count > deliveries.length && !key.endsWith('1'))
      complain(`${clientIdentifier} got ${key} ${count} times of ${deliveries.length} [MQTT-4.3.3-10]`);
  }
  for (const [key, deliveries] of owed) {
    const least = deliveries
      .filter((each) => each.group === undefined && each.qos > 0 && each.state === 'done' && !each.isUndone)
      .filter((each) => !mistaken.has(each)).length;
    if ((counts.get(key) ?? 0) < least)
      complain(`${clientIdentifier} got ${key} ${counts.get(key) ?? 0} times of ${least} [MQTT-4.3.2-1]`);
  }
}

function add(owed: Map<string, Delivery[]>, delivery: Delivery, qos: number): void {
  const key = `${delivery.number} ${delivery.topicName} ${qos}`;
  const others = owed.get(key);
  if (others) others.push(delivery);
  else owed.set(key, [delivery]);
}

/** What goes to one of several comes to one, as long as nobody has ended their Session with it. */
function judgeShared({ routing }: BrokerWorld, complain: Complain): void {
  for (const each of routing.shared) {
    const { number, qos, group, state, isUndone } = each;
    if (state === 'waiting' && routing.hasExpired(each)) continue;
    if (qos === 0 || isUndone || group === undefined || state === 'done') continue;
    const members = routing.everySession.filter(({ everShared }) => everShared.has(group));
    const hasEnded = members.some((session) => session.hasEnded || session.peer === undefined);
    if (!hasEnded) complain(`nobody of ${group} has got message ${number} of QoS ${qos}`);
  }
}

/** Nothing is left in the broker of what is done. */
function judgeState({ broker }: BrokerWorld, complain: Complain): void {
  for (const { clientIdentifier, connection, inFlight, queued, queuedBytes } of broker?.clients() ?? []) {
    if (!connection || inFlight + queued + queuedBytes === 0) continue;
    complain(`${clientIdentifier} has ${inFlight} in flight, ${queued} queued, ${queuedBytes} bytes at rest`);
  }
}

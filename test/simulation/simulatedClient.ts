import { TransportFailureError } from '../../src/base/transportFailure';
import type { ClientDependencies, ClientOptions } from '../../src/client/mqttClient';
import type { ClientState, Inheritance, ReceivedMessage } from '../../src/client/mqttClient';
import { MqttClient } from '../../src/client/mqttClient';
import type { QoS } from '../../src/protocol/controlPacket';
import type { Transport } from '../../src/session/effects';
import { a } from '../support/packets';
import { ClientLife } from './clientLife';
import type { PublishRecord } from './clientPublishes';
import { ClientPublishes } from './clientPublishes';
import type { ClientWatch } from './clientWatch';
import { comeRound, leftovers } from './leftovers';
import { SimulatedStore } from './simulatedStore';
import type { PlannedMessage } from './messages';
import { numberIn } from './messages';
import { Perseverance } from './perseverance';
import type { ClientPlan } from './scenario';
import type { SimulationWorld } from './simulationWorld';
import type { Act } from './whims';
import { Whims } from './whims';

/** A message the application has got. */
export interface Arrival {
  readonly number: number | undefined;
  readonly topicName: string;
  readonly qos: QoS;
}

const filter = 's/#';

/** How long the application waits until it connects anew a client that has given up, in milliseconds. */
const secondThought = 3000;

/** From this number on messages are those of a whim. */
const firstOfWhims = 1000;

/** An application with its client: publishes what is planned, writes down what comes, crashes and starts again. */
export class SimulatedClient {
  readonly arrivals: Arrival[] = [];
  readonly store: SimulatedStore | undefined;
  private readonly publishes: ClientPublishes;
  private readonly whims: Whims;
  private life: ClientLife | undefined;
  /** Lives that did not end in a crash, the one that goes on included. */
  private readonly lives = new Set<ClientLife>();
  private isWanted = false;
  private publishedOnWhim = 0;
  private readonly perseverance: Perseverance;

  constructor(
    private readonly world: SimulationWorld,
    readonly plan: ClientPlan,
    readonly watch: ClientWatch,
  ) {
    const { chance, observer } = world;
    this.perseverance = new Perseverance(plan.reconnects, (what) => observer.finding(what));
    this.whims = new Whims(plan.whims, (act, moment) => {
      if (!world.isCalm) this.act(act, moment);
    });
    this.publishes = new ClientPublishes(
      world,
      plan,
      watch,
      (life, what) => this.life === life && this.whims.heardOf(what),
    );
    if (!plan.keepsSession) return;
    this.store = new SimulatedStore({
      wait: () => new Promise((resolve) => world.timeline.after('store', chance.between(0, 20), resolve)),
      opened: (kept) => watch.goBackTo(kept),
      forgot: (received) => watch.forgetReceived(received),
      changed: (changes) => world.stored(changes),
      fails: () => {
        const fails = !world.isCalm && chance.is(world.scenario.storeFailures);
        if (fails) observer.fault('store failure');
        return fails;
      },
      // A batch is kept and then, before anything else, the process ends.
      kept: () => {
        if (!world.isCalm && chance.is(world.scenario.crashesWhenKept)) this.crash(chance.between(0, 500));
      },
    });
  }

  get published(): readonly PublishRecord[] {
    return this.publishes.all;
  }

  /** Promises of anything but `publish()` that are not settled, of all lives whose process did not end. */
  get pending(): number {
    let pending = 0;
    for (const life of this.lives) pending += life.pending;
    return pending;
  }

  /** Timers of this life and of those before. */
  private get timers(): number {
    return this.world.timeline.waiting(this.plan.clientIdentifier);
  }

  /** What there is still to be done for this client, on any side; undefined where it has come to rest. */
  get unrest(): string | undefined {
    const { life, pending, watch } = this;
    const { owed, subscriptions } = this.world.server.session(this.plan.clientIdentifier) ?? {};
    if (life?.client.state.state !== 'connected') return `it is ${life?.client.state.state ?? 'gone'}`;
    if (!life.client.subscriptions.has(filter)) return 'it has not subscribed';
    if (pending > 0) return `${pending} promises are not settled`;
    const { outstanding, owedSubscriptions } = life.client;
    if (outstanding > 0) return `${outstanding} of its requests are outstanding`;
    if (owedSubscriptions.size > 0) return 'it has not subscribed again';
    if (!this.publishes.areSettled) return 'publish() has not settled';
    if (this.store?.isEmpty === false) return 'its store has messages';
    if (watch.exchanges.size > 0) return `${watch.exchanges.size} messages are under way`;
    if (watch.current?.debts.length !== 0) return 'it owes answers';
    if (!subscriptions?.has(filter)) return 'the server has no subscription of it';
    return owed?.length === 0 ? undefined : 'the server owes it messages';
  }

  /** @param connectsAfter milliseconds */
  start(connectsAfter = 0, inheritance?: Inheritance): void {
    this.isWanted = true;
    const { world, plan } = this;
    const client = world.made(new MqttClient(this.options, this.dependencies, inheritance));
    const life = new ClientLife(client, (what) =>
      world.observer.finding(`${plan.clientIdentifier}: the client ${what}`),
    );
    this.life = life;
    this.lives.add(life);
    client.onDidChangeState((state) => {
      life.hears(state);
      if (this.life === life) this.changed(state);
    });
    client.onDidChangeState((state) => life.witnesses(state));
    client.onKeptFailed((failure) => this.publishes.keptFailed(failure));
    client.onMessages((messages) => {
      life.checkAlive('messages have come');
      if (this.life === life) this.got(messages);
    });
    if (connectsAfter === 0) this.connect();
    else this.later(connectsAfter);
  }

  publish(message: PlannedMessage): void {
    if (this.life) this.publishes.publish(this.life, message, this.store?.isOpen === true);
  }

  /** Asks for a filter, or not any more; what comes of it has to come of it. */
  change(kind: 'subscribe' | 'unsubscribe'): void {
    const { life } = this;
    if (!life) return;
    this.note(() => `${kind} other/#`);
    const isSubscribe = kind === 'subscribe';
    this.track(
      life,
      isSubscribe
        ? life.client.subscribe([a.subscription('other/#', 1)])
        : life.client.unsubscribe(['other/#']),
    );
  }

  /** Takes no more messages for a while. */
  hold(milliseconds: number): void {
    const hold = this.life?.client.hold();
    if (!hold) return;
    this.note(() => `holds for ${milliseconds} ms`);
    this.world.timeline.after('application', milliseconds, () => hold.dispose());
  }

  /** So many Packet Identifiers pass that those of long ago come again. */
  comeRound(): void {
    if (!this.life) return;
    this.note(() => 'Packet Identifiers come round');
    comeRound(this.life.client);
  }

  act(act: Act, moment: string): void {
    const { life, world } = this;
    if (!life) return;
    world.observer.fault('whim', () => `${this.plan.clientIdentifier} on ${moment}: ${JSON.stringify(act)}`);
    switch (act.kind) {
      case 'connect':
        return this.connect();
      case 'retry':
        return life.retry();
      case 'disconnect':
        return this.track(life, life.disconnect());
      case 'endSession': {
        const { version, isAutomatic } = world.scenario;
        const ends = version === 5 && !isAutomatic;
        return this.track(life, life.disconnect(ends ? { sessionExpiryInterval: 0 } : undefined));
      }
      case 'dispose':
        return this.dispose(life, act.downFor);
      case 'replace':
        return this.track(life, this.replace(life, act.connectsAfter));
      case 'publish': {
        const number = firstOfWhims + ++this.publishedOnWhim;
        return this.publish({ number, topicName: 'c/whim', qos: act.qos, size: 3, at: 0 });
      }
    }
  }

  /** Ends as a process does that is killed: nothing it has not kept is there any more. */
  crash(downFor: number): void {
    const { life, world } = this;
    if (!life) return;
    world.timeline.after('plan', downFor, () => this.start());
    world.observer.fault('client crash', () => this.plan.clientIdentifier);
    this.life = undefined;
    this.lives.delete(life);
    this.store?.crash();
    life.link?.client.abandon();
    // The object has no part in what follows; it only has to let go of its timers.
    world.timeline.after('crash', 0, () => life.client.dispose());
    this.publishes.crashed(life);
    if (!this.store) this.watch.forgetSession();
  }

  /** Nothing goes wrong any more, and there was time enough. */
  lookForUnrest(): void {
    const { unrest } = this;
    if (unrest !== undefined) this.complain(`never comes to rest: ${unrest}`);
  }

  /** All is done. */
  lookForLeftovers(): void {
    const { life, unrest } = this;
    if (!life || unrest !== undefined) return;
    const { routed } = this.world.server.record(this.plan.clientIdentifier);
    const wasDropped = (packetIdentifier: number): boolean =>
      routed.get(this.watch.received.get(packetIdentifier) ?? 0)?.isTooLarge === true;
    for (const leftover of leftovers(life.client, wasDropped)) this.complain(`has ${leftover} left over`);
  }

  /** It was told that all has ended. */
  lookForTimers(): void {
    if (this.timers > 0) this.complain(`${this.timers} timers are left over`);
  }

  async finish(): Promise<void> {
    this.isWanted = false;
    const { life } = this;
    if (!life) return;
    await life.disconnect();
    life.checkKnowledge();
    life.dispose();
  }

  private get options(): ClientOptions {
    const { plan, world } = this;
    const { scenario, chance } = world;
    return world.options({
      version: scenario.isAutomatic ? 'automatic' : scenario.version,
      clientIdentifier: plan.clientIdentifier,
      cleanStart: plan.cleanStart,
      keepAlive: plan.keepAlive,
      reconnect: { when: plan.reconnects, random: () => chance.next() },
      queueQoS0: plan.queueQoS0,
      ...(plan.queuedMessages !== undefined && { queue: { messages: plan.queuedMessages, bytes: 1e6 } }),
      ...((scenario.version === 5 || scenario.isAutomatic) && { properties: propertiesOf(plan) }),
    });
  }

  private get dependencies(): ClientDependencies {
    const { store } = this;
    return {
      open: () => this.open(),
      clock: this.world.clock(this.plan.clientIdentifier),
      ...(store && { store }),
    };
  }

  private connect(): void {
    const { life } = this;
    if (life && this.isWanted) this.track(life, life.client.connect());
  }

  private later(milliseconds: number): void {
    const { life } = this;
    this.world.timeline.after('application', milliseconds, () => this.life === life && this.connect());
  }

  /** Makes another client, of this Client Identifier and with the same store. */
  private dispose(life: ClientLife, downFor: number | undefined): void {
    this.life = undefined;
    if (downFor === undefined) this.start();
    else this.world.timeline.after('plan', downFor, () => this.start());
    life.dispose();
    this.misuse(life);
  }

  private async replace(life: ClientLife, connectsAfter: number): Promise<void> {
    await life.disconnect();
    if (this.life !== life || life.client.state.state !== 'disconnected') return;
    this.life = undefined;
    const inheritance = life.handOver();
    this.misuse(life);
    this.start(connectsAfter, inheritance);
  }

  /** Whoever still has a client that was disposed of gets an answer, and nothing comes of it. */
  private misuse(life: ClientLife): void {
    const { client } = life;
    client.dispose();
    const number = firstOfWhims + ++this.publishedOnWhim;
    this.publishes.publish(life, { number, topicName: 'c/whim', qos: 1, size: 3, at: 0 }, false);
    this.track(life, client.connect());
    this.track(life, client.subscribe([a.subscription('other/#', 1)]));
    this.track(life, client.disconnect());
    client.retry();
  }

  private changed(state: ClientState): void {
    this.note(() => state.state + ('failure' in state && state.failure ? `: ${state.failure.kind}` : ''));
    this.perseverance.heard(state);
    if (state.state === 'connected' && !this.life?.client.subscriptions.has(filter)) this.subscribe();
    if (state.state === 'disconnected' && this.isWanted) this.later(secondThought);
    this.whims.heardOf(state.state);
  }

  private subscribe(): void {
    const { life, plan } = this;
    if (life) this.track(life, life.client.subscribe([a.subscription(filter, plan.subscribedQos)]));
  }

  private got(messages: readonly ReceivedMessage[]): void {
    for (const { payload, topicName, qos } of messages) {
      const number = numberIn(payload);
      this.note(() => `got ${number ?? 'something else'} of ${topicName}, QoS ${qos}`);
      this.arrivals.push({ number, topicName, qos });
    }
    this.whims.heardOf('messages');
  }

  private open(): Promise<Transport> {
    const { timeline, chance, scenario, observer, isCalm, server } = this.world;
    const { life } = this;
    return new Promise((resolve, reject) => {
      const isRefused = !server.isUp || (!isCalm && chance.is(scenario.refused));
      const isHanging = !isCalm && chance.is(scenario.hanging);
      if (isRefused) observer.fault('refused connection');
      else if (isHanging) observer.fault('hanging connection');
      const after = isHanging ? 15_000 : chance.between(0, 50);
      timeline.after('link', after, () => {
        // A process that is gone gets none; one whose client is disposed of meanwhile does.
        const isAlive = life !== undefined && this.lives.has(life);
        if (isAlive && !isRefused && server.isUp) resolve(this.world.connection(this, life));
        else reject(new TransportFailureError({ step: 'tcp', code: 'refused', detail: 'simulated' }));
      });
    });
  }

  /** A promise of a life: it has to settle, one way or the other. */
  private track(life: ClientLife, promise: Promise<unknown>): void {
    life.track(promise, () => this.life === life && this.whims.heardOf('answered'));
  }

  private complain(what: string): void {
    this.world.observer.finding(`${this.plan.clientIdentifier}: ${what}`);
  }

  private note(text: () => string): void {
    this.world.observer.note(() => `${this.plan.clientIdentifier}: ${text()}`);
  }
}

function propertiesOf(plan: ClientPlan) {
  const { receiveMaximum, maximumPacketSize, topicAliasMaximum, sessionExpiryInterval } = plan;
  return {
    sessionExpiryInterval,
    ...(receiveMaximum !== undefined && { receiveMaximum }),
    ...(maximumPacketSize !== undefined && { maximumPacketSize }),
    ...(topicAliasMaximum > 0 && { topicAliasMaximum }),
  };
}

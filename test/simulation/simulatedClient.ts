import { TransportFailureError } from '../../src/base/transportFailure';
import type {
  ClientFailure,
  ClientState,
  MessageToPublish,
  PublishOutcome,
  ReceivedMessage,
} from '../../src/client/mqttClient';
import { ClientError, MqttClient, PublishError } from '../../src/client/mqttClient';
import type { QoS } from '../../src/protocol/controlPacket';
import { ProtocolViolation } from '../../src/protocol/violations';
import type { Transport } from '../../src/session/effects';
import { a } from '../support/packets';
import type { ClientWatch } from './clientWatch';
import { SimulatedStore } from './simulatedStore';
import type { PlannedMessage } from './messages';
import { numberIn, payloadOf } from './messages';
import type { ClientPlan } from './scenario';
import { lastingGoodbyes } from './scenario';
import type { SimulatedLink } from './simulatedLink';
import type { SimulationWorld } from './simulationWorld';

/** What became of a message the client was asked to publish. */
export interface PublishRecord {
  readonly message: PlannedMessage;
  /** The client had a store open when it was asked, so that the message outlives it. */
  readonly isKept: boolean;
  /** The client was connected when it was asked, so that it knew what the server takes. */
  readonly isInformed: boolean;
  outcome: PublishFate;
}

export type PublishFate =
  | { readonly kind: 'pending' }
  | { readonly kind: 'resolved'; readonly reasonCode: number }
  /** `isAllowed` where nothing the client could have done would have let it succeed. */
  | { readonly kind: 'rejected'; readonly why: string; readonly isAllowed: boolean; readonly isKept: boolean }
  /** The client's process ended before it was settled. */
  | { readonly kind: 'crashed' };

/** A message the application has got. */
export interface Arrival {
  readonly number: number | undefined;
  readonly topicName: string;
  readonly qos: QoS;
}

const filter = 's/#';

/** How long the application waits until it connects anew a client that has given up, in milliseconds. */
const secondThought = 3000;

/** An application with its client: publishes what is planned, writes down what comes, crashes and starts again. */
export class SimulatedClient {
  readonly published: PublishRecord[] = [];
  readonly arrivals: Arrival[] = [];
  readonly store: SimulatedStore | undefined;
  /** Promises of anything but `publish()` that are not settled. */
  pending = 0;
  link: SimulatedLink | undefined;
  private client: MqttClient | undefined;
  private isWanted = false;

  constructor(
    private readonly world: SimulationWorld,
    readonly plan: ClientPlan,
    readonly watch: ClientWatch,
  ) {
    const { chance, observer } = world;
    if (!plan.keepsSession) return;
    this.store = new SimulatedStore({
      wait: () => new Promise((resolve) => world.timeline.after('store', chance.between(0, 20), resolve)),
      opened: (kept) => watch.goBackTo(kept),
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

  /** Timers of this life and of those before. */
  get timers(): number {
    return this.world.timeline.waiting(this.plan.clientIdentifier);
  }

  get isSettled(): boolean {
    if (this.client?.state.state !== 'connected' || !this.client.subscriptions.has(filter)) return false;
    return (
      this.pending === 0 &&
      this.store?.isEmpty !== false &&
      this.published.every(({ outcome }) => outcome.kind !== 'pending')
    );
  }

  start(): void {
    this.isWanted = true;
    const { plan, world, store } = this;
    const { scenario, chance } = world;
    const client = new MqttClient(
      {
        version: scenario.isAutomatic ? 'automatic' : scenario.version,
        clientIdentifier: plan.clientIdentifier,
        cleanStart: plan.cleanStart,
        keepAlive: plan.keepAlive,
        reconnect: { when: plan.reconnects, random: () => chance.next() },
        queueQoS0: plan.queueQoS0,
        ...(plan.queuedMessages !== undefined && { queue: { messages: plan.queuedMessages, bytes: 1e6 } }),
        ...((scenario.version === 5 || scenario.isAutomatic) && { properties: propertiesOf(plan) }),
      },
      { open: () => this.open(), clock: world.clock(plan.clientIdentifier), ...(store && { store }) },
    );
    this.client = client;
    client.onDidChangeState((state) => this.client === client && this.changed(state));
    client.onMessages((messages) => this.client === client && this.got(messages));
    this.connect();
  }

  publish(message: PlannedMessage): void {
    const { client } = this;
    if (!client) return;
    const isKept = message.qos > 0 && this.store?.isOpen === true;
    const isInformed = client.state.state === 'connected';
    const record: PublishRecord = { message, isKept, isInformed, outcome: { kind: 'pending' } };
    this.published.push(record);
    const { topicName, qos, number, expiry, alias } = message;
    this.note(() => `publish ${number} to ${topicName}, QoS ${qos}`);
    const properties = {
      ...(expiry !== undefined && { messageExpiryInterval: expiry }),
      ...(alias !== undefined && { topicAlias: alias }),
    };
    const wanted = { topicName, qos, payload: payloadOf(message) };
    if (expiry !== undefined) this.watch.expiries.set(number, { expiry, since: this.world.timeline.now() });
    const is5 = this.world.scenario.version === 5;
    this.world.publish(client, is5 ? { ...wanted, properties } : wanted).then(
      (outcome) => this.resolved(record, outcome),
      (error: unknown) => this.rejected(record, error),
    );
  }

  /** Asks for a filter, or not any more; what comes of it has to come of it. */
  change(kind: 'subscribe' | 'unsubscribe'): void {
    const { client } = this;
    if (!client) return;
    this.note(() => `${kind} other/#`);
    const isSubscribe = kind === 'subscribe';
    this.track(
      isSubscribe ? client.subscribe([a.subscription('other/#', 1)]) : client.unsubscribe(['other/#']),
    );
  }

  /** Takes no more messages for a while. */
  hold(milliseconds: number): void {
    const hold = this.client?.hold();
    if (!hold) return;
    this.note(() => `holds for ${milliseconds} ms`);
    this.world.timeline.after('application', milliseconds, () => hold.dispose());
  }

  /** Ends as a process does that is killed: nothing it has not kept is there any more. */
  crash(downFor: number): void {
    const { client, world } = this;
    if (!client) return;
    world.timeline.after('plan', downFor, () => this.start());
    world.observer.fault('client crash', () => this.plan.clientIdentifier);
    this.client = undefined;
    this.store?.crash();
    this.link?.client.abandon();
    // The object has no part in what follows; it only has to let go of its timers.
    world.timeline.after('crash', 0, () => client.dispose());
    for (const record of this.published) {
      if (record.outcome.kind === 'pending') record.outcome = { kind: 'crashed' };
    }
    this.pending = 0;
    if (!this.store) this.watch.forgetSession();
  }

  async finish(): Promise<void> {
    this.isWanted = false;
    const { client } = this;
    if (!client) return;
    await client.disconnect();
    client.dispose();
  }

  private connect(): void {
    const { client } = this;
    if (client && this.isWanted) this.track(client.connect());
  }

  private changed(state: ClientState): void {
    this.note(() => state.state + ('failure' in state && state.failure ? `: ${state.failure.kind}` : ''));
    this.checkPerseverance(state);
    if (state.state === 'connected' && !this.client?.subscriptions.has(filter)) this.subscribe();
    if (state.state === 'disconnected' && this.isWanted) {
      const { client } = this;
      this.world.timeline.after('application', secondThought, () => this.client === client && this.connect());
    }
  }

  /** Only what cannot heal ends the attempts, and that ends them at once. */
  private checkPerseverance(state: ClientState): void {
    const { observer } = this.world;
    if (state.state === 'reconnecting' && isLasting(state.failure)) {
      observer.finding(`the client tries again after ${state.failure.kind}`);
    }
    if (state.state !== 'disconnected' || !state.failure || this.plan.reconnects !== 'always') return;
    if (!isLasting(state.failure)) observer.finding(`the client gives up after ${state.failure.kind}`);
  }

  private subscribe(): void {
    const { client, plan } = this;
    if (client) this.track(client.subscribe([a.subscription(filter, plan.subscribedQos)]));
  }

  private got(messages: readonly ReceivedMessage[]): void {
    for (const { payload, topicName, qos } of messages) {
      const number = numberIn(payload);
      this.note(() => `got ${number ?? 'something else'} of ${topicName}, QoS ${qos}`);
      this.arrivals.push({ number, topicName, qos });
    }
  }

  private open(): Promise<Transport> {
    const { timeline, chance, scenario, observer, isCalm, server } = this.world;
    const { client } = this;
    return new Promise((resolve, reject) => {
      const isRefused = !server.isUp || (!isCalm && chance.is(scenario.refused));
      const isHanging = !isCalm && chance.is(scenario.hanging);
      if (isRefused) observer.fault('refused connection');
      else if (isHanging) observer.fault('hanging connection');
      const after = isHanging ? 15_000 : chance.between(0, 50);
      timeline.after('link', after, () => {
        const isAlive = this.client === client;
        if (isAlive && !isRefused && server.isUp) resolve(this.world.connection(this));
        else reject(new TransportFailureError({ step: 'tcp', code: 'refused', detail: 'simulated' }));
      });
    });
  }

  /** A promise of this life: it has to settle, one way or the other. */
  private track(promise: Promise<unknown>): void {
    const { client } = this;
    this.pending++;
    const settled = () => {
      if (this.client === client) this.pending--;
    };
    promise.then(settled, settled);
  }

  private resolved(record: PublishRecord, { reasonCode }: PublishOutcome): void {
    const { number, qos } = record.message;
    const { receipts } = this.world.server.record(this.plan.clientIdentifier);
    this.settle(record, { kind: 'resolved', reasonCode });
    if (qos === 0 || reasonCode >= 0x80 || receipts.some((each) => each.number === number && each.isTaken))
      return;
    this.world.observer.finding(`publish() of message ${number} resolved before the server had it (4.3)`);
  }

  private rejected(record: PublishRecord, error: unknown): void {
    const why = whyOf(error);
    const isKept = error instanceof ClientError && error.kept;
    this.settle(record, { kind: 'rejected', why, isKept, isAllowed: this.isAllowed(record, error) });
  }

  /** A client that is going to connect again has no reason to give a message up, but for the message itself. */
  private isAllowed({ message, isInformed }: PublishRecord, error: unknown): boolean {
    const { qos, number, alias } = message;
    if (error instanceof PublishError && error.failure.kind === 'expired')
      return this.watch.hasExpired(number);
    if (error instanceof PublishError) {
      return error.failure.kind === 'queueFull' && this.plan.queuedMessages !== undefined;
    }
    if (error instanceof ProtocolViolation) {
      const { id } = error.violation;
      if (id === 'topicAliasTooLarge') {
        return isInformed && (alias ?? 0) > this.world.server.world.plan.topicAliasMaximum;
      }
      return this.world.scenario.version === 5 && ['packetTooLarge', 'qosNotSupported'].includes(id);
    }
    if (!(error instanceof ClientError)) return false;
    return qos === 0 || this.client === undefined || this.client.state.state === 'disconnected';
  }

  private settle(record: PublishRecord, fate: PublishFate): void {
    if (record.outcome.kind === 'crashed') return;
    record.outcome = fate;
    this.note(() => `publish ${record.message.number} ${JSON.stringify(fate)}`);
  }

  private note(text: () => string): void {
    this.world.observer.note(() => `${this.plan.clientIdentifier}: ${text()}`);
  }
}

export type Publisher = { publish(message: MessageToPublish): Promise<PublishOutcome> };

function propertiesOf(plan: ClientPlan) {
  const { receiveMaximum, maximumPacketSize, topicAliasMaximum, sessionExpiryInterval } = plan;
  return {
    sessionExpiryInterval,
    ...(receiveMaximum !== undefined && { receiveMaximum }),
    ...(maximumPacketSize !== undefined && { maximumPacketSize }),
    ...(topicAliasMaximum > 0 && { topicAliasMaximum }),
  };
}

/** Of what happens here: a store that is broken, a server that wants this client to stay away. */
function isLasting(failure: ClientFailure): boolean {
  if (failure.kind === 'storeFailed') return failure.failure.code === 'unusable';
  return failure.kind === 'disconnectedByServer' && lastingGoodbyes.includes(failure.reasonCode);
}

function whyOf(error: unknown): string {
  if (error instanceof ProtocolViolation) return `violation ${error.violation.id}`;
  if (error instanceof ClientError || error instanceof PublishError) return error.failure.kind;
  return String(error);
}

import type { ClientState, ReceivedMessage } from '../../src/client/mqttClient';
import { ClientError, MqttClient } from '../../src/client/mqttClient';
import { TransportFailureError } from '../../src/base/transportFailure';
import { ProtocolViolation } from '../../src/protocol/violations';
import type { QoS } from '../../src/protocol/controlPacket';
import type { Transport } from '../../src/session/effects';
import { a } from '../support/packets';
import type { ClientWatch } from './clientWatch';
import type { PlannedMessage } from './messages';
import { numberIn, payloadOf } from './messages';
import type { ClientPlan } from './scenario';
import type { SimulationWorld } from './simulationWorld';

/** What became of a message the client was asked to publish. */
export interface PublishRecord {
  readonly message: PlannedMessage;
  outcome:
    | { readonly kind: 'pending' }
    | { readonly kind: 'resolved'; readonly reasonCode: number }
    | { readonly kind: 'rejected'; readonly why: string }
    /** The client's process ended before it was settled. */
    | { readonly kind: 'crashed' };
}

/** A message the application has got. */
export interface Arrival {
  readonly number: number | undefined;
  readonly topicName: string;
  readonly qos: QoS;
}

/** An application with its client: publishes what is planned, writes down what comes, crashes and starts again. */
export class SimulatedClient {
  readonly published: PublishRecord[] = [];
  readonly arrivals: Arrival[] = [];
  /** Promises of anything but `publish()` that are not settled. */
  pending = 0;
  reconnects = 0;
  private client: MqttClient | undefined;
  private isWanted = false;
  private isSubscribed = false;
  private lives = 0;

  constructor(
    private readonly world: SimulationWorld,
    readonly plan: ClientPlan,
    readonly watch: ClientWatch,
  ) {}

  /** Whose timers the clock counts for this life of the client. */
  get owner(): string {
    return `${this.plan.clientIdentifier}, life ${this.lives}`;
  }

  get isSettled(): boolean {
    const connected = this.client?.state.state === 'connected' && this.isSubscribed;
    return (
      connected && this.pending === 0 && this.published.every(({ outcome }) => outcome.kind !== 'pending')
    );
  }

  start(): void {
    this.lives++;
    this.isWanted = true;
    const { plan, world } = this;
    const is5 = world.scenario.version === 5;
    const { receiveMaximum, maximumPacketSize, topicAliasMaximum, sessionExpiryInterval } = plan;
    const client = new MqttClient(
      {
        version: world.scenario.version,
        clientIdentifier: plan.clientIdentifier,
        cleanStart: this.lives > 1,
        keepAlive: plan.keepAlive,
        ...(is5 && {
          properties: {
            sessionExpiryInterval,
            ...(receiveMaximum !== undefined && { receiveMaximum }),
            ...(maximumPacketSize !== undefined && { maximumPacketSize }),
            ...(topicAliasMaximum > 0 && { topicAliasMaximum }),
          },
        }),
      },
      { open: () => this.open(), clock: world.clock(this.owner) },
    );
    this.client = client;
    client.onDidChangeState((state) => this.client === client && this.changed(state));
    client.onMessages((messages) => this.client === client && this.got(messages));
    this.connect();
  }

  publish(message: PlannedMessage): void {
    const { client } = this;
    if (!client) return;
    const record: PublishRecord = { message, outcome: { kind: 'pending' } };
    this.published.push(record);
    const { topicName, qos, number } = message;
    this.note(() => `publish ${number} to ${topicName}, QoS ${qos}`);
    client.publish({ topicName, qos, payload: payloadOf(message) }).then(
      ({ reasonCode }) => this.settle(record, { kind: 'resolved', reasonCode }),
      (error: unknown) => this.settle(record, { kind: 'rejected', why: whyOf(error) }),
    );
  }

  /** Ends as a process does that is killed: nothing it has not kept is there any more. */
  crash(downFor: number): void {
    if (!this.client) return;
    this.world.timeline.after('plan', downFor, () => this.start());
    this.world.observer.fault('client crash', () => this.plan.clientIdentifier);
    const { client } = this;
    this.client = undefined;
    client.dispose();
    for (const record of this.published) {
      if (record.outcome.kind === 'pending') record.outcome = { kind: 'crashed' };
    }
    this.pending = 0;
    this.isSubscribed = false;
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
    if (!client || !this.isWanted) return;
    this.track(client.connect());
  }

  private changed(state: ClientState): void {
    this.note(() => state.state + ('failure' in state && state.failure ? `: ${state.failure.kind}` : ''));
    if (state.state === 'connected') {
      this.reconnects++;
      if (!state.sessionPresent || !this.isSubscribed) this.subscribe();
    }
    if (state.state === 'disconnected' && this.isWanted) {
      this.world.timeline.after('application', 500, () => this.connect());
    }
  }

  private subscribe(): void {
    const { client, plan } = this;
    if (!client) return;
    this.isSubscribed = false;
    const subscription = a.subscription('s/#', plan.subscribedQos);
    const answered = client.subscribe([subscription]).then(() => {
      if (this.client === client) this.isSubscribed = true;
    });
    this.track(answered);
  }

  private got(messages: readonly ReceivedMessage[]): void {
    for (const { payload, topicName, qos } of messages) {
      const number = numberIn(payload);
      this.note(() => `got ${number ?? 'something else'} of ${topicName}, QoS ${qos}`);
      this.arrivals.push({ number, topicName, qos });
    }
  }

  private open(): Promise<Transport> {
    const { timeline, chance, scenario, observer } = this.world;
    const { isCalm } = this.world;
    return new Promise((resolve, reject) => {
      const isRefused = !this.world.server.isUp || (!isCalm && chance.is(scenario.refused));
      const isHanging = !isCalm && chance.is(scenario.hanging);
      if (isRefused) observer.fault('refused connection');
      else if (isHanging) observer.fault('hanging connection');
      const after = isHanging ? 15_000 : chance.between(0, 50);
      timeline.after('link', after, () => {
        if (!isRefused && this.world.server.isUp) resolve(this.world.link(this));
        else reject(new TransportFailureError({ code: 'refused', detail: 'simulated' }));
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

  private settle(record: PublishRecord, outcome: PublishRecord['outcome']): void {
    if (record.outcome.kind === 'crashed') return;
    record.outcome = outcome;
    this.note(() => `publish ${record.message.number} ${JSON.stringify(outcome)}`);
  }

  private note(text: () => string): void {
    this.world.observer.note(() => `${this.plan.clientIdentifier}: ${text()}`);
  }
}

function whyOf(error: unknown): string {
  if (error instanceof ProtocolViolation) return `violation ${error.violation.id}`;
  if (error instanceof ClientError) return error.failure.kind;
  return String(error);
}

import { noBytes } from '../../../src/base/bytes';
import { TransportFailureError } from '../../../src/base/transportFailure';
import type { ClientOptions, ReceivedMessage } from '../../../src/client/mqttClient';
import { MqttClient } from '../../../src/client/mqttClient';
import type { QoS, WillMessage } from '../../../src/protocol/controlPacket';
import { payloadOf } from '../messages';
import type { ParticipantPlan, PlannedPublish, PlannedSubscription } from './brokerScenario';
import type { BrokerWorld } from './brokerWorld';
import { messageNumber } from './expectedRouting';
import { SimulatedExchange, simulatedMethod } from './simulatedMethod';

const begin = () => new SimulatedExchange();

/** How long the application waits until it connects anew a client that was sent away, in milliseconds. */
const secondThought = 3_000;
const disconnectWithWill = 0x04;

export interface PublishRecord {
  readonly number: number;
  readonly qos: QoS;
  outcome: 'pending' | 'resolved' | 'rejected';
}

/** An application with a client, which does what is planned and writes down what comes. */
export class Participant {
  readonly arrivals: {
    readonly number: number | undefined;
    readonly topicName: string;
    readonly qos: QoS;
  }[] = [];
  readonly published: PublishRecord[] = [];
  readonly client: MqttClient;
  private isWanted = false;

  constructor(
    private readonly world: BrokerWorld,
    readonly plan: ParticipantPlan,
    private readonly nth: number,
  ) {
    this.client = new MqttClient(this.options, {
      open: () => this.open(),
      clock: world.timeline.clock(plan.clientIdentifier),
    });
    this.client.onMessages((messages) => this.got(messages));
    this.client.onDidChangeState(({ state }) => {
      world.observer.note(() => `${plan.clientIdentifier}: ${state}`);
      if (state === 'disconnected' && this.isWanted) this.later(secondThought);
    });
  }

  get timers(): number {
    return this.world.timeline.waiting(this.plan.clientIdentifier);
  }

  get isSettled(): boolean {
    return (
      this.client.state.state === 'connected' && this.published.every(({ outcome }) => outcome !== 'pending')
    );
  }

  start(): void {
    this.isWanted = true;
    this.connect();
  }

  publish({ topicName, qos, retain, isEmpty, expiry, ...message }: PlannedPublish): void {
    const record: PublishRecord = { number: isEmpty ? 0 : message.number, qos, outcome: 'pending' };
    this.published.push(record);
    const payload = isEmpty ? noBytes : payloadOf({ ...message, topicName, qos });
    const properties = expiry === undefined ? {} : { properties: { messageExpiryInterval: expiry } };
    this.client.publish({ topicName, qos, retain, payload, ...properties }).then(
      ({ reasonCode }) => (record.outcome = reasonCode < 0x80 ? 'resolved' : 'rejected'),
      () => (record.outcome = 'rejected'),
    );
  }

  change({ kind, topicFilter, qos, noLocal, retainAsPublished, retainHandling }: PlannedSubscription): void {
    const { client } = this;
    const asked = { topicFilter, qos, noLocal, retainAsPublished, retainHandling };
    const answer = kind === 'subscribe' ? client.subscribe([asked]) : client.unsubscribe([topicFilter]);
    // Without a connection it comes to nothing, and the model hears nothing of it either.
    answer.catch(() => undefined);
  }

  hold(milliseconds: number): void {
    const hold = this.client.hold();
    this.world.timeline.after('application', milliseconds, () => hold.dispose());
  }

  leave(withWill: boolean): void {
    const goodbye = withWill && this.plan.version === 5 ? { reasonCode: disconnectWithWill } : undefined;
    this.client.disconnect(goodbye).catch(() => undefined);
  }

  /** Authenticates again, which comes to nothing where the connection does. */
  reauthenticate(): void {
    const { client, world, plan } = this;
    if (client.state.state !== 'connected') return;
    client.reauthenticate().then(
      () => world.observer.note(() => `${plan.clientIdentifier}: authenticated again`),
      () => {
        if (client.state.state === 'connected' && world.isCalm)
          world.observer.finding(`${plan.clientIdentifier} could not authenticate again [MQTT-4.12.1-1]`);
      },
    );
  }

  finish(): Promise<void> {
    this.isWanted = false;
    return this.client.disconnect().then(() => this.client.dispose());
  }

  private get options(): ClientOptions {
    const { plan, world } = this;
    const { clientIdentifier, version, cleanStart, keepAlive, receiveMaximum, topicAliasMaximum } = plan;
    const { will } = this;
    return {
      ...{ clientIdentifier, version, cleanStart, keepAlive, receiveMaximum, topicAliasMaximum },
      chooseSubscriptionIdentifiers: plan.hasIdentifiers,
      reconnect: { when: 'always', random: () => world.chance.next() },
      ...(will && { will }),
      ...(plan.authenticates && { authenticator: { method: simulatedMethod, begin } }),
      ...(version === 5 && { properties: { sessionExpiryInterval: plan.sessionExpiry } }),
    };
  }

  private get will(): WillMessage | undefined {
    const { will, version } = this.plan;
    if (!will) return undefined;
    const message = { number: this.nth * 1000 + 900, topicName: 'w/t', qos: will.qos, size: 3, at: 0 };
    return {
      ...{ topicName: 'w/t', qos: will.qos, retain: will.retain, payload: payloadOf(message) },
      properties: version === 5 && will.delay > 0 ? { willDelayInterval: will.delay } : {},
    };
  }

  private connect(): void {
    // It is tried again when it says that it has given up.
    if (this.isWanted) this.client.connect().catch(() => undefined);
  }

  private later(milliseconds: number): void {
    this.world.timeline.after('application', milliseconds, () => this.connect());
  }

  private open() {
    const { timeline, chance } = this.world;
    return new Promise<ReturnType<BrokerWorld['connection']>>((resolve, reject) => {
      timeline.after('link', chance.between(0, 50), () => {
        if (this.world.isUp) return resolve(this.world.connection(this.plan));
        reject(new TransportFailureError({ step: 'tcp', code: 'refused', detail: 'simulated' }));
      });
    });
  }

  private got(messages: readonly ReceivedMessage[]): void {
    for (const { payload, topicName, qos } of messages) {
      const number = messageNumber(payload);
      this.world.observer.note(
        () => `${this.plan.clientIdentifier}: got ${number ?? '?'} of ${topicName}, QoS ${qos}`,
      );
      this.arrivals.push({ number, topicName, qos });
    }
  }
}

import type { KeptFailure, PublishOutcome } from '../../src/client/mqttClient';
import { ClientError, PublishError } from '../../src/client/mqttClient';
import { ProtocolViolation } from '../../src/protocol/violations';
import type { ClientLife } from './clientLife';
import type { ClientWatch } from './clientWatch';
import { waitingMessages } from './leftovers';
import type { PlannedMessage } from './messages';
import { payloadOf } from './messages';
import type { ClientPlan } from './scenario';
import type { SimulationWorld } from './simulationWorld';

/** What became of a message the client was asked to publish. */
export interface PublishRecord {
  readonly message: PlannedMessage;
  /** The client had a store open when it was asked, so that the message outlives it. */
  readonly isKept: boolean;
  /** The client was connected when it was asked, so that it knew what the server takes. */
  readonly isInformed: boolean;
  /** Nobody wanted a connection any more when it was asked. */
  readonly isTooLate: boolean;
  /** As much was outstanding when it was asked as may be. */
  readonly isBeyond: boolean;
  readonly life: ClientLife;
  /** How often that life had ended by then. */
  readonly endings: number;
  outcome: PublishFate;
}

export type PublishFate =
  | { readonly kind: 'pending' }
  | { readonly kind: 'resolved'; readonly reasonCode: number }
  | {
      readonly kind: 'rejected';
      readonly why: string;
      /** Nothing the client could have done would have let it succeed. */
      readonly isAllowed: boolean;
      /** The client says that it goes out all the same. */
      readonly isKept: boolean;
      /** It was sent by then, so that it may arrive. */
      readonly wasSent: boolean;
    }
  /** The client's process ended before it was settled. */
  | { readonly kind: 'crashed' };

/** What an application publishes, and what it is told about that. */
export class ClientPublishes {
  readonly all: PublishRecord[] = [];

  constructor(
    private readonly world: SimulationWorld,
    private readonly plan: ClientPlan,
    private readonly watch: ClientWatch,
    private readonly heardOf: (life: ClientLife, what: 'published' | 'rejected') => void,
  ) {}

  get areSettled(): boolean {
    return this.all.every(({ outcome }) => outcome.kind !== 'pending');
  }

  publish(life: ClientLife, message: PlannedMessage, storeIsOpen: boolean): void {
    const { client, endings } = life;
    const { state } = client.state;
    const record: PublishRecord = {
      ...{ message, life, endings },
      isKept: message.qos > 0 && storeIsOpen,
      isInformed: state === 'connected',
      isTooLate: state === 'disconnecting' || state === 'disconnected',
      isBeyond: waitingMessages(client) >= (this.plan.queuedMessages ?? Infinity),
      outcome: { kind: 'pending' },
    };
    this.all.push(record);
    const { topicName, qos, number, expiry, alias } = message;
    this.note(() => `publish ${number} to ${topicName}, QoS ${qos}`);
    const properties = {
      ...(expiry !== undefined && { messageExpiryInterval: expiry }),
      ...(alias !== undefined && { topicAlias: alias }),
    };
    const wanted = { topicName, qos, payload: payloadOf(message) };
    if (expiry !== undefined) this.watch.expiries.set(number, { expiry, since: this.world.timeline.now() });
    // A message with nothing to say but its topic and payload may go out in a run, which is a way of its own.
    const says = this.world.scenario.version === 5 && Object.keys(properties).length > 0;
    this.world.publish(client, says ? { ...wanted, properties } : wanted).then(
      (outcome) => this.resolved(record, outcome),
      (error: unknown) => this.rejected(record, error),
    );
  }

  /** The process of a life has ended. */
  crashed(life: ClientLife): void {
    for (const record of this.all) {
      if (record.life === life && record.outcome.kind === 'pending') record.outcome = { kind: 'crashed' };
    }
  }

  /** A message that no promise stands for any more, and that the server takes no more: the oldest of its topic in flight. */
  keptFailed(failure: KeptFailure): void {
    if (!('error' in failure && failure.error instanceof ProtocolViolation)) return;
    const underWay = [...this.watch.exchanges.values()].sort((one, other) => one.order - other.order);
    const takes = this.watch.current?.maximumQoS ?? 2;
    for (const { number, qos } of underWay) {
      const record = this.all.find(({ message }) => message.number === number);
      if (!record || record.message.topicName !== failure.topicName) continue;
      if (qos <= takes || this.watch.givenUp.has(number)) continue;
      this.note(() => `kept message ${number} failed: ${whyOf(failure.error)}`);
      this.watch.givenUp.add(number);
      // PUBREL lets go of the identifier of the others.
      if (qos === 1) this.watch.exchangeEnds(number);
      return;
    }
  }

  private resolved(record: PublishRecord, { reasonCode, sessionLost }: PublishOutcome): void {
    const { number, qos } = record.message;
    const { receipts } = this.world.server.record(this.plan.clientIdentifier);
    if (!this.settle(record, { kind: 'resolved', reasonCode })) return;
    const isTaken = receipts.some((each) => each.number === number && each.isTaken);
    if (qos > 0 && reasonCode < 0x80 && !isTaken) {
      this.world.observer.finding(`publish() of message ${number} resolved before the server had it (4.3)`);
    }
    if (!sessionLost && this.watch.isUnderWay(number)) {
      this.world.observer.finding(
        `publish() of message ${number} resolved before its exchange was over (4.3)`,
      );
    }
    this.checkBound(record, false);
    this.heardOf(record.life, 'published');
  }

  private rejected(record: PublishRecord, error: unknown): void {
    const { number } = record.message;
    const why = whyOf(error);
    const isKept = error instanceof ClientError && error.kept;
    const wasSent = this.watch.sent.has(number);
    const isAllowed = this.isAllowed(record, error);
    this.checkBound(record, error instanceof PublishError && error.failure.kind === 'queueFull');
    if (!this.settle(record, { kind: 'rejected', why, isKept, isAllowed, wasSent })) return;
    if (!isKept) this.watch.givenUp.add(number);
    // With its whole name a message may be too large that went with an alias on an earlier connection.
    if (error instanceof ProtocolViolation) this.watch.exchangeEnds(number);
    this.heardOf(record.life, 'rejected');
  }

  /** A client that is going to connect again has no reason to give a message up, but for the message itself. */
  private isAllowed(record: PublishRecord, error: unknown): boolean {
    const { message, isInformed, isTooLate, life, endings } = record;
    const { qos, number, alias } = message;
    if (error instanceof PublishError && error.failure.kind === 'expired')
      return this.watch.hasExpired(number);
    if (error instanceof PublishError) return error.failure.kind === 'queueFull' && record.isBeyond;
    if (error instanceof ProtocolViolation) {
      const { id } = error.violation;
      if (id === 'topicAliasTooLarge') {
        return isInformed && (alias ?? 0) > this.world.server.world.plan.topicAliasMaximum;
      }
      return this.world.scenario.version === 5 && ['packetTooLarge', 'qosNotSupported'].includes(id);
    }
    return error instanceof ClientError && (qos === 0 || isTooLate || life.endings > endings);
  }

  /** What is beyond the bound of the queue is rejected at once, and for that. */
  private checkBound({ isBeyond, message: { number } }: PublishRecord, isRejectedForIt: boolean): void {
    if (!isBeyond || isRejectedForIt) return;
    this.world.observer.finding(`message ${number} was taken beyond the bound of the queue`);
  }

  /** Returns whether there is anybody who hears of it. */
  private settle(record: PublishRecord, fate: PublishFate): boolean {
    if (record.outcome.kind === 'crashed') return false;
    record.outcome = fate;
    this.note(() => `publish ${record.message.number} ${JSON.stringify(fate)}`);
    return true;
  }

  private note(text: () => string): void {
    this.world.observer.note(() => `${this.plan.clientIdentifier}: ${text()}`);
  }
}

function whyOf(error: unknown): string {
  if (error instanceof ProtocolViolation) return `violation ${error.violation.id}`;
  if (error instanceof ClientError || error instanceof PublishError) return error.failure.kind;
  return String(error);
}

import { type Disposable, Emitter, type Event } from '../base/lifecycle';
import type { Publish, Subscription } from '../protocol/controlPacket';
import type { Properties } from '../protocol/properties';
import { noProperties } from '../protocol/properties';
import { ProtocolViolation } from '../protocol/violations';
import type { ClientCommand, ClientDelivery } from '../session/clientContract';
import { PublishMessage } from '../session/publishMessage';
import type { GrantedSubscription } from '../session/sessionState';
import { beginAgain } from './authentication';
import { ClientError, type ClientFailure, PublishError, type QueueBound, unencodable } from './clientFailure';
import type { ClientDependencies, ClientOptions, ClientState, Inheritance } from './clientOptions';
import { defaultQueueBound } from './clientOptions';
import type {
  AuthenticationOutcome,
  MessageToPublish,
  PublishOutcome,
  ReceivedMessage,
  SubscriptionOutcome,
} from './clientMessages';
import { DeliveredMessage, messageOverhead, publishPacket, publishViolation, sizeOf } from './clientMessages';
import { ClientSession } from './clientSession';
import { ConnectionLoop, type DisconnectOptions } from './connectionLoop';
import type { DisconnectOutcome } from './droppedProperties';
import { droppedOptions, droppedProperties, tellDropped, withDropped } from './droppedProperties';
import { ExpiryWatch } from './expiryWatch';
import { type KeptFailure, KeptFailures } from './keptFailures';
import { PublishRuns } from './publishRuns';
import { ReadingHolds } from './readingHolds';
import { Requester, type RequestOptions } from './requester';
import { type Resubscription, subscribeAgain } from './resubscription';
import { Subscriber } from './subscriber';
import { Tickets } from './tickets';
import { WaitingMessages } from './waitingMessages';

export * from './clientVocabulary';

/**
 * An MQTT client. Every request settles: with the server's answer, with a {@link ProtocolViolation} where it could not be
 * sent, with a {@link PublishError} where its message may not wait or has waited too long, or with a {@link ClientError}
 * when there is no connection. A QoS 1 or 2 message waits for its acknowledgement over any number of connections, for as
 * long as there is going to be another. Where the server has lost the Session it is published anew, so that nothing is
 * lost: a QoS 2 message arrives exactly once as long as the server keeps the Session.
 */
export class MqttClient implements Disposable {
  private readonly messages = new Emitter<readonly ReceivedMessage[]>();
  private readonly resubscriptions = new Emitter<Resubscription>();
  private readonly keptFailures = new KeptFailures();
  private readonly tickets: Tickets;
  private readonly session: ClientSession;
  private readonly loop: ConnectionLoop;
  private readonly subscriber: Subscriber;
  private readonly requester: Requester;
  private readonly runs: PublishRuns;
  private readonly expiry: ExpiryWatch;
  private readonly bound: QueueBound;
  private reauthenticating: Promise<AuthenticationOutcome> | undefined;
  private readonly waiting = new WaitingMessages((ticket) => this.tickets.has(ticket));
  private readonly holds = new ReadingHolds((paused) => this.pause(paused));
  private flushing = false;
  private isDisposed = false;
  private isHandedOver = false;

  readonly onDidChangeState: Event<ClientState>;
  /** One batch for each chunk that is read. */
  readonly onMessages: Event<readonly ReceivedMessage[]> = this.messages.event;
  /** What became of the subscriptions that the server had lost and that were made again. */
  readonly onDidResubscribe: Event<Resubscription> = this.resubscriptions.event;
  /** A message that no promise stands for did not get through: of an earlier life of the Session, or told to be `kept`. */
  readonly onKeptFailed: Event<KeptFailure> = this.keptFailures.event;

  /** @param inheritance what an earlier client of this Client Identifier and server handed over */
  constructor(
    private readonly options: ClientOptions,
    private readonly dependencies: ClientDependencies,
    inheritance?: Inheritance,
  ) {
    this.bound = options.queue ?? defaultQueueBound;
    this.session = new ClientSession(dependencies.store, options.cleanStart, inheritance?.session);
    const inherits = inheritance?.session === this.session.state;
    this.tickets = (inherits && inheritance?.tickets) || new Tickets();
    this.tickets.keptFailures = this.keptFailures;
    this.subscriber = new Subscriber(
      (command, bytes) => this.ask(command, bytes),
      options.chooseSubscriptionIdentifiers ?? true,
    );
    this.loop = new ConnectionLoop(options, dependencies, this.session, {
      ticketFor: ({ size, topicName }) => this.tickets.adopt(size + messageOverhead, topicName),
      up: (sessionPresent) => this.up(sessionPresent),
      received: (packets, at) => this.handOn(packets, at),
      settled: (outcomes) => {
        for (const outcome of outcomes) this.tickets.settle(outcome);
        this.waiting.settled();
      },
      drained: () => this.tickets.whenNone(),
      down: (failure) => {
        this.runs.end();
        this.tickets.rejectPassing(new ClientError(failure));
        this.waiting.takeBack();
        this.expiry.look();
      },
      finished: (failure) => this.finished(failure),
    });
    this.runs = new PublishRuns(this.tickets, (run) => this.loop.submit({ kind: 'sendRun', run }));
    this.onDidChangeState = this.loop.onDidChangeState;
    this.requester = new Requester(this, dependencies.clock, this.bound.bytes);
    this.expiry = new ExpiryWatch(dependencies.clock, (at) => this.expire(at));
  }

  get state(): ClientState {
    return this.loop.state;
  }

  /** How many requests wait for their end, those of a Session that was kept included. */
  get outstanding(): number {
    return this.tickets.count;
  }

  /** How many messages wait in the store since this client let it go. */
  get leftMessages(): number {
    return this.session.leftMessages;
  }

  /** What the server granted, by Topic Filter, as long as the Session goes on. */
  get subscriptions(): ReadonlyMap<string, GrantedSubscription> {
    return this.session.state.subscriptions;
  }

  /** The Topic Filters of those that the server may have lost, and has not granted anew since; see `resubscribe`. */
  get owedSubscriptions(): ReadonlySet<string> {
    return this.session.state.owedSubscriptions;
  }

  /**
   * Resolves when CONNACK accepts; rejects with a {@link ClientError} once no more attempts are made, which without
   * `reconnect` is after the first. May be called again then, and after `disconnect()`; before, it rejects with
   * `notDisconnected`, and what goes on goes on.
   */
  connect(): Promise<void> {
    // What an earlier connection left waits again from now on.
    if (this.state.state === 'disconnected' && !this.isDisposed) this.expiry.look();
    return this.loop.connect();
  }

  /** Makes the next attempt now, where one is waited for. */
  retry(): void {
    this.loop.retry();
  }

  /**
   * Sends DISCONNECT, with `drain` once nothing is outstanding, and resolves when the connection is closed, whatever state it
   * was in, with what this version could not say; nothing is tried again. Requests that are outstanding then reject; `kept`
   * of their error tells whether the message goes out with the next `connect()`. Rejects with a
   * {@link ProtocolViolation}, and stays connected, where the packet would break a rule.
   */
  disconnect(options?: DisconnectOptions): Promise<DisconnectOutcome> {
    return this.loop.disconnect(options);
  }

  /**
   * QoS 0 resolves when the message was handed to the transport, QoS 1 and 2 when the server has taken it, whatever number
   * of connections lies between. While there is no connection, and there was none yet or another is going to be made,
   * QoS 1 and 2 messages wait; QoS 0 messages reject, unless `queueQoS0` lets them wait too. A Topic Alias belongs to a
   * connection: what waited goes out with its whole name and without. Beyond the bound of `queue` it rejects at once with
   * a {@link PublishError}; only a message that is alone may be larger.
   */
  publish(message: MessageToPublish): Promise<PublishOutcome> {
    try {
      const { state } = this;
      const isUp = state.state === 'connected';
      const size = sizeOf(message);
      const { bound } = this;
      if (!this.tickets.haveRoom(size, this.session.state.outbound, bound)) {
        return Promise.reject(new PublishError({ kind: 'queueFull', bound }));
      }
      if (isUp && this.waiting.isEmpty && this.runs.takes(message, state.negotiated)) {
        return this.runs.publish(message, size, state.version, state.negotiated);
      }
      return this.accept(publishPacket(message), size, isUp);
    } catch (error) {
      return Promise.reject(unencodable(error));
    }
  }

  private accept(packet: Publish, size: number, isUp: boolean): Promise<PublishOutcome> {
    const mayWait = this.mayWait && (packet.qos > 0 || this.options.queueQoS0);
    if (!isUp && !mayWait) return this.notConnected();
    if (!isUp || (packet.properties !== noProperties && this.loop.version !== 5)) {
      const violation = publishViolation(packet, this.loop.version);
      if (violation) return Promise.reject(new ProtocolViolation(violation));
    }
    const kind = packet.qos > 0 ? 'message' : isUp ? 'passing' : 'waiting';
    const published = this.tickets.issue<PublishOutcome>(kind, size, (ticket) => {
      // The time is only of use to a message that expires, and asking for it costs as much as writing one.
      const expires = packet.properties.messageExpiryInterval !== undefined;
      const outgoing = new PublishMessage(packet, ticket, expires ? this.dependencies.clock.now() : 0);
      if (expires) this.expiry.note(outgoing.expiresAt);
      if (!isUp) return this.wait(outgoing);
      // Its listeners hear that the connection is up while messages still wait for that, which go first (4.6).
      if (packet.qos === 0 && !this.waiting.isEmpty) return this.waiting.push(outgoing);
      this.runs.end();
      this.loop.send(outgoing);
    });
    if (packet.properties === noProperties) return published;
    // Told by the version that carried it, not by the one that was meant to when it was handed over.
    return published.then((outcome) => tellDropped(outcome, packet.properties, this.loop.spoken ?? 5));
  }

  /**
   * Resolves with one Reason Code for each subscription, in order: the granted QoS, or 0x80 and above where it failed. The
   * SUBSCRIBE gets a Subscription Identifier where the caller gives none and the server takes them.
   */
  subscribe(
    subscriptions: readonly Subscription[],
    properties: Properties = noProperties,
  ): Promise<SubscriptionOutcome> {
    const { state } = this;
    if (state.state !== 'connected') return this.notConnected();
    const { subscriptionIdentifierAvailable } = state.negotiated;
    return withDropped(
      this.subscriber.subscribe(subscriptions, properties, subscriptionIdentifierAvailable),
      droppedProperties(properties, state.version),
      droppedOptions(subscriptions, state.version),
    );
  }

  /** Resolves with one Reason Code for each filter, in order; before 5.0 they are all 0. */
  unsubscribe(
    topicFilters: readonly string[],
    properties: Properties = noProperties,
  ): Promise<SubscriptionOutcome> {
    return withDropped(
      this.subscriber.unsubscribe(topicFilters, properties),
      droppedProperties(properties, this.loop.version),
    );
  }

  /**
   * Publishes a request and resolves with the response to it (4.10), which is delivered like every message besides. Rejects
   * with a {@link RequestError} where there is none in time. 5.0 only. The topic for responses comes from the server where
   * CONNECT has Request Response Information and the server gives any, else from the caller.
   */
  request(message: MessageToPublish, options?: RequestOptions): Promise<ReceivedMessage> {
    return this.requester.request(message, options);
  }

  /**
   * Authenticates again over the connection that is up (4.12.1), with what the authenticator begins with now. Where the
   * server does not take it, or does not prove itself, the connection ends. 5.0 only.
   */
  reauthenticate(): Promise<AuthenticationOutcome> {
    // The exchange that CONNECT has begun is not to be begun anew.
    if (this.state.state !== 'connected') return this.notConnected();
    const send = (data: Uint8Array | undefined): Promise<AuthenticationOutcome> =>
      this.ask((ticket) => ({ kind: 'reauthenticate', ticket, data }), data?.length ?? 0);
    this.reauthenticating ??= beginAgain(() => this.loop.authentication, send).finally(
      () => (this.reauthenticating = undefined),
    );
    return this.reauthenticating;
  }

  /**
   * Reads nothing until the result is disposed of, over connections too, so that a server is slowed down to what this side
   * takes. What was read already still comes. Several holds add up.
   */
  hold(): Disposable {
    return this.holds.hold();
  }

  /**
   * Hands every batch to a consumer that takes its time: nothing is read while its promise is pending. `failed` hears what
   * it throws or rejects with; reading goes on.
   */
  consume(
    consumer: (messages: readonly ReceivedMessage[]) => Promise<void>,
    failed: (error: unknown) => void,
  ): Disposable {
    return this.onMessages((messages) => void this.holds.during(() => consumer(messages), failed));
  }

  /**
   * Disposes of this client, which has to be disconnected, and lets another one go on with its Session: with other options,
   * but of the same Client Identifier at the same server. Where there is a store, that has the Session. Messages that wait
   * reject, and `kept` of their error says that they go out all the same: not with one that starts clean, which has none of it.
   */
  handOver(): Inheritance {
    if (this.state.state !== 'disconnected') throw new Error(`handOver() while ${this.state.state}`);
    this.finished(undefined);
    this.isHandedOver = true;
    this.dispose();
    // The numbers go on too: messages of the Session bear some, and are not to be taken for others.
    return { session: this.session.state, tickets: this.tickets };
  }

  /** Breaks the connection off without DISCONNECT, so that the server publishes the will. */
  dispose(): void {
    this.isDisposed = true;
    this.loop.dispose();
    this.requester.dispose();
    if (!this.isHandedOver) this.finished(undefined);
    this.keptFailures.dispose();
    this.messages.dispose();
    this.resubscriptions.dispose();
  }

  private ask<T>(command: (ticket: number) => ClientCommand, bytes: number): Promise<T> {
    if (this.state.state !== 'connected') return this.notConnected();
    this.runs.end();
    const submit = (ticket: number): void => this.loop.submit(command(ticket));
    return this.tickets.issueRequest<T>(bytes, this.bound.bytes, submit);
  }

  private notConnected(): Promise<never> {
    return Promise.reject(new ClientError({ kind: 'notConnected' }));
  }

  /** There is going to be a connection, as far as anybody knows. */
  private get mayWait(): boolean {
    const { state } = this.state;
    if (this.isDisposed) return false;
    return state === 'connecting' || state === 'reconnecting' || this.loop.isFresh;
  }

  private wait(message: PublishMessage): void {
    message.leave();
    if (message.qos === 0) this.waiting.push(message);
    else this.session.enqueue(message);
    this.flushSoon();
  }

  private flushSoon(): void {
    if (!this.session.isJournalled || this.flushing) return;
    // What is published in one turn is one batch.
    this.flushing = true;
    void Promise.resolve().then(() => {
      this.flushing = false;
      if (!this.session.flush()) this.loop.storeFailed();
    });
  }

  /** Rejects what waits and has expired, which makes room; returns when the next does. */
  private expire(at: number): number {
    for (const { ticket } of [...this.session.expire(at), ...this.waiting.expire(at)]) {
      this.tickets.settle({ kind: 'expired', ticket });
    }
    this.flushSoon();
    return Math.min(this.session.nextExpiry, this.loop.expire(at), this.waiting.nextExpiry);
  }

  private up(sessionPresent: boolean): void {
    if (this.holds.areAny) this.pause(true);
    this.subscriber.connected(sessionPresent || this.goesOnUnsaid, this.subscriptions);
    if (this.options.resubscribe !== false) this.resubscribe(); // What is owed, whether the Session is there or not.
    // Whoever subscribes does so before the messages that wait: one may come back by it.
    this.loop.submit({ kind: 'resume' });
    this.waiting.give((message) => this.loop.send(message));
  }

  /** 3.1 has no Session Present: there the Session is taken to be kept whenever that was asked for. */
  private get goesOnUnsaid(): boolean {
    return this.loop.version === 3 && !this.options.cleanStart;
  }

  private resubscribe(): void {
    subscribeAgain(
      [...this.owedSubscriptions].flatMap((topicFilter) => this.subscriptions.get(topicFilter) ?? []),
      this.state,
      (subscriptions, properties) => this.subscribe(subscriptions, properties),
      (resubscription) => this.resubscriptions.fire(resubscription),
    );
  }

  private pause(paused: boolean): void {
    if (this.state.state === 'connected') this.loop.submit({ kind: 'pause', paused });
  }

  private handOn(packets: readonly ClientDelivery[], at: number): void {
    const messages: ReceivedMessage[] = [];
    for (const packet of packets) {
      if (packet.type !== 'PUBLISH') continue;
      messages.push(new DeliveredMessage(packet, at, this.subscriber.table.candidates(packet.properties)));
    }
    if (messages.length > 0) this.messages.fire(messages);
  }

  /** Whatever waits is told why; a Session that is to be resumed keeps its messages. */
  private finished(failure: ClientFailure | undefined): void {
    this.waiting.clear();
    this.runs.end();
    this.expiry.dispose();
    const goesOn = this.session.close(!this.isDisposed);
    const why: ClientFailure = failure ?? { kind: 'notConnected' };
    this.tickets.rejectAll(
      (kind, ticket) => new ClientError(why, kind === 'message' && goesOn(ticket)),
      this.session.state.outbound,
    );
  }
}

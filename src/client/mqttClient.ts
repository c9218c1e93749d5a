import type { Disposable, Event } from '../base/lifecycle';
import { Emitter } from '../base/lifecycle';
import { TransportFailureError } from '../base/transportFailure';
import { PacketWriter } from '../protocol/codec';
import type { Publish, Subscription } from '../protocol/controlPacket';
import type { Properties } from '../protocol/properties';
import { noProperties } from '../protocol/properties';
import { ProtocolViolation } from '../protocol/violations';
import { ClientConnection } from '../session/clientConnection';
import { disconnectViolation } from '../session/disconnectPacket';
import type { ClientCommand, ClientDelivery, ClientEnding, ClientOutcome } from '../session/clientContract';
import type { CaptureTap, Transport, TransportFailure } from '../session/effects';
import { Pump } from '../session/pump';
import { SessionState } from '../session/sessionState';
import { Authentication, AuthenticationError } from './authentication';
import type { ClientFailure } from './clientFailure';
import { ClientError, failureOf } from './clientFailure';
import type { ClientDependencies, ClientOptions, ClientState } from './clientOptions';
import { connectPacket, connectViolation } from './clientOptions';
import type {
  AuthenticationOutcome,
  MessageToPublish,
  PublishOutcome,
  ReceivedMessage,
  SubscriptionOutcome,
} from './clientMessages';
import { DeliveredMessage } from './clientMessages';
import { ConnectAttempt } from './connectAttempt';
import type { RequestOptions } from './requester';
import { Requester } from './requester';
import { Subscriber } from './subscriber';
import { Tickets } from './tickets';

export type { ClientDependencies, ClientOptions, ClientState } from './clientOptions';
export type {
  AuthenticationOutcome,
  MessageToPublish,
  PublishOutcome,
  ReceivedMessage,
  SubscriptionOutcome,
} from './clientMessages';

export type { RequestFailure, RequestOptions } from './requester';
export { RequestError } from './requester';

export type { ClientFailure } from './clientFailure';
export { ClientError } from './clientFailure';

/** What DISCONNECT says, in 5.0. */
export interface DisconnectOptions {
  readonly reasonCode?: number;
  readonly properties?: Properties;
}

const defaultConnectTimeout = 10_000;

type ClientPump = Pump<ClientCommand, ClientDelivery, ClientOutcome, ClientEnding>;

/**
 * An MQTT client. Every request settles: with the server's answer, with a {@link ProtocolViolation} where it could not be
 * sent, or with a {@link ClientError} when the connection ends first - then a QoS 1 or 2 message may have arrived, and is
 * sent again when the Session is resumed.
 */
export class MqttClient implements Disposable {
  private current: ClientState = { state: 'disconnected' };
  private readonly states = new Emitter<ClientState>();
  private readonly messages = new Emitter<readonly ReceivedMessage[]>();
  private readonly tickets = new Tickets();
  private readonly session = new SessionState();
  private readonly subscriber: Subscriber;
  private readonly authentication: Authentication;
  private readonly requester: Requester;
  private reauthenticating: Promise<AuthenticationOutcome> | undefined;
  private attempt: ConnectAttempt | undefined;
  private pump: ClientPump | undefined;
  private whenClosed: (() => void)[] = [];

  readonly onDidChangeState: Event<ClientState> = this.states.event;
  /** One batch for each chunk that is read. */
  readonly onMessages: Event<readonly ReceivedMessage[]> = this.messages.event;

  constructor(
    private readonly options: ClientOptions,
    private readonly dependencies: ClientDependencies,
  ) {
    this.authentication = new Authentication(options.authenticator);
    this.subscriber = new Subscriber(
      (command) => this.ask(command),
      options.chooseSubscriptionIdentifiers ?? true,
    );
    this.requester = new Requester(this, dependencies.clock, options.version === 5);
  }

  get state(): ClientState {
    return this.current;
  }

  /** Resolves when CONNACK accepts; rejects with a {@link ClientError}. May be called again after the connection has ended. */
  connect(): Promise<void> {
    if (this.current.state !== 'disconnected') {
      return Promise.reject(new Error(`connect() while ${this.current.state}`));
    }
    const attempt = new ConnectAttempt();
    this.attempt = attempt;
    this.setState({ state: 'connecting' });
    void this.open(attempt);
    return attempt.outcome;
  }

  /**
   * Sends DISCONNECT and resolves when the connection is closed, whatever state it was in. Outstanding requests reject.
   * Rejects with a {@link ProtocolViolation}, and stays connected, where the packet would break a rule.
   * @param reasonCode 5.0 only: 0x04 has the server publish the will
   * @param properties 5.0 only; a Session Expiry Interval takes the place of that of CONNECT, unless that was 0
   */
  async disconnect({ reasonCode = 0, properties = noProperties }: DisconnectOptions = {}): Promise<void> {
    const { state } = this.current;
    if (state === 'disconnected') return;
    const packet = { type: 'DISCONNECT', reasonCode, properties } as const;
    const violation = disconnectViolation(packet, connectPacket(this.options), this.mostBytes);
    if (violation) throw new ProtocolViolation(violation);
    const closed = new Promise<void>((resolve) => this.whenClosed.push(resolve));
    if (!this.pump) this.ended({ kind: 'disconnected' });
    else if (state !== 'disconnecting') {
      this.setState({ state: 'disconnecting' });
      this.pump.submit({ kind: 'disconnect', reasonCode, properties });
    }
    await closed;
  }

  /** QoS 0 resolves when the message was handed to the transport, QoS 1 and 2 when the server has taken it. */
  publish({ topicName, payload, qos = 0, retain = false, properties = noProperties }: MessageToPublish) {
    return this.ask<PublishOutcome>((ticket) => {
      const packet: Publish = {
        type: 'PUBLISH',
        dup: false,
        qos,
        retain,
        topicName,
        packetIdentifier: 0,
        properties,
        payload,
      };
      return { kind: 'publish', ticket, packet };
    });
  }

  /**
   * Resolves with one Reason Code for each subscription, in order: the granted QoS, or 0x80 and above where it failed. The
   * SUBSCRIBE gets a Subscription Identifier where the caller gives none and the server takes them.
   */
  async subscribe(
    subscriptions: readonly Subscription[],
    properties: Properties = noProperties,
  ): Promise<SubscriptionOutcome> {
    const { current } = this;
    if (current.state !== 'connected') throw new ClientError({ kind: 'notConnected' });
    const { subscriptionIdentifierAvailable } = current.negotiated;
    return this.subscriber.subscribe(subscriptions, properties, subscriptionIdentifierAvailable);
  }

  /** Resolves with one Reason Code for each filter, in order; before 5.0 they are all 0. */
  unsubscribe(
    topicFilters: readonly string[],
    properties: Properties = noProperties,
  ): Promise<SubscriptionOutcome> {
    return this.subscriber.unsubscribe(topicFilters, properties);
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
    this.reauthenticating ??= this.beginAgain().finally(() => (this.reauthenticating = undefined));
    return this.reauthenticating;
  }

  /** Breaks the connection off without DISCONNECT, so that the server publishes the will. */
  dispose(): void {
    const { pump } = this;
    this.pump = undefined;
    if (this.current.state !== 'disconnected') this.ended({ kind: 'disconnected' });
    pump?.dispose();
    this.requester.dispose();
    this.states.dispose();
    this.messages.dispose();
  }

  /** The largest packet the server takes, in bytes. */
  private get mostBytes(): number {
    return this.current.state === 'connected' ? this.current.negotiated.maximumPacketSize : Infinity;
  }

  private async beginAgain(): Promise<AuthenticationOutcome> {
    try {
      const data = await this.authentication.begin();
      return await this.ask<AuthenticationOutcome>((ticket) => ({ kind: 'reauthenticate', ticket, data }));
    } catch (error) {
      if (!(error instanceof AuthenticationError)) throw error;
      throw new ClientError({ kind: 'authenticationFailed', problem: error.problem });
    }
  }

  private ask<T>(command: (ticket: number) => ClientCommand): Promise<T> {
    const { pump } = this;
    if (!pump || this.current.state !== 'connected') {
      return Promise.reject(new ClientError({ kind: 'notConnected' }));
    }
    return this.tickets.issue<T>((ticket) => pump.submit(command(ticket)));
  }

  private async open(attempt: ConnectAttempt): Promise<void> {
    const violation = connectViolation(this.options);
    if (violation) return this.finished({ kind: 'connectNotSendable', violation });
    const { clock } = this.dependencies;
    const patience = this.options.connectTimeout ?? defaultConnectTimeout;
    const timer = clock.schedule(clock.now() + patience, () =>
      this.openFailed(attempt, { code: 'timedOut', detail: `no connection within ${patience} ms` }),
    );
    try {
      const data = this.options.authenticator && (await this.authentication.begin());
      if (this.attempt !== attempt) return;
      const transport = await this.dependencies.open();
      if (this.attempt === attempt) this.begin(transport, patience, data);
      else transport.dispose(); // Given up meanwhile.
    } catch (error) {
      if (error instanceof AuthenticationError) return this.authenticationFailed(attempt, error);
      const detail = error instanceof Error ? error.message : String(error);
      this.openFailed(
        attempt,
        error instanceof TransportFailureError ? error.failure : { code: 'other', detail },
      );
    } finally {
      timer.dispose();
    }
  }

  private openFailed(attempt: ConnectAttempt, failure: TransportFailure): void {
    if (this.attempt === attempt && !this.pump) this.ended({ kind: 'transport', failure });
  }

  private authenticationFailed(attempt: ConnectAttempt, { problem }: AuthenticationError): void {
    if (this.attempt === attempt && !this.pump) this.ended({ kind: 'authenticationFailed', problem });
  }

  private begin(transport: Transport, patience: number, data: Uint8Array | undefined): void {
    try {
      this.converse(transport, patience, data, this.dependencies.tap?.());
    } catch (error) {
      transport.dispose(); // Nobody else knows of it.
      throw error;
    }
  }

  private converse(
    transport: Transport,
    connackPatience: number,
    authenticationData: Uint8Array | undefined,
    tap: CaptureTap | undefined,
  ): void {
    const { clock } = this.dependencies;
    const connection = new ClientConnection({
      connect: connectPacket(this.options, authenticationData),
      session: this.session,
      out: new PacketWriter(),
      connackPatience,
      chooseTopicAliases: this.options.chooseTopicAliases ?? true,
    });
    const outlet = {
      delivered: (packets: readonly ClientDelivery[], at: number) => this.delivered(pump, packets, at),
      settled: (outcomes: readonly ClientOutcome[]) => this.settled(outcomes),
      // A connection that failed is forgotten at once: another may have been opened since.
      ended: (ending: ClientEnding) => this.pump === pump && this.ended(ending),
      closed: () => this.pump === pump && this.closed(),
    };
    const pump: ClientPump = new Pump(connection, transport, clock, outlet, tap);
    this.pump = pump;
    pump.start();
    pump.submit({ kind: 'connect' });
  }

  private delivered(pump: ClientPump, packets: readonly ClientDelivery[], at: number): void {
    const messages: ReceivedMessage[] = [];
    for (const packet of packets) {
      if (packet.type === 'connected') {
        const { sessionPresent, negotiated } = packet;
        if (!sessionPresent && !this.goesOnUnsaid) this.subscriber.table.clear();
        this.setState({ state: 'connected', sessionPresent, negotiated });
        this.attempt?.resolve();
      } else if (packet.type === 'challenge') {
        void this.authentication.answer(packet, (command) => pump.submit(command));
      } else {
        messages.push(new DeliveredMessage(packet, at, this.subscriber.table.candidates(packet.properties)));
      }
    }
    if (messages.length > 0) this.messages.fire(messages);
  }

  /** 3.1 has no Session Present: there the Session is taken to be kept whenever that was asked for. */
  private get goesOnUnsaid(): boolean {
    return this.options.version === 3 && !this.options.cleanStart;
  }

  private settled(outcomes: readonly ClientOutcome[]): void {
    for (const outcome of outcomes) this.tickets.settle(outcome);
  }

  private ended(ending: ClientEnding): void {
    this.finished(failureOf(ending));
  }

  /** The conversation is over: whatever waits for it is told why, then everybody else. */
  private finished(failure: ClientFailure | undefined): void {
    const error = new ClientError(failure ?? { kind: 'notConnected' });
    const { attempt } = this;
    this.attempt = undefined;
    attempt?.reject(error);
    this.tickets.rejectAll(error);
    if (failure || !this.pump) this.closed(failure);
    else this.setState({ state: 'disconnecting' });
  }

  private closed(failure?: ClientFailure): void {
    this.pump = undefined;
    const waiting = this.whenClosed;
    this.whenClosed = [];
    for (const resolve of waiting) resolve();
    this.setState(failure ? { state: 'disconnected', failure } : { state: 'disconnected' });
  }

  private setState(state: ClientState): void {
    if (this.current.state === state.state && state.state !== 'connected') return;
    this.current = state;
    this.states.fire(state);
  }
}

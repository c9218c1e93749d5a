import { assertNever } from '../base/assert';
import type { Disposable, Event } from '../base/lifecycle';
import { Emitter } from '../base/lifecycle';
import { TransportFailureError } from '../base/transportFailure';
import { PacketWriter } from '../protocol/codec';
import type { Publish, Subscription } from '../protocol/controlPacket';
import type { Properties } from '../protocol/properties';
import { noProperties } from '../protocol/properties';
import { ProtocolViolation } from '../protocol/violations';
import { ClientConnection } from '../session/clientConnection';
import type { ClientCommand, ClientDelivery, ClientEnding, ClientOutcome } from '../session/clientContract';
import type { CaptureTap, Transport, TransportFailure } from '../session/effects';
import { Pump } from '../session/pump';
import { SessionState } from '../session/sessionState';
import type { ClientFailure } from './clientFailure';
import { ClientError, failureOf } from './clientFailure';
import type { ClientDependencies, ClientOptions, ClientState } from './clientOptions';
import { connectPacket, connectViolation } from './clientOptions';
import type { MessageToPublish, PublishOutcome, ReceivedMessage } from './clientMessages';
import { Tickets } from './tickets';

export type { ClientDependencies, ClientOptions, ClientState } from './clientOptions';
export type { MessageToPublish, PublishOutcome, ReceivedMessage } from './clientMessages';

export type { ClientFailure } from './clientFailure';
export { ClientError } from './clientFailure';

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
  private attempt: ConnectAttempt | undefined;
  private pump: ClientPump | undefined;
  private whenClosed: (() => void)[] = [];

  readonly onDidChangeState: Event<ClientState> = this.states.event;
  /** One batch for each chunk that is read. */
  readonly onMessages: Event<readonly ReceivedMessage[]> = this.messages.event;

  constructor(
    private readonly options: ClientOptions,
    private readonly dependencies: ClientDependencies,
  ) {}

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

  /** Sends DISCONNECT and resolves when the connection is closed, whatever state it was in. Outstanding requests reject. */
  async disconnect(): Promise<void> {
    const { state } = this.current;
    if (state === 'disconnected') return;
    const closed = new Promise<void>((resolve) => this.whenClosed.push(resolve));
    if (!this.pump) this.ended({ kind: 'disconnected' });
    else if (state !== 'disconnecting') {
      this.setState({ state: 'disconnecting' });
      this.pump.submit({ kind: 'disconnect', reasonCode: 0, properties: noProperties });
    }
    await closed;
  }

  /** QoS 0 resolves when the message was handed to the transport, QoS 1 and 2 when the server has taken it. */
  publish({ topicName, payload, qos = 0, retain = false, properties = noProperties }: MessageToPublish) {
    return this.request<PublishOutcome>((ticket) => {
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

  /** Resolves with one Reason Code for each subscription, in order: the granted QoS, or 0x80 and above where it failed. */
  subscribe(
    subscriptions: readonly Subscription[],
    properties: Properties = noProperties,
  ): Promise<number[]> {
    return this.request((ticket) => ({
      kind: 'subscribe',
      ticket,
      subscriptions: [...subscriptions],
      properties,
    }));
  }

  /** Resolves with one Reason Code for each filter, in order; before 5.0 they are all 0. */
  unsubscribe(topicFilters: readonly string[], properties: Properties = noProperties): Promise<number[]> {
    return this.request((ticket) => ({
      kind: 'unsubscribe',
      ticket,
      topicFilters: [...topicFilters],
      properties,
    }));
  }

  /** Breaks the connection off without DISCONNECT, so that the server publishes the will. */
  dispose(): void {
    const { pump } = this;
    this.pump = undefined;
    if (this.current.state !== 'disconnected') this.ended({ kind: 'disconnected' });
    pump?.dispose();
    this.states.dispose();
    this.messages.dispose();
  }

  private request<T>(command: (ticket: number) => ClientCommand): Promise<T> {
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
      this.openFailed(attempt, {
        step: 'tcp',
        code: 'timedOut',
        detail: `no connection within ${patience} ms`,
      }),
    );
    try {
      const transport = await this.dependencies.open();
      if (this.attempt === attempt) this.begin(transport, patience);
      else transport.dispose(); // Given up meanwhile.
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      this.openFailed(
        attempt,
        error instanceof TransportFailureError ? error.failure : { step: 'tcp', code: 'other', detail },
      );
    } finally {
      timer.dispose();
    }
  }

  private openFailed(attempt: ConnectAttempt, failure: TransportFailure): void {
    if (this.attempt === attempt && !this.pump) this.ended({ kind: 'transport', failure });
  }

  private begin(transport: Transport, patience: number): void {
    try {
      this.converse(transport, patience, this.dependencies.tap?.());
    } catch (error) {
      transport.dispose(); // Nobody else knows of it.
      throw error;
    }
  }

  private converse(transport: Transport, connackPatience: number, tap: CaptureTap | undefined): void {
    const { clock } = this.dependencies;
    const connection = new ClientConnection({
      connect: connectPacket(this.options),
      session: this.session,
      out: new PacketWriter(),
      connackPatience,
    });
    const outlet = {
      delivered: (packets: readonly ClientDelivery[], at: number) => this.delivered(packets, at),
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

  private delivered(packets: readonly ClientDelivery[], at: number): void {
    const messages: ReceivedMessage[] = [];
    for (const packet of packets) {
      if (packet.type === 'connected') {
        const { sessionPresent, negotiated } = packet;
        this.setState({ state: 'connected', sessionPresent, negotiated });
        this.attempt?.resolve();
      } else {
        const { topicName, payload, qos, retain, dup, properties } = packet;
        messages.push({ topicName, payload, qos, retain, dup, properties, at });
      }
    }
    if (messages.length > 0) this.messages.fire(messages);
  }

  private settled(outcomes: readonly ClientOutcome[]): void {
    for (const outcome of outcomes) {
      switch (outcome.kind) {
        case 'published': {
          const { ticket, reasonCode, packetIdentifier } = outcome;
          this.tickets.resolve(ticket, { reasonCode, packetIdentifier } satisfies PublishOutcome);
          break;
        }
        case 'answered':
          this.tickets.resolve(outcome.ticket, outcome.reasonCodes);
          break;
        case 'rejected':
          this.tickets.reject(outcome.ticket, new ProtocolViolation(outcome.violation));
          break;
        default:
          assertNever(outcome);
      }
    }
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

/** The promise of one `connect()`. */
class ConnectAttempt {
  resolve: () => void = () => undefined;
  reject: (error: ClientError) => void = () => undefined;
  readonly outcome = new Promise<void>((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });
}

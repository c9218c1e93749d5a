import type { Clock } from '../base/clock';
import type { Disposable } from '../base/lifecycle';
import { TransportFailureError } from '../base/transportFailure';
import { PacketWriter } from '../protocol/codec';
import type { Connect } from '../protocol/controlPacket';
import { ClientConnection } from '../session/clientConnection';
import { unkeptOutcome } from '../session/clientPublishing';
import type { ClientCommand, ClientDelivery, ClientEnding, ClientOutcome } from '../session/clientContract';
import type { Transport } from '../session/effects';
import type { Challenge } from '../session/clientAuthentication';
import type { PublishMessage } from '../session/publishMessage';
import { Pump } from '../session/pump';
import type { SessionChange } from '../session/sessionJournal';
import type { SessionState } from '../session/sessionState';
import type { Authentication } from './authentication';
import { AuthenticationError } from './authentication';
import type { ClientFailure } from './clientFailure';
import { failureOf } from './clientFailure';
import type { ClientDependencies } from './clientOptions';

/** Hears what happens on one connection; nothing after `closed`. */
export interface LinkListener {
  delivered(packets: readonly ClientDelivery[], at: number): void;
  settled(outcomes: readonly ClientOutcome[]): void;
  stored(changes: readonly SessionChange[]): boolean;
  /** The conversation is over; comes once. Without a failure this side wanted it. */
  ended(failure: ClientFailure | undefined): void;
  /** The transport is gone too. */
  closed(): void;
}

export interface LinkOptions {
  /** @param authenticationData what the authenticator begins with */
  readonly connect: (authenticationData: Uint8Array | undefined) => Connect;
  readonly session: SessionState;
  /** How long the transport may take to open, and then CONNACK to come, in milliseconds. */
  readonly patience: number;
  readonly chooseTopicAliases: boolean;
  readonly qos2InFlightBefore5: number;
}

/** One attempt at a Network Connection: from opening its transport to its end. */
export class ClientLink implements Disposable {
  private pump: Pump<ClientCommand, ClientDelivery, ClientOutcome, ClientEnding> | undefined;
  private connection: ClientConnection | undefined;
  /** Messages submitted in this turn, which the connection may not get to see. */
  private handed: PublishMessage[] = [];
  private isOver = false;
  private timer: Disposable | undefined;

  constructor(
    private readonly options: LinkOptions,
    private readonly dependencies: Pick<ClientDependencies, 'open' | 'tap'> & { readonly clock: Clock },
    /** Of this connection alone: an exchange of another one must not answer what is asked here. */
    readonly authentication: Authentication,
    private readonly listener: LinkListener,
  ) {}

  /** Opens the transport and says CONNECT. How that went is told to the listener. */
  async open(): Promise<void> {
    const { clock } = this.dependencies;
    const { patience } = this.options;
    const detail = `no connection within ${patience} ms`;
    let late: ClientFailure = { kind: 'authenticationFailed', problem: { code: 'timedOut' } };
    this.timer = clock.schedule(clock.now() + patience, () => this.openFailed(late));
    try {
      const { authentication } = this;
      const authenticationData = authentication.isWanted ? await authentication.begin() : undefined;
      if (this.isOver) return;
      late = { kind: 'transport', failure: { step: 'tcp', code: 'timedOut', detail } };
      const transport = await this.dependencies.open((failure) => {
        late = { kind: 'transport', failure: { ...failure, detail } };
      });
      this.timer.dispose();
      if (this.isOver)
        transport.dispose(); // Given up meanwhile.
      else this.begin(transport, authenticationData);
    } catch (error) {
      this.openFailed(openFailure(error));
    }
  }

  /** Lets the authenticator answer what the server asks. */
  answer(challenge: Challenge): void {
    void this.authentication.answer(challenge, (command) => this.submit(command));
  }

  submit(command: ClientCommand): void {
    this.pump?.submit(command);
  }

  send(message: PublishMessage): void {
    if (message.qos > 0) this.handed.push(message);
    this.pump?.submit({ kind: 'send', message });
  }

  /**
   * Leaves QoS 1 and 2 messages that were submitted, and that the connection did not get to see, to the Session. Those that
   * break a rule, and so cannot be kept or named anew, are settled.
   */
  leaveUntaken(): void {
    const { handed } = this;
    this.handed = [];
    for (const message of handed) if (!message.isTaken) this.leave(message);
  }

  private leave(message: PublishMessage): void {
    const { ticket } = message;
    try {
      const violation = this.connection?.leave(message);
      if (violation) this.listener.settled([{ kind: 'rejected', ticket, violation }]);
      else this.options.session.outbound.enqueue(message);
    } catch (error) {
      this.listener.settled([unkeptOutcome(ticket, error)]);
    }
  }

  /** Rejects what waits for the transport and has expired at `at`; returns when the next does, `Infinity` for never. */
  expire(at: number): number {
    this.submit({ kind: 'expireUnsent' });
    return this.connection?.nextExpiry(at) ?? Infinity;
  }

  /** Says DISCONNECT and ends; where nothing was opened yet it is over at once. */
  disconnect(command: Extract<ClientCommand, { kind: 'disconnect' }>): void {
    if (this.pump) this.pump.submit(command);
    else this.giveUp();
  }

  /** Keeps what follows from what is being handed on just now, see {@link Pump.keep}. */
  keep(): void {
    this.pump?.keep();
  }

  /** Breaks the connection off without a word. */
  dispose(): void {
    const { pump } = this;
    if (pump) pump.dispose();
    else this.giveUp();
  }

  /** The same; what a conversation that has ended still sends is broken off too. */
  breakOff(): void {
    this.pump?.breakOff();
  }

  private giveUp(): void {
    if (this.isOver) return;
    this.end(undefined);
    this.listener.closed();
  }

  private openFailed(failure: ClientFailure): void {
    if (this.isOver || this.pump) return;
    this.end(failure);
    this.listener.closed();
  }

  private begin(transport: Transport, authenticationData: Uint8Array | undefined): void {
    try {
      this.converse(transport, authenticationData);
    } catch (error) {
      this.pump = undefined;
      transport.dispose(); // Nobody else knows of it.
      throw error;
    }
  }

  private converse(transport: Transport, authenticationData: Uint8Array | undefined): void {
    const { listener } = this;
    const { connect, session, patience, chooseTopicAliases, qos2InFlightBefore5 } = this.options;
    const connection = new ClientConnection({
      connect: connect(authenticationData),
      session,
      out: new PacketWriter(),
      connackPatience: patience,
      chooseTopicAliases,
      qos2InFlightBefore5,
      resumesOnCommand: true,
    });
    const outlet = {
      delivered: (packets: readonly ClientDelivery[], at: number) => listener.delivered(packets, at),
      settled: (outcomes: readonly ClientOutcome[]) => listener.settled(outcomes),
      stored: (changes: readonly SessionChange[]) => listener.stored(changes),
      ended: (ending: ClientEnding) => this.end(failureOf(ending)),
      closed: () => listener.closed(),
      worked: () => {
        if (this.handed.length > 0) this.handed = [];
      },
    };
    this.connection = connection;
    const tap = this.dependencies.tap?.();
    this.pump = new Pump(connection, transport, this.dependencies.clock, outlet, tap);
    this.pump.start();
    this.pump.submit({ kind: 'connect' });
  }

  private end(failure: ClientFailure | undefined): void {
    this.isOver = true;
    this.timer?.dispose();
    this.leaveUntaken();
    this.listener.ended(failure);
  }
}

function openFailure(error: unknown): ClientFailure {
  if (error instanceof AuthenticationError) return { kind: 'authenticationFailed', problem: error.problem };
  if (error instanceof TransportFailureError) return { kind: 'transport', failure: error.failure };
  const detail = error instanceof Error ? error.message : String(error);
  return { kind: 'transport', failure: { step: 'tcp', code: 'other', detail } };
}

import { assertNever } from '../base/assert';
import { type Disposable, Emitter } from '../base/lifecycle';
import type { Disconnect, ProtocolVersion } from '../protocol/controlPacket';
import type { Properties } from '../protocol/properties';
import { noProperties } from '../protocol/properties';
import { ProtocolViolation, violationOfSide } from '../protocol/violations';
import type { ClientCommand, ClientDelivery, ClientOutcome } from '../session/clientContract';
import { disconnectViolation } from '../session/disconnectPacket';
import type { PublishMessage } from '../session/publishMessage';
import type { RestoredMessage } from '../session/restoredSession';
import { Authentication } from './authentication';
import type { ClientFailure } from './clientFailure';
import { ClientError } from './clientFailure';
import { ClientLink } from './clientLink';
import type { ClientDependencies, ClientOptions, ClientState, Retry } from './clientOptions';
import { connectFailure, connectPacket } from './clientOptions';
import type { ClientSession } from './clientSession';
import { ConnectionRun, firstVersion } from './connectionRun';
import { type DisconnectOutcome, droppedFromConnect, droppedFromDisconnect } from './droppedProperties';

const defaultConnectTimeout = 10_000;
const defaultQos2InFlight = 20;
const defaultDrainTime = 10_000;

/** What DISCONNECT says, in 5.0, and when. */
export interface DisconnectOptions {
  /**
   * Waits first until nothing is outstanding, what is published meanwhile included, over connections too: for so many
   * milliseconds at most, or 10,000 for `true`. What is outstanding still rejects then, as it does at once without this.
   */
  readonly drain?: true | number;
  /** 0x04 has the server publish the will. */
  readonly reasonCode?: number;
  /** A Session Expiry Interval takes the place of that of CONNECT, unless that was 0. */
  readonly properties?: Properties;
}

/** Whose requests a loop carries. */
export interface LoopOwner {
  /** Names the request that is going to hear of a message that was kept. */
  ticketFor(message: RestoredMessage): number;
  /** CONNACK has accepted; the owner submits `resume`. */
  up(sessionPresent: boolean): void;
  received(packets: readonly ClientDelivery[], at: number): void;
  settled(outcomes: readonly ClientOutcome[]): void;
  /** Resolves once nothing is outstanding. */
  drained(): Promise<void>;
  /** A connection ended, and there may be another. */
  down(failure: ClientFailure): void;
  /** There will be no other until `connect()` is called again. Without a failure this side wanted it. */
  finished(failure: ClientFailure | undefined): void;
}

/** Makes connection after connection for one Session, for as long as its owner wants one and it makes sense. */
export class ConnectionLoop implements Disposable {
  private current: ClientState = { state: 'disconnected' };
  private readonly states = new Emitter<ClientState>();
  private link: ClientLink | undefined;
  /** Links whose conversation is over and whose transport may still send its last bytes. */
  private readonly closing = new Set<ClientLink>();
  /** From `connect()` to the end of what it began. */
  private run: ConnectionRun | undefined;
  private timer: Disposable | undefined;
  private whenClosed: (() => void)[] = [];
  private isDisposed = false;
  private isHandingOn = false;
  /** `connect()` was not called yet. */
  isFresh = true;
  /** The Client Identifier that the server gave one without: with it the Session goes on (3.2.2.3.7). */
  private assigned: string | undefined;
  /** What the last connection spoke, or speaks. */
  spoken: ProtocolVersion | undefined;

  readonly onDidChangeState = this.states.event;

  constructor(
    private readonly options: ClientOptions,
    private readonly dependencies: ClientDependencies,
    private readonly session: ClientSession,
    private readonly owner: LoopOwner,
  ) {}

  get state(): ClientState {
    return this.current;
  }

  /** What the next connection speaks, or this one does. */
  get version(): ProtocolVersion {
    return this.run?.version ?? firstVersion(this.options);
  }

  /** What speaks for this client on the connection there is. */
  get authentication(): Authentication | undefined {
    return this.link?.authentication;
  }

  /** Resolves when CONNACK accepts; rejects with a {@link ClientError} when there will be no connection. */
  connect(): Promise<void> {
    if (this.isDisposed) return Promise.reject(new ClientError({ kind: 'notConnected' }));
    if (this.current.state !== 'disconnected') {
      return Promise.reject(new ClientError({ kind: 'notDisconnected' }));
    }
    this.isFresh = false;
    const run = new ConnectionRun(this.options);
    this.run = run;
    this.setState({ state: 'connecting' });
    // Whoever heard of it may have ended it.
    if (this.run === run) void this.begin(run);
    return run.outcome;
  }

  /**
   * Resolves when the connection is closed, whatever state it was in, with what DISCONNECT could not say. Rejects with a
   * {@link ProtocolViolation}, with nothing sent, where the packet would break a rule.
   */
  async disconnect(options: DisconnectOptions = {}): Promise<DisconnectOutcome> {
    const { reasonCode = 0, properties = noProperties, drain } = options;
    if (this.current.state === 'disconnected') return {};
    const packet = { type: 'DISCONNECT', reasonCode, properties } as const;
    this.checkDisconnect(packet);
    if (drain !== undefined && this.current.state !== 'disconnecting') {
      await this.drained(drain === true ? defaultDrainTime : drain);
      if (this.state.state === 'disconnected') return {};
      this.checkDisconnect(packet); // There may be another connection.
    }
    const { state } = this;
    const closed = new Promise<void>((resolve) => this.whenClosed.push(resolve));
    const outcome =
      state.state === 'connected' ? droppedFromDisconnect(reasonCode, properties, state.version) : {};
    if (!this.link) this.finish(undefined);
    else if (state.state !== 'disconnecting') {
      this.setState({ state: 'disconnecting' });
      this.link.disconnect({ kind: 'disconnect', reasonCode, properties });
    }
    await closed;
    return outcome;
  }

  /** Makes the next attempt now, where one is waited for. */
  retry(): void {
    if (this.current.state !== 'reconnecting' || !this.run) return;
    const { attempt, failure, suspicion } = this.current;
    this.timer?.dispose();
    this.tryAgain(this.run, { attempt, failure, ...(suspicion && { suspicion }) });
  }

  submit(command: ClientCommand): void {
    this.link?.submit(command);
  }

  send(message: PublishMessage): void {
    this.link?.send(message);
  }

  /** See {@link ClientLink.expire}. */
  expire(at: number): number {
    return this.link?.expire(at) ?? Infinity;
  }

  /** Nothing can be kept any more, so that nothing may go on. */
  storeFailed(): void {
    const { failure } = this.session;
    if (!this.run || !failure) return;
    if (this.link) this.link.dispose();
    else this.failed(this.run, { kind: 'storeFailed', failure });
  }

  dispose(): void {
    this.isDisposed = true;
    const { link } = this;
    // Before the Session is closed: what was handed on, and what was handed over in this turn, is part of it.
    if (this.isHandingOn) link?.keep();
    link?.leaveUntaken();
    this.link = undefined;
    if (this.current.state !== 'disconnected') this.finish(undefined);
    link?.dispose();
    // What disconnect() has asked for still goes out; of earlier connections nothing is left.
    for (const earlier of [...this.closing]) if (earlier !== link) earlier.breakOff();
    this.states.dispose();
  }

  /** The largest packet the server takes, in bytes. */
  private get mostBytes(): number {
    return this.current.state === 'connected' ? this.current.negotiated.maximumPacketSize : Infinity;
  }

  private get identified(): ClientOptions {
    const { options, assigned } = this;
    return assigned === undefined ? options : { ...options, clientIdentifier: assigned };
  }

  private checkDisconnect(packet: Disconnect): void {
    const violation = disconnectViolation(packet, connectPacket(this.options, this.version), this.mostBytes);
    if (violation) throw new ProtocolViolation(violationOfSide(violation, 'client'));
  }

  private drained(milliseconds: number): Promise<void> {
    const { clock } = this.dependencies;
    return new Promise((resolve) => {
      const late = clock.schedule(clock.now() + milliseconds, resolve);
      void this.owner.drained().then(() => {
        late.dispose();
        resolve();
      });
    });
  }

  private async begin(run: ConnectionRun): Promise<void> {
    const unsendable = connectFailure(this.options, run.version);
    if (unsendable) return this.finish(unsendable);
    if (this.dependencies.store) {
      await this.session.open(
        (message) => this.owner.ticketFor(message),
        () => this.run !== undefined,
      );
      if (this.run !== run) return; // Given up meanwhile.
    }
    const { failure } = this.session;
    if (failure) this.failed(run, { kind: 'storeFailed', failure });
    else this.openLink(run);
  }

  private openLink(run: ConnectionRun): void {
    if (this.run !== run) return;
    const { session } = this;
    const options = this.identified;
    const link: ClientLink = new ClientLink(
      {
        connect: (authenticationData) =>
          connectPacket(session.optionsFor(run.version, options), run.version, authenticationData),
        session: session.state,
        patience: options.connectTimeout ?? defaultConnectTimeout,
        chooseTopicAliases: options.chooseTopicAliases ?? true,
        qos2InFlightBefore5: Math.max(1, options.qos2InFlightBefore5 ?? defaultQos2InFlight),
      },
      this.dependencies,
      new Authentication(options.authenticator),
      {
        delivered: (packets, at) => this.delivered(run, link, packets, at),
        settled: (outcomes) => this.owner.settled(outcomes),
        stored: (changes) => session.record(changes),
        // A connection that failed is forgotten at once: another may have been opened since.
        ended: (failure) => {
          this.closing.add(link);
          if (this.link === link) this.ended(run, failure);
        },
        closed: () => {
          this.closing.delete(link);
          if (this.link === link) this.closed();
        },
      },
    );
    this.link = link;
    void link.open();
  }

  private delivered(
    run: ConnectionRun,
    link: ClientLink,
    packets: readonly ClientDelivery[],
    at: number,
  ): void {
    for (const packet of packets) {
      if (packet.type === 'challenge') link.answer(packet);
      if (packet.type !== 'connected') continue;
      const { sessionPresent, negotiated } = packet;
      const { version, fellBackFrom } = run;
      run.connectedAt = at;
      this.spoken = version;
      if (this.options.clientIdentifier === '') this.assigned ??= negotiated.assignedClientIdentifier;
      const dropped = droppedFromConnect(this.options, version);
      this.setState({
        state: 'connected',
        sessionPresent,
        negotiated,
        version,
        ...(fellBackFrom !== undefined && { fellBackFrom }),
        ...(dropped && { dropped }),
      });
      // Whoever heard of it may have disposed of it all, before anything else was handed on.
      if (this.link !== link) return;
      run.resolve();
      this.owner.up(sessionPresent);
    }
    this.isHandingOn = true;
    try {
      this.owner.received(packets, at);
    } finally {
      this.isHandingOn = false;
    }
  }

  private ended(run: ConnectionRun, failure: ClientFailure | undefined): void {
    const unkept = this.session.failure;
    const why = unkept ? ({ kind: 'storeFailed', failure: unkept } as const) : failure;
    if (!why) return this.finish(undefined);
    this.link = undefined;
    this.failed(run, why);
  }

  /** There is another attempt, or there is none. */
  private failed(run: ConnectionRun, failure: ClientFailure): void {
    this.link = undefined;
    // It was on its way out already: however the connection ended, nobody wants another.
    if (this.current.state === 'disconnecting') return this.finish(undefined);
    this.owner.down(failure);
    const now = this.dependencies.clock.now();
    const next = run.after(failure, this.assigned !== undefined, this.session.hasLostJournal, now);
    switch (next.kind) {
      case 'stop':
        return this.finish(next.failure);
      case 'againUnnamed':
        this.assigned = undefined;
        return this.openLink(run);
      case 'again':
        return this.openLink(run);
      case 'later':
        return this.retryAt(run, next.at, next.retry);
      default:
        return assertNever(next);
    }
  }

  private retryAt(run: ConnectionRun, at: number, retry: Retry): void {
    this.timer = this.dependencies.clock.schedule(at, () => this.tryAgain(run, retry));
    this.setState({ state: 'reconnecting', at, ...retry });
  }

  private tryAgain(run: ConnectionRun, retry: Retry): void {
    this.timer = undefined;
    this.setState({ state: 'connecting', retry });
    if (this.run === run) void this.begin(run);
  }

  /** It is over: whatever waits for it is told why, then everybody else. */
  private finish(failure: ClientFailure | undefined): void {
    const { run } = this;
    this.run = undefined;
    this.timer?.dispose();
    this.timer = undefined;
    run?.reject(new ClientError(failure ?? { kind: 'notConnected' }));
    this.owner.finished(failure);
    if (failure || !this.link) this.closed(failure);
    else this.setState({ state: 'disconnecting' });
  }

  private closed(failure?: ClientFailure): void {
    this.link = undefined;
    const waiting = this.whenClosed;
    this.whenClosed = [];
    for (const resolve of waiting) resolve();
    this.setState(failure ? { state: 'disconnected', failure } : { state: 'disconnected' });
  }

  private setState(state: ClientState): void {
    if (this.current.state === state.state && state.state !== 'connected') return;
    this.current = state;
    try {
      this.states.fire(state);
    } catch (error) {
      // A listener that throws must not stop what makes connections: its error goes to whoever hears of unhandled ones.
      void Promise.resolve().then(() => {
        throw error;
      });
    }
  }
}

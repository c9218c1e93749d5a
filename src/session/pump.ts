import { added } from '../base/added';
import { assertNever } from '../base/assert';
import type { Clock } from '../base/clock';
import type { Disposable } from '../base/lifecycle';
import type {
  CaptureTap,
  Connection,
  Direction,
  Effect,
  Input,
  TimerName,
  Transport,
  TransportFailure,
  TransportListener,
} from './effects';
import type { SessionChange } from './sessionJournal';

/** Who gets what a connection hands on. */
export interface PumpOutlet<Delivery, Outcome, Ending> {
  delivered(packets: readonly Delivery[], at: number): void;
  settled(outcomes: readonly Outcome[]): void;
  /** Keeps steps of the Session; false where that failed, and then nothing more is sent and the connection is broken off. */
  stored?(changes: readonly SessionChange[]): boolean;
  /** The conversation is over. */
  ended(ending: Ending, at: number): void;
  /** The transport is gone too; comes after `ended`. */
  closed(): void;
  /**
   * Something threw: a listener, a tap, or the machine itself, and then the connection is broken off. Without this it is
   * thrown to whoever made the pump run, which for a socket is nobody.
   */
  faulted?(error: unknown): void;
  /** A round of work is done: packets were read, acknowledged or written. */
  worked?(): void;
}

const timerNames: readonly TimerName[] = ['connect', 'keepAlive', 'pingResponse'];

/** How many bytes may pile up in a transport before its peer is not read from any more. */
const mostUnwritten = 1_048_576;

/** How long an ended connection may be without a sign that its last bytes are on their way, in milliseconds. */
const endPatience = 2_000;

/**
 * How much of a peer that goes on sending is read after the end, in bytes, and for how long, in milliseconds: so that what was
 * said last reaches it, which a reset would throw away.
 */
const mostLingering = 16_777_216;
const longestLinger = 10_000;

/**
 * The only place where effects become I/O, for clients and servers alike. Everything asked for in one turn reaches the
 * connection as one input and leaves as one write, at the end of the callback or of the turn.
 */
export class Pump<Command, Delivery, Outcome, Ending> implements Disposable, TransportListener {
  private commands: Command[] | undefined;
  private running = false;
  private scheduled = false;
  private full = false;
  private readonly timers: Record<TimerName, Disposable | undefined> = {
    connect: undefined,
    keepAlive: undefined,
    pingResponse: undefined,
  };
  private unwritten = 0;
  /** Bytes that were handed to the transport. */
  sentBytes = 0;
  private wantsPause = false;
  private readingPaused = false;
  /** Reads, though that is paused, until something comes. */
  private listening = false;
  private hasEnded = false;
  private hasClosed = false;
  private isMute = false;
  /** What the input that is being dealt with gives rise to, and what of it was done ahead of its turn. */
  private underWay: readonly Effect<Delivery, Outcome, Ending>[] = [];
  private doneAhead: Set<Effect<Delivery, Outcome, Ending>> | undefined;
  private lastResort: Disposable | undefined;
  /** What an ended connection has still read, and until when it does. */
  private lingered = 0;
  private lingersUntil = 0;
  private failure: { readonly error: unknown } | undefined;

  constructor(
    private readonly connection: Connection<Command, Delivery, Outcome, Ending>,
    private readonly transport: Transport,
    private readonly clock: Clock,
    private readonly outlet: PumpOutlet<Delivery, Outcome, Ending>,
    private readonly tap: CaptureTap | undefined,
  ) {}

  start(): void {
    // Nobody else wants to know, and each socket would keep what it has told.
    const ends = this.tap?.ends && this.transport.ends;
    if (ends) this.tap?.ends?.(ends);
    this.transport.start(this);
  }

  /** Whether the transport has more than it can send. */
  get isFull(): boolean {
    return this.full;
  }

  /** Queues a command; the connection gets it with all others of this turn. */
  submit(command: Command): void {
    if (this.hasEnded) return;
    this.commands = added(this.commands, command);
    if (this.running || this.scheduled) return;
    this.scheduled = true;
    void Promise.resolve().then(() => {
      this.scheduled = false;
      this.flush();
    });
  }

  /** The same for a command that asks for nothing more where it is the last in the queue already. */
  submitOnce(command: Command): void {
    const { commands } = this;
    if (commands?.[commands.length - 1] !== command) this.submit(command);
  }

  /** Does now what was asked for in this turn, unless that is about to happen anyway. */
  flush(): void {
    if (!this.running) this.run();
  }

  /**
   * Keeps what follows from what is being handed on just now, and settles what came with it: whoever got it is about to
   * close the journal and to reject what is open, and what is complete must neither come again nor be told to.
   */
  keep(): void {
    for (const effect of this.underWay) {
      if ((effect.kind !== 'store' && effect.kind !== 'settle') || this.doneAhead?.has(effect)) continue;
      this.attempt(effect, this.clock.now());
      (this.doneAhead ??= new Set()).add(effect);
    }
  }

  /** Breaks off without a word. A conversation that has ended already may still send its last bytes. */
  dispose(): void {
    if (!this.hasEnded) this.breakOff();
  }

  /** Breaks off whatever it is about, its last bytes too. */
  breakOff(): void {
    this.isMute = true;
    this.transport.dispose();
    if (this.running) void Promise.resolve().then(() => this.closed(undefined));
    else this.closed(undefined);
  }

  /** Its transport's, like the next three. */
  bytes(chunk: Uint8Array): void {
    const at = this.clock.now();
    this.capture('in', chunk, at);
    if (this.listening) this.hush();
    if (!this.hasEnded) return this.run({ kind: 'bytes', at, chunk });
    this.lingered += chunk.length;
    if (this.lingered > mostLingering || at > this.lingersUntil) this.breakOff();
    else this.stillEnding();
    this.throwFailure();
  }

  drained(): void {
    this.full = false;
    this.unwritten = 0;
    this.applyPause();
    if (this.hasEnded) return this.stillEnding();
    this.run(this.writability(this.clock.now()));
  }

  progressed(): void {
    if (this.hasEnded) return this.stillEnding();
    this.run({ kind: 'progress', at: this.clock.now() });
  }

  closed(failure: TransportFailure | undefined): void {
    if (this.hasClosed) return;
    this.hasClosed = true;
    const at = this.clock.now();
    try {
      if (!this.hasEnded) this.run({ kind: 'transportClosed', at, failure });
    } finally {
      this.lastResort?.dispose();
      this.attemptTo(() => this.tap?.closed(at));
      this.outlet.closed();
    }
    this.throwFailure();
  }

  /** Runs an input, then what was asked for meanwhile, until nothing is left. */
  private run(first?: Input<Command>): void {
    if (this.running) throw new Error('A pump was entered while it runs.');
    this.running = true;
    try {
      if (first) this.feed(first);
      while (this.commands && !this.hasEnded) {
        const { commands } = this;
        this.commands = undefined;
        this.feed({ kind: 'commands', at: this.clock.now(), commands });
      }
    } finally {
      this.running = false;
    }
    try {
      this.outlet.worked?.();
    } catch (error) {
      this.failure ??= { error };
    }
    this.throwFailure();
  }

  /** What went wrong outside of the conversation is thrown once that has had its turn. */
  private throwFailure(): void {
    const { failure } = this;
    this.failure = undefined;
    if (!failure) return;
    if (!this.outlet.faulted) throw failure.error;
    this.outlet.faulted(failure.error);
  }

  private feed(input: Input<Command>): void {
    for (let next: Input<Command> | undefined = input; next;) {
      const effects = this.handled(next);
      this.underWay = effects;
      next = undefined;
      for (const effect of effects) {
        this.attempt(effect, input.at);
        if (effect.kind === 'transmit' && (this.full || effect.more)) {
          next = this.writability(input.at);
        }
      }
    }
    this.underWay = [];
    this.doneAhead = undefined;
  }

  /** A command that throws must not keep what others of its turn lead to from its way. */
  private handled(input: Input<Command>): readonly Effect<Delivery, Outcome, Ending>[] {
    try {
      return this.connection.handle(input);
    } catch (error) {
      if (input.kind !== 'commands' && !this.outlet.faulted) throw error;
      this.failure ??= { error };
      if (input.kind === 'commands') {
        return this.connection.handle(this.writability(input.at));
      }
      this.breakOff(); // Nobody knows what its machine would do next.
      return [];
    }
  }

  /** A listener or tap that throws must not keep the acknowledgements of its batch, or any bytes, from their way. */
  private attempt(effect: Effect<Delivery, Outcome, Ending>, at: number): void {
    try {
      this.perform(effect, at);
    } catch (error) {
      this.failure ??= { error };
    }
  }

  private attemptTo(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.failure ??= { error };
    }
  }

  private capture(direction: Direction, chunk: Uint8Array, at: number): void {
    if (!this.tap) return;
    try {
      this.tap.chunk(direction, chunk, at);
    } catch (error) {
      this.failure ??= { error };
    }
  }

  private perform(effect: Effect<Delivery, Outcome, Ending>, at: number): void {
    switch (effect.kind) {
      case 'transmit':
        this.transmit(effect.bytes, at);
        break;
      case 'deliver':
        this.outlet.delivered(effect.packets, at);
        break;
      case 'store':
        if (!this.doneAhead?.has(effect)) this.store(effect.changes);
        break;
      case 'settle':
        if (!this.doneAhead?.has(effect)) this.outlet.settled(effect.outcomes);
        break;
      case 'arm':
        this.arm(effect.timer, effect.at);
        break;
      case 'disarm':
        this.disarm(effect.timer);
        break;
      case 'pauseReading':
        this.wantsPause = effect.paused;
        this.applyPause();
        break;
      case 'listen':
        if (!this.readingPaused) break;
        this.listening = true;
        this.transport.pauseReading(false);
        break;
      case 'close':
        this.end(effect.ending, at);
        break;
      default:
        assertNever(effect);
    }
  }

  /** Bytes that follow from what could not be kept must not leave. */
  private store(changes: readonly SessionChange[]): void {
    // Told even when it is too late to send anything: what could not be kept before comes again with it, or is given back.
    const areKept = this.outlet.stored?.(changes) !== false;
    if (!areKept && !this.isMute) this.breakOff();
  }

  private transmit(bytes: Uint8Array, at: number): void {
    if (this.hasClosed || this.isMute) return;
    this.sentBytes += bytes.length;
    const isTaken = this.transport.write(bytes);
    // Behind it: the peer need not wait for that. Bytes that were handed over stay as they are until `sent`.
    this.capture('out', bytes, at);
    if (isTaken) {
      if (this.transport.hasSentAll) this.connection.sent?.(bytes);
      return;
    }
    this.full = true;
    this.unwritten += bytes.length;
    this.applyPause();
  }

  private writability(at: number): Input<Command> {
    return { kind: 'writable', at, writable: !this.full, heldBack: this.unwritten > mostUnwritten };
  }

  private hush(): void {
    this.listening = false;
    this.transport.pauseReading(this.readingPaused);
  }

  /** A peer that sends without reading what it is answered is not read from either. */
  private applyPause(): void {
    const paused = this.wantsPause || this.unwritten > mostUnwritten;
    if (paused === this.readingPaused) return;
    this.readingPaused = paused;
    this.listening = false;
    this.transport.pauseReading(paused);
  }

  private end(ending: Ending, at: number): void {
    this.hasEnded = true;
    this.commands = undefined;
    for (const timer of timerNames) this.disarm(timer);
    try {
      this.outlet.ended(ending, at);
    } finally {
      if (!this.hasClosed) {
        this.lingersUntil = at + longestLinger;
        this.patientUntil(at + endPatience);
        this.transport.end(); // [MQTT-3.14.4-2] [MQTT-4.13.2-1]
      }
    }
  }

  /** The peer takes bytes, or sends some: it is not gone. */
  private stillEnding(): void {
    if (!this.hasClosed) this.patientUntil(this.clock.now() + endPatience);
  }

  private patientUntil(at: number): void {
    this.lastResort?.dispose();
    this.lastResort = this.clock.schedule(at, () => this.breakOff());
  }

  private arm(timer: TimerName, at: number): void {
    this.disarm(timer);
    this.timers[timer] = this.clock.schedule(at, () => {
      this.timers[timer] = undefined;
      this.run({ kind: 'deadline', at: this.clock.now(), timer });
    });
  }

  private disarm(timer: TimerName): void {
    this.timers[timer]?.dispose();
    this.timers[timer] = undefined;
  }
}

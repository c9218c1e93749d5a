import { added } from '../base/added';
import { noBytes } from '../base/bytes';
import { withBrokenField } from '../protocol/brokenField';
import type { ControlPacket, ProtocolVersion } from '../protocol/controlPacket';
import { PacketReader } from '../protocol/codec';
import type { PacketWriter } from '../protocol/codec';
import { PacketFramer } from '../protocol/packetFramer';
import type { Sender } from '../protocol/dissectionContext';
import type { Violation } from '../protocol/violations';
import { ProtocolViolation, violationOfSide } from '../protocol/violations';
import type { Connection, Effect, Input, TimerName, TransportFailure } from './effects';
import type { SessionChanges } from './sessionChanges';

/** Of all connections: it keeps nothing between two inputs. */
const reader = new PacketReader();

const none: readonly never[] = [];

/**
 * What client and server connections have in common: cutting bytes into packets, gathering everything one input gives rise
 * to into one batch of each effect, and ending once.
 */
export abstract class PacketConnection<Command, Delivery, Outcome, Ending> implements Connection<
  Command,
  Delivery,
  Outcome,
  Ending
> {
  protected readonly framer: PacketFramer;
  private delivered: Delivery[] | undefined;
  private settled: Outcome[] | undefined;
  private timers: Effect<Delivery, Outcome, Ending>[] | undefined;
  /** Packets that leave before those in {@link out}, in bytes that belong to nobody alone and so never change. */
  protected ahead: Uint8Array = noBytes;
  private ending: { readonly value: Ending } | undefined;
  private finished = false;

  /**
   * @param out may be shared by all connections of one thread: it is empty between two inputs
   * @param maximumPacketSize the largest packet this side takes, in bytes
   */
  protected constructor(
    protected version: ProtocolVersion,
    protected readonly out: PacketWriter,
    maximumPacketSize: number | undefined,
  ) {
    this.framer = new PacketFramer(maximumPacketSize);
  }

  /** How many bytes of a packet are there that is not whole yet. */
  get unfinishedBytes(): number {
    return this.framer.heldBytes;
  }

  handle(input: Input<Command>): readonly Effect<Delivery, Outcome, Ending>[] {
    if (this.finished) return none;
    switch (input.kind) {
      case 'bytes':
        this.receive(input.chunk, input.at);
        break;
      case 'commands':
        this.runCommands(input.commands, input.at);
        break;
      case 'writable':
        this.writable(input.writable, input.at, input.heldBack === true);
        break;
      case 'progress':
        this.progressed(input.at);
        break;
      case 'deadline':
        this.deadline(input.timer, input.at);
        break;
      case 'transportClosed':
        this.end(this.endingOfTransport(input.failure));
        break;
    }
    return this.collect(input.at);
  }

  sent(bytes: Uint8Array): void {
    this.out.giveBack(bytes);
  }

  /** The side that this one listens to. */
  protected abstract get peer(): Sender;
  protected abstract packet(packet: ControlPacket, at: number): void;
  protected abstract command(command: Command, at: number): void;
  protected abstract writable(writable: boolean, at: number, heldBack: boolean): void;
  protected abstract deadline(timer: TimerName, at: number): void;
  /** Sends what may leave now that the input is dealt with; returns whether there is more. */
  protected abstract release(at: number): boolean;
  protected abstract endingOfTransport(failure: TransportFailure | undefined): Ending;
  /** A broken rule ends the connection, after a word about it where the protocol has one [MQTT-4.13.1-1]. */
  protected abstract breach(violation: Violation): void;
  protected abstract bytesArrived(chunk: Uint8Array, at: number): void;

  /** The peer has taken some of what fills the transport. */
  protected progressed(_at: number): void {
    // Only who waits for an answer that comes behind it wants to know.
  }

  /** What a journal is to be told; undefined where there is none. */
  protected get changes(): SessionChanges | undefined {
    return undefined;
  }

  protected get isOver(): boolean {
    return this.ending !== undefined;
  }

  /** Whether bytes that arrive are not cut into packets any more. */
  protected get isDeaf(): boolean {
    return this.isOver;
  }

  /** Something that came with this input is not handed on yet. */
  protected get isDelivering(): boolean {
    return this.delivered !== undefined;
  }

  protected deliver(packet: Delivery): void {
    this.delivered = added(this.delivered, packet);
  }

  protected settle(outcome: Outcome): void {
    this.settled = added(this.settled, outcome);
  }

  protected arm(timer: TimerName, at: number): void {
    this.timers = added(this.timers, { kind: 'arm', timer, at });
  }

  protected disarm(timer: TimerName): void {
    this.timers = added(this.timers, { kind: 'disarm', timer });
  }

  protected pauseReading(paused: boolean): void {
    this.timers = added(this.timers, { kind: 'pauseReading', paused });
  }

  protected listen(): void {
    this.timers = added(this.timers, { kind: 'listen' });
  }

  /** Nothing is sent or listened to after this [MQTT-3.14.4-1]; the first ending counts. */
  protected end(ending: Ending): void {
    this.ending ??= { value: ending };
  }

  /** Called with each whole packet; what is read from it may go on as views, since no chunk ever changes. */
  protected frame(buffer: Uint8Array, start: number, end: number, at: number): void {
    if (!this.isOver) this.packet(this.read(buffer, start, end), at);
  }

  private read(buffer: Uint8Array, start: number, end: number): ControlPacket {
    try {
      return reader.read(buffer, start, end, this.version);
    } catch (error) {
      throw withBrokenField(error, buffer, start, end, this.version);
    }
  }

  /**
   * Runs what may break a rule of the protocol.
   * @param side who breaks it then; this one if absent
   */
  protected guarded(action: () => void, side: Sender = this.peer === 'client' ? 'server' : 'client'): void {
    try {
      action();
    } catch (error) {
      if (!(error instanceof ProtocolViolation)) throw error;
      this.breach(violationOfSide(error.violation, side));
    }
  }

  /** One that throws must not keep the others of its turn from being heard; the first error is thrown afterwards. */
  private runCommands(commands: readonly Command[], at: number): void {
    let failure: { readonly error: unknown } | undefined;
    for (const command of commands) {
      if (this.isOver) break;
      try {
        this.command(command, at);
      } catch (error) {
        failure ??= { error };
      }
    }
    if (failure) throw failure.error;
  }

  private receive(chunk: Uint8Array, at: number): void {
    this.bytesArrived(chunk, at);
    if (this.isDeaf) return;
    this.guarded(
      () => this.framer.push(chunk, (buffer, start, end) => this.frame(buffer, start, end, at)),
      this.peer,
    );
    reader.release();
  }

  /** Deliveries come first: a message is acknowledged, and known as received, after it was handed on. */
  private collect(at: number): readonly Effect<Delivery, Outcome, Ending>[] {
    const more = !this.isOver && this.release(at);
    let effects: Effect<Delivery, Outcome, Ending>[] | undefined;
    if (this.delivered) {
      effects = [{ kind: 'deliver', packets: this.delivered }];
      this.delivered = undefined;
    }
    const { changes } = this;
    if (changes?.isEmpty === false) effects = added(effects, { kind: 'store', changes: changes.take() });
    if (this.ahead.length > 0) {
      const isLast = this.out.length === 0;
      effects = added(effects, { kind: 'transmit', bytes: this.ahead, more: more && isLast });
      this.ahead = noBytes;
    }
    if (this.out.length > 0) effects = added(effects, { kind: 'transmit', bytes: this.out.lend(), more });
    if (this.settled) {
      effects = added(effects, { kind: 'settle', outcomes: this.settled });
      this.settled = undefined;
    }
    for (const timer of this.timers ?? none) effects = added(effects, timer);
    this.timers = undefined;
    if (this.ending) {
      this.finished = true;
      this.framer.forget();
      effects = added(effects, { kind: 'close', ending: this.ending.value });
    }
    return effects ?? none;
  }
}

import type { TimerName } from './effects';
import { ClientKeepAlive } from './keepAlive';

/** What Keep Alive does on the connection it is for. */
export interface LivenessActions {
  arm(timer: TimerName, at: number): void;
  disarm(timer: TimerName): void;
  /** Writes PINGREQ. */
  ping(): void;
}

/**
 * Keep Alive on one Network Connection of a client (3.1.2.10): its two timers, and what stands in the way of PINGREQ and of
 * its answer from the first byte on, long before CONNACK tells whether there is a Keep Alive at all.
 */
export class ClientLiveness {
  private keepAlive: ClientKeepAlive | undefined;
  private writable = true;
  private reading = true;

  constructor(private readonly actions: LivenessActions) {}

  /** The transport takes more. */
  get isWritable(): boolean {
    return this.writable;
  }

  /** What arrives is read. */
  get isReading(): boolean {
    return this.reading;
  }

  /**
   * CONNACK has come.
   * @param keepAlive seconds; 0 where there is none
   */
  begin(keepAlive: number, connectSentAt: number, at: number): void {
    if (keepAlive === 0) return;
    this.keepAlive = new ClientKeepAlive(keepAlive, connectSentAt, at); // [MQTT-3.1.2-20]
    this.actions.arm('keepAlive', this.keepAlive.pingDueAt);
  }

  heard(at: number): void {
    this.keepAlive?.heard(at);
  }

  sent(at: number): void {
    this.keepAlive?.sent(at);
  }

  /** The server has taken some of what fills the transport. */
  progressed(at: number): void {
    this.keepAlive?.progressed(at);
  }

  transportIs(writable: boolean, at: number): void {
    if (writable && !this.writable) this.keepAlive?.caughtUp(at);
    if (!writable && this.writable) this.keepAlive?.progressed(at);
    this.writable = writable;
  }

  readingIs(reading: boolean, at: number): void {
    if (reading && !this.reading) this.keepAlive?.caughtUp(at);
    this.reading = reading;
  }

  pingAnswered(): void {
    this.keepAlive?.pingAnswered();
    this.actions.disarm('pingResponse');
  }

  /** A timer has run out. Returns whether there is still hope for the server. */
  look(timer: 'keepAlive' | 'pingResponse', at: number): boolean {
    const { keepAlive } = this;
    if (!keepAlive) return true;
    if (timer === 'keepAlive') return this.ping(keepAlive, at);
    const patience = keepAlive.patienceEnds(at, this.writable, this.reading);
    if (patience !== undefined) this.actions.arm('pingResponse', patience);
    return patience !== undefined;
  }

  private ping(keepAlive: ClientKeepAlive, at: number): boolean {
    if (keepAlive.isGivenUp(at) && this.writable) return false;
    if (at >= keepAlive.pingDueAt) {
      this.actions.ping(); // [MQTT-3.1.2-20]
      const patience = keepAlive.pinged(at);
      if (patience !== undefined) this.actions.arm('pingResponse', patience);
    }
    this.actions.arm('keepAlive', keepAlive.pingDueAt);
    return true;
  }
}

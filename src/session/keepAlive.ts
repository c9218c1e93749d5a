/**
 * The client's half of Keep Alive (3.1.2.10). Activity only moves a number; the timer is looked at when it runs out, so
 * that a busy connection never touches it. Times are in milliseconds since the epoch.
 */
export class ClientKeepAlive {
  private lastSent: number;
  private lastHeard: number;
  private pingSentAt: number | undefined;
  /** When the transport, which is full, last gave anything to the server. */
  private lastTaken: number;
  private readonly silence: number;
  private readonly patience: number;
  private readonly serversPatience: number;

  /**
   * @param keepAlive seconds, more than 0
   * @param connectSentAt when CONNECT was sent: the first interval runs from there, though nothing may follow before CONNACK
   * @param at when CONNACK has come
   */
  constructor(keepAlive: number, connectSentAt: number, at: number) {
    // Somewhat less than the interval, before the end of which PINGREQ has to leave. Both together are one and a half
    // intervals at most: so long after its last sign of life a server is known to be gone.
    this.silence = keepAlive * 900;
    this.patience = Math.min(keepAlive * 600, 10_000);
    this.serversPatience = keepAlive * 1500;
    this.lastSent = Math.max(connectSentAt, at - this.silence);
    this.lastHeard = at;
    this.lastTaken = at;
  }

  /**
   * When PINGREQ has to be sent, unless until then something else is [MQTT-3.1.2-20] and something is heard: who only sends
   * would never know that nobody is there.
   */
  get pingDueAt(): number {
    const quietSince =
      this.pingSentAt === undefined ? Math.min(this.lastSent, this.lastHeard) : this.lastSent;
    return quietSince + this.silence;
  }

  /**
   * Whether the server has given this client up, having heard nothing for one and a half intervals [MQTT-3.1.2-22]: this
   * machine slept.
   */
  isGivenUp(at: number): boolean {
    return at >= this.lastSent + this.serversPatience;
  }

  sent(at: number): void {
    this.lastSent = at;
  }

  heard(at: number): void {
    this.lastHeard = at;
  }

  /** Notes that PINGREQ was sent. Returns until when PINGRESP has to come, or undefined where one is waited for already. */
  pinged(at: number): number | undefined {
    this.lastSent = at;
    if (this.pingSentAt !== undefined) return undefined;
    this.pingSentAt = at;
    return at + this.patience;
  }

  pingAnswered(): void {
    this.pingSentAt = undefined;
  }

  /** The transport is full, having taken all until now, or the server has taken some of what fills it. */
  progressed(at: number): void {
    this.lastTaken = at;
  }

  /** The transport has taken all that was waiting, or it is read again: PINGREQ is on its way only now. */
  caughtUp(at: number): void {
    if (this.pingSentAt !== undefined) this.pingSentAt = at;
  }

  /**
   * How long there is still hope for PINGRESP, or undefined when the server is gone. A server in the middle of a long
   * packet is alive, although PINGRESP has to wait behind it; and so does PINGREQ while this side sends one, as long as the
   * server takes any of it.
   * @param reading false where nothing is read, so that no answer can be seen
   */
  patienceEnds(at: number, writable: boolean, reading: boolean): number | undefined {
    if (!reading) return at + this.patience;
    const end = writable
      ? Math.max(this.lastHeard, this.pingSentAt ?? at) + this.patience
      : Math.max(this.lastHeard, this.lastTaken) + this.serversPatience;
    return at < end ? end : undefined;
  }
}

/** The server's half: a client that is silent for one and a half times the Keep Alive is gone [MQTT-3.1.2-22]. */
export class ServerKeepAlive {
  private lastHeard: number;
  private readonly patience: number;

  /** @param keepAlive seconds, more than 0 */
  constructor(keepAlive: number, at: number) {
    this.patience = keepAlive * 1500;
    this.lastHeard = at;
  }

  get dueAt(): number {
    return this.lastHeard + this.patience;
  }

  heard(at: number): void {
    this.lastHeard = at;
  }
}

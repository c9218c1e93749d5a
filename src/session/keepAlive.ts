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

/** How late a timer is that has not only run out: the machine slept, or had no time, and what came meanwhile is unread. */
const late = 500;

/** How long it takes at most until what has arrived is read, in milliseconds. */
const untilRead = 2_000;

/** The server's half: a client that is silent for one and a half times the Keep Alive is gone [MQTT-3.1.2-22]. */
export class ServerKeepAlive {
  private lastHeard: number;
  private readonly patience: number;
  private heldBack = false;
  private listens = false;

  /** @param keepAlive seconds, more than 0 */
  constructor(keepAlive: number, at: number) {
    this.patience = keepAlive * 1500;
    this.lastHeard = at;
  }

  get dueAt(): number {
    return this.lastHeard + this.patience;
  }

  /** Whether what has arrived has to be read before anybody can say that the client is gone. */
  get isListening(): boolean {
    return this.listens;
  }

  /** Whether the client takes so little that it is not read from; what waits behind that is read only afterwards. */
  holdBack(heldBack: boolean, at: number): void {
    if (this.heldBack && !heldBack) this.heard(at);
    this.heldBack = heldBack;
  }

  /**
   * The time is over. Returns when to look again, or undefined where the client is gone. Its PINGREQ may have come in time and
   * be unread, because reading stands still or the machine did: that is seen to first.
   */
  look(at: number): number | undefined {
    const { dueAt } = this;
    const isDue = at >= dueAt;
    this.listens = isDue && !this.listens && (this.heldBack || at > dueAt + late);
    if (!isDue) return dueAt;
    return this.listens ? at + untilRead : undefined;
  }

  heard(at: number): void {
    this.lastHeard = at;
  }
}

/**
 * When one connection of a client was quiet, either way (3.1.2.10). Times are in milliseconds since the epoch, Keep Alive in
 * seconds.
 */
export class WatchedSilence {
  private keepAlive = 0;
  private connackAt: number | undefined;
  /** When bytes began to vanish on the way to the client. */
  private deafSince: number | undefined;
  /** Until when the client could not tell: PINGREQ was not under way, or nothing was read. */
  private busyUntil = 0;

  constructor(private lastWrote: number) {}

  /** CONNACK has come. */
  begin(keepAlive: number, at: number): void {
    this.keepAlive = keepAlive;
    this.connackAt = at;
  }

  wrote(at: number): void {
    this.lastWrote = at;
  }

  busy(until: number): void {
    this.busyUntil = until;
  }

  deaf(at: number): void {
    this.deafSince ??= at;
  }

  /** What is wrong about this moment, at which the client writes or leaves [MQTT-3.1.2-20]. */
  problem(at: number): string | undefined {
    if (this.keepAlive === 0 || this.connackAt === undefined) return undefined;
    // Nothing but CONNECT may be sent until CONNACK has come.
    const latest = Math.max(this.lastWrote + this.keepAlive * 1000, this.connackAt);
    return at > latest ? `was silent for ${at - this.lastWrote} ms [MQTT-3.1.2-20]` : undefined;
  }

  /** The client has not left although nothing can arrive, and it should have found out one and a half intervals after. */
  isDeafTooLong(at: number): boolean {
    if (this.deafSince === undefined || this.keepAlive === 0 || this.connackAt === undefined) return false;
    return at > Math.max(this.deafSince, this.busyUntil) + this.keepAlive * 1500;
  }
}

import type { Clock } from '../base/clock';
import type { Disposable } from '../base/lifecycle';
import { neverExpires } from '../session/negotiated';
import type { HeldTotal } from '../session/heldTotal';
import { BrokerSession } from './brokerSession';

/** The Sessions by Client Identifier [MQTT-3.1.3-2], in memory. One that is not in use ends when its time is over. */
export class SessionStore implements Disposable {
  private readonly sessions = new Map<string, BrokerSession>();
  private readonly expiries = new Map<BrokerSession, Disposable>();
  private expired = 0;

  /**
   * @param onEnd called for every session that ends
   * @param total of what waits for them
   */
  constructor(
    private readonly clock: Clock,
    private readonly onEnd: (session: BrokerSession) => void,
    private readonly total?: HeldTotal,
  ) {}

  get size(): number {
    return this.sessions.size;
  }

  /** How many have ended because their time was over. */
  get expiredCount(): number {
    return this.expired;
  }

  all(): Iterable<BrokerSession> {
    return this.sessions.values();
  }

  get(clientIdentifier: string): BrokerSession | undefined {
    return this.sessions.get(clientIdentifier);
  }

  create(clientIdentifier: string): BrokerSession {
    const session = new BrokerSession(clientIdentifier, this.total);
    this.sessions.set(clientIdentifier, session);
    return session;
  }

  /** The session is in use again: nothing ends it now [MQTT-4.1.0-1] [MQTT-4.1.0-2] (3.1.1). */
  keep(session: BrokerSession): void {
    this.expiries.get(session)?.dispose();
    this.expiries.delete(session);
  }

  /** The session is not in use any more; it ends at once or later [MQTT-3.1.2-23] [MQTT-4.1.0-2] [MQTT-4.1.0-1] (3.1.1). */
  leave(session: BrokerSession, at: number): void {
    if (session.expiryInterval === 0) return this.end(session);
    const endsAt = expiresAt(session, at);
    if (endsAt === undefined) return;
    const expiry = this.clock.schedule(endsAt, () => {
      this.expired++;
      this.end(session);
    });
    this.expiries.set(session, expiry);
  }

  end(session: BrokerSession): void {
    this.keep(session);
    this.sessions.delete(session.clientIdentifier);
    this.onEnd(session);
    session.end();
  }

  dispose(): void {
    for (const expiry of this.expiries.values()) expiry.dispose();
    this.expiries.clear();
  }
}

/** When a Session that was left at that time ends, in milliseconds since the epoch; undefined: never. */
export function expiresAt({ expiryInterval }: BrokerSession, leftAt: number): number | undefined {
  return expiryInterval === neverExpires ? undefined : leftAt + expiryInterval * 1000;
}

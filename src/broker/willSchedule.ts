import type { Clock } from '../base/clock';
import type { Disposable } from '../base/lifecycle';
import type { BrokerSession } from './brokerSession';

/** Wills of clients that are gone, which wait for their Will Delay Interval (3.1.3.2.2). */
export class WillSchedule implements Disposable {
  private readonly delays = new Map<BrokerSession, Disposable>();

  /** @param publish publishes the session's will */
  constructor(
    private readonly clock: Clock,
    private readonly publish: (session: BrokerSession) => void,
  ) {}

  /** The connection has ended and the will is due: now, or after its delay [MQTT-3.1.2-8]. */
  start(session: BrokerSession, at: number): void {
    const delay = session.will?.properties.willDelayInterval ?? 0;
    if (delay === 0) this.publishNow(session);
    else
      this.delays.set(
        session,
        this.clock.schedule(at + delay * 1000, () => this.publishNow(session)),
      );
  }

  /** The session ends: a will that still waits goes out before [MQTT-3.1.2-8]. */
  sessionEnds(session: BrokerSession): void {
    if (this.delays.has(session)) this.publishNow(session);
  }

  /** The client is back in time: the will is not sent [MQTT-3.1.3-9]. */
  cancel(session: BrokerSession): void {
    this.delays.get(session)?.dispose();
    this.delays.delete(session);
  }

  dispose(): void {
    for (const delay of this.delays.values()) delay.dispose();
    this.delays.clear();
  }

  private publishNow(session: BrokerSession): void {
    this.cancel(session);
    if (session.will) this.publish(session);
    session.will = undefined; // [MQTT-3.1.2-10]
  }
}

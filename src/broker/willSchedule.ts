import type { Clock } from '../base/clock';
import type { Disposable } from '../base/lifecycle';
import type { BrokerSession } from './brokerSession';
import type { Exchange } from './exchange';

/** Wills of clients that are gone, which wait for their Will Delay Interval (3.1.3.2.2). */
export class WillSchedule implements Disposable {
  private readonly delays = new Map<BrokerSession, Disposable>();

  constructor(
    private readonly clock: Clock,
    private readonly exchange: Pick<Exchange, 'publishWill'>,
  ) {}

  /**
   * The connection has ended and the will is due: now, or after its delay [MQTT-3.1.2-8].
   * @param onPublish called when it was published after its delay
   */
  start(session: BrokerSession, at: number, onPublish: () => void): void {
    const delay = session.will?.properties.willDelayInterval ?? 0;
    if (delay === 0) return this.publish(session);
    const due = () => {
      this.publish(session);
      onPublish();
    };
    this.delays.set(session, this.clock.schedule(at + delay * 1000, due));
  }

  /** The session ends: a will that still waits goes out before [MQTT-3.1.2-8]. */
  sessionEnds(session: BrokerSession): void {
    if (this.delays.has(session)) this.publish(session);
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

  /** [MQTT-3.1.2-14] [MQTT-3.1.2-15] */
  private publish(session: BrokerSession): void {
    this.cancel(session);
    const { will } = session;
    session.will = undefined; // [MQTT-3.1.2-10]
    if (!will) return;
    const properties = { ...will.properties };
    delete properties.willDelayInterval;
    const { topicName, payload, qos, retain } = will;
    const packet = { type: 'PUBLISH', dup: false, packetIdentifier: 0, topicName, payload, qos } as const;
    this.exchange.publishWill({ ...packet, retain, properties }, session, this.clock.now());
  }
}

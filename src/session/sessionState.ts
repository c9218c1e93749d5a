import { InflightStore } from './inflightStore';

/**
 * What outlives a Network Connection on either side (4.1). A server keeps the subscriptions besides; they are not needed
 * to run the protocol.
 */
export class SessionState {
  /** Messages that were sent or wait to be. */
  readonly outbound = new InflightStore();
  /** Packet Identifiers of QoS 2 messages that were received and not released yet. */
  readonly received = new Set<number>();
  /**
   * For a client: there is such a Session, be it with nothing in flight. That CONNACK accepted it is not asked for: an
   * answer that got lost has begun it just the same.
   */
  hasBegun = false;

  /** Nothing is in flight in either direction. */
  get isEmpty(): boolean {
    return (
      this.outbound.identifiersInUse === 0 && this.outbound.queue.length === 0 && this.received.size === 0
    );
  }

  /** Starts over [MQTT-3.1.2-4] [MQTT-3.2.2-5]. */
  clear(): void {
    this.outbound.clear();
    this.received.clear();
  }
}

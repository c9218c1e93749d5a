import type { QoS } from '../../../src/protocol/controlPacket';
import type { Place } from './job';

/** A client library, as far as the benchmarks use one. */
export interface Library {
  /** Opens a connection of MQTT 3.1.1 with a clean session. */
  connect(place: Place, clientIdentifier: string): Promise<LibraryClient>;
}

export interface LibraryClient {
  /** Calls `settled` when the QoS is fulfilled. */
  publish(topic: string, payload: Buffer, qos: QoS, settled: () => void): void;
  /** Resolves when the subscription is acknowledged; `received` hears of every message. */
  subscribe(filter: string, qos: QoS, received: (payload: Uint8Array) => void): Promise<void>;
  close(): Promise<void>;
}

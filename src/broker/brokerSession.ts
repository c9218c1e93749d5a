import type { QoS, WillMessage } from '../protocol/controlPacket';
import { SessionState } from '../session/sessionState';
import type { BrokerConnection } from './brokerConnection';
import type { OutgoingPublish } from './routedMessage';

export interface BrokerSubscription {
  readonly qos: QoS;
  readonly noLocal: boolean;
  readonly retainAsPublished: boolean;
  readonly identifier: number | undefined;
}

/** How a session takes a message that is routed to it. */
export type Reception =
  | 'taken'
  /** It is kept, but there are more than the client takes: its publisher should wait. */
  | 'full'
  | 'dropped';

/** What the broker knows of one Client Identifier, for as long as its Session lasts (4.1). */
export class BrokerSession {
  readonly state = new SessionState();
  readonly subscriptions = new Map<string, BrokerSubscription>();
  /** The Network Connection it is in use on. */
  connection: BrokerConnection | undefined;
  will: WillMessage | undefined;
  /** Seconds it is kept without a connection; 0xFFFFFFFF for ever. */
  expiryInterval = 0;
  /** Messages that found no place since its last connection began. */
  droppedMessages = 0;

  constructor(readonly clientIdentifier: string) {}

  /** Whether more messages wait than the client takes, be it for their acknowledgement. @param queueBytes how many bytes may wait */
  isFull(queueBytes: number): boolean {
    return this.state.outbound.heldBytes > queueBytes;
  }

  /**
   * Takes a message for the client. Without a connection QoS 0 is not kept, and neither is what does not fit: nobody could
   * say when there is room again. It is not kept either where no publisher can wait for room.
   * @param publisher whose message it is, if that can wait
   */
  receive(message: OutgoingPublish, queueBytes: number, publisher: BrokerConnection | undefined): Reception {
    const { connection } = this;
    const isFull = message.qos > 0 && this.isFull(queueBytes);
    if (message.qos === 0) {
      if (!connection) return 'dropped';
      return connection.send(message) ? 'taken' : this.drop();
    }
    // Who waited for itself would not read its own acknowledgements.
    const canWait = publisher !== undefined && publisher !== connection;
    if (isFull && !(canWait && connection?.canBeWaitedFor)) return this.drop();
    // At once, whatever becomes of the connection: the publisher is told that it was taken.
    this.state.outbound.enqueue(message); // [MQTT-3.1.2-5] (3.1.1) [MQTT-4.5.0-1]
    connection?.release();
    return isFull ? 'full' : 'taken';
  }

  private drop(): Reception {
    this.droppedMessages++;
    return 'dropped';
  }
}

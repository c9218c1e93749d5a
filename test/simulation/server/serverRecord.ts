import type { QoS } from '../../../src/protocol/controlPacket';
import type { PlannedMessage } from '../messages';

/** A PUBLISH as the server saw it. */
export interface Receipt {
  readonly number: number;
  readonly topicName: string;
  readonly qos: QoS;
  readonly dup: boolean;
  /** The session it came in; 0 is before the first. */
  readonly epoch: number;
  /** The server took it and hands it on. */
  readonly isTaken: boolean;
}

/** What became of a message the server published. */
export interface Routed {
  readonly message: PlannedMessage;
  readonly qos: QoS;
  readonly epoch: number;
  /** The client has completed it, or it was handed to the link at QoS 0. */
  isComplete: boolean;
  /** It was larger than the client takes, so that it was dropped: perhaps only without the Topic Alias it had at first. */
  isTooLarge: boolean;
  wasSent: boolean;
}

/** What a server has seen of one client and done for it, over all sessions and connections. */
export class ServerRecord {
  readonly receipts: Receipt[] = [];
  /** By number. */
  readonly routed = new Map<number, Routed>();
  /** Sessions that are over, be it by a restart, by their expiry or by a clean start. */
  readonly lostEpochs = new Set<number>();
  connections = 0;
  epochs = 0;
}

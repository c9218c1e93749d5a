import type { QoS } from '../../../src/protocol/controlPacket';
import type { PlannedMessage } from '../messages';

/** A message the server owes a client, as far as that has come. */
export interface OwedMessage {
  readonly message: PlannedMessage;
  /** The lower of what it was published with and what was granted. */
  readonly qos: QoS;
  readonly subscriptionIdentifiers: readonly number[];
  /** `sent` waits for PUBACK or PUBREC, `released` for PUBCOMP. */
  state: 'waiting' | 'sent' | 'released';
  /** 0 while it waits. */
  packetIdentifier: number;
}

export interface Granted {
  readonly qos: QoS;
  readonly subscriptionIdentifier: number | undefined;
}

/** What the server remembers of a client (4.1). */
export class ServerSession {
  readonly subscriptions = new Map<string, Granted>();
  /** QoS 2 messages that were taken and wait for PUBREL: the number of each by its Packet Identifier. */
  readonly received = new Map<number, number>();
  /** In the order of publishing, what is complete taken out. */
  readonly owed: OwedMessage[] = [];
  /** When it ends although its client does not come back, in milliseconds since the epoch. */
  expiresAt = Infinity;
  private lastIdentifier = 0;

  /** @param epoch counts the sessions of one client */
  constructor(readonly epoch: number) {}

  /** A Packet Identifier that is not in use: the next one, or the lowest. */
  nextIdentifier(isLowest: boolean): number {
    if (isLowest) this.lastIdentifier = 0;
    do this.lastIdentifier = (this.lastIdentifier % 65_535) + 1;
    while (this.find(this.lastIdentifier));
    return this.lastIdentifier;
  }

  find(packetIdentifier: number): OwedMessage | undefined {
    return this.owed.find((each) => each.packetIdentifier === packetIdentifier);
  }

  remove(owed: OwedMessage): void {
    const at = this.owed.indexOf(owed);
    if (at >= 0) this.owed.splice(at, 1);
  }
}

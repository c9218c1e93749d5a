import type { BrokerConnection } from './brokerConnection';

/** What was counted since the broker began. */
export interface TotalCounts {
  readonly receivedBytes: number;
  readonly sentBytes: number;
  readonly receivedPackets: number;
  readonly receivedMessages: number;
  readonly sentMessages: number;
  readonly droppedMessages: number;
}

/** Counts over all connections: those that are over are added up, the others are asked. */
export class Totals {
  private past: TotalCounts = {
    ...{ receivedBytes: 0, sentBytes: 0, receivedPackets: 0 },
    ...{ receivedMessages: 0, sentMessages: 0, droppedMessages: 0 },
  };
  private letInClients = 0;
  private mostClients = 0;
  private connections = 0;

  constructor(private readonly open: ReadonlySet<BrokerConnection>) {}

  /** Clients that were let in and are still there, and how many there were at most. */
  get connectedClients(): number {
    return this.letInClients;
  }

  get maximumClients(): number {
    return this.mostClients;
  }

  /** Connections that were ever opened. */
  get openedConnections(): number {
    return this.connections;
  }

  opened(): void {
    this.connections++;
  }

  letIn(): void {
    this.letInClients++;
    this.mostClients = Math.max(this.mostClients, this.letInClients);
  }

  ended(connection: BrokerConnection): void {
    if (connection.session) this.letInClients--;
    this.past = sum(this.past, countsOf(connection));
  }

  now(): TotalCounts {
    let counts = this.past;
    for (const connection of this.open) {
      if (!connection.hasEnded) counts = sum(counts, countsOf(connection));
    }
    return counts;
  }
}

function countsOf(connection: BrokerConnection): TotalCounts {
  const { protocol, session, sentBytes } = connection;
  const { receivedBytes, receivedPackets, receivedMessages, sender } = protocol;
  const sentMessages = sender?.writtenMessages ?? 0;
  const droppedMessages = connection.droppedMessages + (session?.droppedMessages ?? 0);
  return { receivedBytes, sentBytes, receivedPackets, receivedMessages, sentMessages, droppedMessages };
}

function sum(one: TotalCounts, other: TotalCounts): TotalCounts {
  return {
    receivedBytes: one.receivedBytes + other.receivedBytes,
    sentBytes: one.sentBytes + other.sentBytes,
    receivedPackets: one.receivedPackets + other.receivedPackets,
    receivedMessages: one.receivedMessages + other.receivedMessages,
    sentMessages: one.sentMessages + other.sentMessages,
    droppedMessages: one.droppedMessages + other.droppedMessages,
  };
}

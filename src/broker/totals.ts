import type { PacketWriter } from '../protocol/codec';
import type { BrokerConnection } from './brokerConnection';

/** What was counted since the broker began. */
export interface TotalCounts {
  readonly receivedBytes: number;
  readonly sentBytes: number;
  readonly receivedPackets: number;
  readonly receivedMessages: number;
  readonly receivedPayload: number;
  readonly sentMessages: number;
  readonly sentPayload: number;
  readonly droppedMessages: number;
}

/** Counts over all connections: those that are over are added up, the others are asked. */
export class Totals {
  private past: TotalCounts = {
    ...{ receivedBytes: 0, sentBytes: 0, receivedPackets: 0 },
    ...{ receivedMessages: 0, receivedPayload: 0 },
    ...{ sentMessages: 0, sentPayload: 0, droppedMessages: 0 },
  };
  private letInClients = 0;
  private mostClients = 0;
  private connections = 0;
  private connects = 0;

  /** @param out what all connections write into */
  constructor(
    private readonly open: ReadonlySet<BrokerConnection>,
    private readonly out: Pick<PacketWriter, 'writtenOthers'>,
  ) {}

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

  /** CONNECT packets that ever came. */
  get receivedConnects(): number {
    return this.connects;
  }

  /** Packets of every type that were sent, of which {@link TotalCounts} has those that are PUBLISH. */
  sentPackets({ sentMessages }: TotalCounts): number {
    return sentMessages + this.out.writtenOthers;
  }

  opened(): void {
    this.connections++;
  }

  connectCame(): void {
    this.connects++;
  }

  letIn(): void {
    this.letInClients++;
    this.mostClients = Math.max(this.mostClients, this.letInClients);
  }

  /** Messages found no room in a Session while nobody used it. */
  dropped(messages: number): void {
    this.past = { ...this.past, droppedMessages: this.past.droppedMessages + messages };
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

const nothingSent = { writtenMessages: 0, writtenPayload: 0 };

function countsOf(connection: BrokerConnection): TotalCounts {
  const { protocol, session, sentBytes } = connection;
  const { receivedBytes, receivedPackets, receivedMessages, receivedPayload, sender } = protocol;
  const { writtenMessages: sentMessages, writtenPayload: sentPayload } = sender ?? nothingSent;
  const droppedMessages = connection.droppedMessages + (session?.droppedMessages ?? 0);
  const received = { receivedBytes, receivedPackets, receivedMessages, receivedPayload };
  return { ...received, sentBytes, sentMessages, sentPayload, droppedMessages };
}

function sum(one: TotalCounts, other: TotalCounts): TotalCounts {
  return {
    receivedBytes: one.receivedBytes + other.receivedBytes,
    sentBytes: one.sentBytes + other.sentBytes,
    receivedPackets: one.receivedPackets + other.receivedPackets,
    receivedMessages: one.receivedMessages + other.receivedMessages,
    receivedPayload: one.receivedPayload + other.receivedPayload,
    sentMessages: one.sentMessages + other.sentMessages,
    sentPayload: one.sentPayload + other.sentPayload,
    droppedMessages: one.droppedMessages + other.droppedMessages,
  };
}

import type { BrokerConnection } from './brokerConnection';
import type { BrokerSession } from './brokerSession';
import type { ClientStatus, ConnectionStatus, RetainedStatus } from './brokerStatus';
import { isOfServer, type RetainedStore } from './retainedStore';
import type { RoutedMessage } from './routedMessage';
import { expiresAt } from './sessionStore';

/** What there is to tell of a Session, now. */
export function clientStatus(session: BrokerSession): ClientStatus {
  const { clientIdentifier, connection, expiryInterval, leftAt, subscriptions, state } = session;
  const { violations, takeOvers } = session;
  const { queue, unacknowledged, released, heldBytes } = state.outbound;
  return {
    ...{ clientIdentifier, expiryInterval, violations, takeOvers },
    connection: connection && connectionStatus(connection),
    expiresAt: leftAt === undefined ? undefined : expiresAt(session, leftAt),
    subscriptions: new Map(subscriptions),
    inFlight: unacknowledged.size + released.size,
    queued: queue.length,
    queuedBytes: heldBytes,
    droppedMessages: session.earlierDropped + session.droppedMessages + (connection?.droppedMessages ?? 0),
  };
}

function connectionStatus({
  origin,
  connect,
  client,
  connectedSince,
  keepAlive,
  protocol,
}: BrokerConnection): ConnectionStatus {
  return {
    ...{ peer: origin.peer, listener: origin.listener, connectedSince, keepAlive },
    version: connect?.protocolVersion ?? 4,
    userName: client?.userName,
    lastHeard: protocol.lastHeard,
    messagesIn: protocol.receivedMessages,
    messagesOut: protocol.sender?.writtenMessages ?? 0,
    unsentBytes: protocol.sender?.waitingBytes ?? 0,
  };
}

/** The retained messages of clients that have not expired. */
export function retainedStatus(retained: RetainedStore, at: number): RetainedStatus[] {
  return retained
    .all()
    .filter((message) => isShown(message, at))
    .map(statusOf);
}

/** The one of a topic. */
export function retainedStatusOf(
  retained: RetainedStore,
  topicName: string,
  at: number,
): RetainedStatus | undefined {
  const message = retained.get(topicName);
  return message && isShown(message, at) ? statusOf(message) : undefined;
}

function isShown(message: RoutedMessage, at: number): boolean {
  return !message.hasExpired(at) && !isOfServer(message.packet.topicName);
}

function statusOf({ packet, receivedAt }: RoutedMessage): RetainedStatus {
  const { topicName, payload, qos, properties } = packet;
  return { topicName, payload, qos, properties, receivedAt };
}

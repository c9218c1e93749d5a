import type { Publish, Subscribe, Subscription, Unsubscribe } from '../protocol/controlPacket';
import type { BrokerConnection } from './brokerConnection';
import type { BrokerSession } from './brokerSession';
import { RetainedStore } from './retainedStore';
import { RoutedMessage } from './routedMessage';
import type { Recipient, Share } from './router';
import { Router } from './router';
import { isTooDeep } from './topicDepth';

const success = 0x00;
const noMatchingSubscribers = 0x10;
const noSubscriptionExisted = 0x11;
const topicFilterInvalid = 0x8f;
const topicNameInvalid = 0x90;

/** Topics the server itself publishes to (4.7.2). */
const serverTopics = '$SYS/';

/** Where messages change hands: who subscribed to what, and what is retained. */
export class Exchange {
  private readonly router = new Router();
  private readonly retained = new RetainedStore();

  /** @param queueBytes how many bytes of messages may wait for one client */
  constructor(private readonly queueBytes: number) {}

  /**
   * Routes a message of a client, or its will, and returns the Reason Code of PUBACK or PUBREC. Its bytes are copied where
   * somebody takes it.
   * @param publisher the session it comes from: No Local keeps it from there
   * @param connection waits while a subscriber is slower than the messages come
   */
  publish(
    packet: Publish,
    publisher: BrokerSession | undefined,
    connection: BrokerConnection | undefined,
    at: number,
  ): number {
    if (packet.topicName.startsWith(serverTopics)) return topicNameInvalid;
    if (isTooDeep(packet.topicName)) {
      // Where no acknowledgement can say so the connection ends: the message must not look accepted [MQTT-3.3.5-2] (3.1.1).
      const hasNoAnswer = packet.qos === 0 || connection?.connect?.protocolVersion !== 5;
      if (hasNoAnswer) connection?.tell({ kind: 'disconnect', reasonCode: topicNameInvalid });
      return topicNameInvalid;
    }
    const recipients = this.router.recipients(packet.topicName);
    if (recipients.length === 0 && !packet.retain) return noMatchingSubscribers;
    const message = new RoutedMessage(messageOf(packet), at);
    if (packet.retain) this.retained.set(message); // [MQTT-3.3.1-8]
    let taken = 0;
    for (const recipient of recipients) {
      const share = shareOf(recipient, publisher);
      if (!share) continue; // [MQTT-3.8.3-3]
      taken++;
      // [MQTT-3.3.1-12] [MQTT-3.3.1-13]
      const outgoing = message.as(share.qos, share.retainAsPublished && packet.retain, share.identifiers);
      const reception = recipient.session.receive(outgoing, this.queueBytes, connection);
      if (reception === 'full' && recipient.session.connection)
        connection?.waitFor(recipient.session.connection);
    }
    return taken === 0 ? noMatchingSubscribers : success;
  }

  /** Subscribes, answers, and sends the retained messages that match. */
  subscribe(connection: BrokerConnection, session: BrokerSession, packet: Subscribe, at: number): void {
    const identifier = packet.properties.subscriptionIdentifiers?.[0];
    const { packetIdentifier } = packet;
    const reasonCodes = packet.subscriptions.map(({ topicFilter, qos }) =>
      isTooDeep(topicFilter) ? topicFilterInvalid : qos,
    );
    const subscriptions = packet.subscriptions.filter(({ topicFilter }) => !isTooDeep(topicFilter));
    const areNew = subscriptions.map(({ topicFilter, qos, noLocal, retainAsPublished }) =>
      this.router.subscribe(session, topicFilter, { qos, noLocal, retainAsPublished, identifier }),
    );
    // [MQTT-3.8.4-1] [MQTT-3.8.4-5] [MQTT-3.8.4-6] [MQTT-3.8.4-7]
    connection.tell({ kind: 'suback', packetIdentifier, reasonCodes });
    subscriptions.forEach((subscription, index) => {
      if (!wantsRetained(subscription, areNew[index] ?? true)) return;
      const identifiers = identifier === undefined ? [] : [identifier];
      for (const message of this.retained.match(subscription.topicFilter, at)) {
        session.receive(message.as(subscription.qos, true, identifiers), this.queueBytes, undefined);
      }
    });
  }

  unsubscribe(connection: BrokerConnection, session: BrokerSession, packet: Unsubscribe): void {
    const { packetIdentifier, topicFilters } = packet;
    const reasonCodes = topicFilters.map((topicFilter) =>
      this.router.unsubscribe(session, topicFilter) ? success : noSubscriptionExisted,
    );
    connection.tell({ kind: 'unsuback', packetIdentifier, reasonCodes }); // [MQTT-3.10.4-4] [MQTT-3.10.4-5] [MQTT-3.10.4-6]
  }

  /** The session is over, and its subscriptions with it. */
  forget(session: BrokerSession): void {
    this.router.unsubscribeAll(session);
  }
}

function shareOf(recipient: Recipient, publisher: BrokerSession | undefined): Share | undefined {
  return recipient.session === publisher ? recipient.ofItself : recipient;
}

/** Retain Handling (3.8.3.1) [MQTT-3.3.1-9] [MQTT-3.3.1-10] [MQTT-3.3.1-11]. */
function wantsRetained({ retainHandling }: Subscription, isNew: boolean): boolean {
  return retainHandling === 0 || (retainHandling === 1 && isNew);
}

/** The message of a packet with bytes of its own, without what belongs to the publisher's connection. */
function messageOf(packet: Publish): Publish {
  const properties = { ...packet.properties };
  delete properties.topicAlias;
  if (properties.correlationData) properties.correlationData = new Uint8Array(properties.correlationData);
  const payload = new Uint8Array(packet.payload);
  return { ...packet, dup: false, packetIdentifier: 0, properties, payload }; // [MQTT-3.3.1-3]
}

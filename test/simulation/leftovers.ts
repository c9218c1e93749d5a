import type { MqttClient } from '../../src/client/mqttClient';

/**
 * What a client still has that has nothing left to do: looked up where it keeps it, whatever it says itself.
 * @param wasDropped whether the server has given the QoS 2 message of a Packet Identifier up, and said nothing
 */
export function leftovers(
  client: MqttClient,
  wasDropped: (packetIdentifier: number) => boolean,
): readonly string[] {
  const tickets = client['tickets'];
  const { outbound, received, owedSubscriptions } = client['session'].state;
  // Those of a Session that the server may have lost without a word stay: nothing tells that they mean nothing any more.
  const known = [...received].filter(
    (identifier) => received.doubt?.received.has(identifier) !== true && !wasDropped(identifier),
  );
  const counts: Readonly<Record<string, number>> = {
    'requests outstanding': client.outstanding,
    'promises by number': tickets['waiting'].size,
    'bytes outstanding': tickets['outstanding'],
    'requests for answers': tickets['requests'],
    'bytes of requests': tickets['requestBytes'],
    'QoS 0 messages with the connection': client['waiting']['given'].length,
    'messages queued': outbound.queue.length,
    'Packet Identifiers in use': outbound.identifiersInUse,
    'bytes held': outbound.heldBytes,
    'Packet Identifiers received': known.length,
    'subscriptions owed': owedSubscriptions.size,
  };
  return Object.entries(counts)
    .filter(([, count]) => count !== 0)
    .map(([what, count]) => `${count} ${what}`);
}

/** How many messages count against the bound of the queue. */
export function waitingMessages(client: MqttClient): number {
  const { queue, unacknowledged } = client['session'].state.outbound;
  return Math.max(client.outstanding, queue.length + unacknowledged.size);
}

/** As many Packet Identifiers pass as bring the next one to those that are in use, or over the last. */
export function comeRound(client: MqttClient): void {
  const { outbound } = client['session'].state;
  const inUse = [
    ...[...outbound.unacknowledged].map(([identifier]) => identifier),
    ...outbound.released.keys(),
    ...(outbound['requests'] ?? []),
  ];
  const first = inUse.length === 0 ? 65_534 : Math.min(...inUse);
  outbound['last'] = first === 1 ? 65_535 : first - 1;
}

import type { CarriedMessage, SeenConnection, SeenHandshake } from '../seen';
import type { WaitingHandshake } from '../logReader';
import { ClientSubjects, counted, Evidence, mostSubjects, times } from './finding';
import type { DoctorContext, Finding, FindingFamily, Labelled } from './finding';

interface ClientMessages {
  /** Of QoS 1 that were not acknowledged, and of QoS 2 that were not received, by the packet that began them. */
  readonly unacknowledged: Map<number, SeenHandshake>;
  /** Of QoS 2 that were received and not released. */
  readonly unreleased: Map<number, SeenHandshake>;
  readonly twice: Evidence;
}

/** Messages whose handshake does not end, or ends once too often. */
export class Acknowledgements implements FindingFamily {
  private readonly clients = new ClientSubjects<ClientMessages>(() => ({
    unacknowledged: new Map<number, SeenHandshake>(),
    unreleased: new Map<number, SeenHandshake>(),
    twice: new Evidence(),
  }));
  readonly subjects = [this.clients];

  handshake(handshake: SeenHandshake): void {
    const { kind, outcome, connection, start, end, awaited } = handshake;
    if (kind !== 'qos1' && kind !== 'qos2') return;
    if (outcome !== 'repeated' && outcome !== 'unanswered') return;
    const client = this.clients.ofConnection(connection);
    if (!client) return;
    if (outcome === 'repeated') client.twice.add(start.sequence, end.sequence);
    else if (awaited === 'PUBREL') remember(client.unreleased, handshake);
    else if (awaited === 'PUBACK') remember(client.unacknowledged, handshake);
  }

  resumed({ sequence }: CarriedMessage, { client }: SeenConnection): void {
    const known = this.clients.get(client);
    known?.unacknowledged.delete(sequence);
    known?.unreleased.delete(sequence);
  }

  forgetBefore(first: number): void {
    for (const { unacknowledged, unreleased } of this.clients.values()) {
      for (const sequence of unacknowledged.keys()) if (sequence < first) unacknowledged.delete(sequence);
      for (const sequence of unreleased.keys()) if (sequence < first) unreleased.delete(sequence);
    }
  }

  findings({ waiting }: DoctorContext): readonly Finding[] {
    const open = waiting.filter(({ kind }) => kind === 'qos1' || kind === 'qos2');
    for (const { connection } of open) this.clients.ofConnection(connection);
    return [...this.clients].flatMap(([id, client]) => {
      const own = open.filter(({ connection }) => connection.client === id);
      return [
        ...unacknowledged(
          id,
          client,
          own.filter(({ awaited }) => awaited === 'PUBACK'),
        ),
        ...unreleased(
          id,
          client,
          own.filter(({ awaited }) => awaited === 'PUBREL'),
        ),
        ...twice(id, client),
      ];
    });
  }
}

function remember(messages: Map<number, SeenHandshake>, handshake: SeenHandshake): void {
  if (messages.size < mostSubjects) messages.set((handshake.resumes ?? handshake.start).sequence, handshake);
}

type Message = Pick<WaitingHandshake, 'sender' | 'start'>;

/** Who has to send what is missing, and the packets that wait for it. */
function missing(messages: ReadonlyMap<number, SeenHandshake>, open: readonly WaitingHandshake[]) {
  const all: readonly Message[] = [...messages.values(), ...open];
  const evidence = new Evidence();
  for (const { start } of all) evidence.add(start.sequence);
  return { evidence, fromClient: all.filter(({ sender }) => sender === 'client').length };
}

function unacknowledged(
  id: string,
  client: ClientMessages & Labelled,
  open: readonly WaitingHandshake[],
): readonly Finding[] {
  const { evidence, fromClient } = missing(client.unacknowledged, open);
  const { count, packets } = evidence;
  if (count === 0) return [];
  const { label } = client;
  const byServer = fromClient * 2 > count;
  return [
    {
      id: `qos1Unacknowledged:${id}`,
      kind: 'qos1Unacknowledged',
      severity: 'problem',
      title: `${counted(count, 'message')} of QoS 1 ${byServer ? `of “${label}”` : `to “${label}”`} not acknowledged`,
      sentence: byServer
        ? `The server did not acknowledge ${counted(count, 'message')} that “${label}” published with QoS 1 before the connection ended, or for 10 s. The client has to keep a message until its PUBACK comes and send it again after it reconnects (4.4); look at what ended the connection, and whether the client sends it again.`
        : `“${label}” did not acknowledge ${counted(count, 'message')} of QoS 1 before the connection ended, or for 10 s, so the server keeps what is not acknowledged and sends it again after the client reconnects (4.4). Usual causes: the handler of messages blocks or throws before the PUBACK is sent, or more messages come than the client can take.`,
      packets,
      count,
      client: label,
    },
  ];
}

function unreleased(
  id: string,
  client: ClientMessages & Labelled,
  open: readonly WaitingHandshake[],
): readonly Finding[] {
  const { evidence, fromClient } = missing(client.unreleased, open);
  const { count, packets } = evidence;
  if (count === 0) return [];
  const who = fromClient * 2 > count ? `“${client.label}”` : 'the server';
  return [
    {
      id: `pubrelMissing:${id}`,
      kind: 'pubrelMissing',
      severity: 'problem',
      title: `PUBREL missing for ${counted(count, 'message')} of QoS 2 of ${who}`,
      sentence: `PUBREC came for ${counted(count, 'message')} of QoS 2, and ${who} did not answer it with PUBREL (4.3.3): the handshake stays open, its Packet Identifier stays taken, and the receiver may keep the message back. Usual causes: the sender does not handle PUBREC, or does not go on with the handshake after it reconnects.`,
      packets,
      count,
      client: client.label,
    },
  ];
}

function twice(
  id: string,
  { label, twice: { count, packets } }: ClientMessages & Labelled,
): readonly Finding[] {
  if (count === 0) return [];
  return [
    {
      id: `acknowledgedTwice:${id}`,
      kind: 'acknowledgedTwice',
      severity: 'warning',
      title: `A message with “${label}” was acknowledged twice`,
      sentence: `A message that was acknowledged already was acknowledged again ${times(count)} (2.2.1). If its Packet Identifier was given to another message meanwhile, that one counts as delivered although it is not. Usual cause: both the library and the program acknowledge.`,
      packets,
      count,
      client: label,
    },
  ];
}

import { durationText } from '../../../base/duration';
import type { SeenConnection, SeenHandshake, SeenPacket } from '../seen';
import { ClientSubjects, Evidence, patience, times } from './finding';
import type { DoctorContext, Finding, FindingFamily, Labelled } from './finding';

/** Keep Alive timeout (2.4). */
const keepAliveTimeout = 0x8d;
/** Milliseconds that a server may take for PINGRESP, as a network may that is slow or just going. */
const shortestWait = 5_000;
/** Seconds: most routers forget a silent connection after 5 to 15 minutes. */
const longestSensible = 900;

interface ClientKeepAlive {
  /** Undefined where no CONNECT or CONNACK says it. */
  keepAlive: number | undefined;
  connect: number;
  readonly missed: Evidence;
  /** PINGREQs without an answer: the client kept to its Keep Alive. */
  readonly unanswered: Evidence;
  /** The longest silence that was too long, in milliseconds. */
  silence: number;
  allowed: number;
}

/** Keep Alive that is off or too long to notice a dead connection, and clients that do not keep to theirs. */
export class KeepAlives implements FindingFamily {
  private readonly clients = new ClientSubjects<ClientKeepAlive>(() => ({
    ...{ keepAlive: undefined, connect: 0, missed: new Evidence(), silence: 0, allowed: 0 },
    unanswered: new Evidence(),
  }));
  readonly subjects = [this.clients];

  packet({ row, connection, sender, packet }: SeenPacket): void {
    if (packet?.type === 'CONNACK' && packet.reasonCode === 0 && connection.keepAlive !== undefined) {
      const client = this.clients.ofConnection(connection);
      if (client)
        Object.assign(client, {
          keepAlive: connection.keepAlive,
          connect: connection.connect?.sequence ?? row.sequence,
        });
    }
    if (packet?.type === 'DISCONNECT' && sender === 'server' && packet.reasonCode === keepAliveTimeout) {
      this.clients.ofConnection(connection)?.missed.add(row.sequence);
    }
  }

  handshake({ kind, outcome, connection, start, end }: SeenHandshake): void {
    if (kind !== 'ping' || outcome !== 'unanswered') return;
    // A client that leaves does not wait for the answer.
    if (end.at - start.at < shortestWait || connection.disconnect?.by === 'client') return;
    // Where nobody noted the end, the answer may have come after the last that was captured.
    const isOpenEnded = connection.endedAt !== undefined && !connection.isEndNoted;
    if (isOpenEnded && end.at - start.at < patience) return;
    this.clients.ofConnection(connection)?.unanswered.add(start.sequence);
  }

  ended(connection: SeenConnection): void {
    const { keepAlive, lastOfClient, endedAt, connack } = connection;
    if (!keepAlive || !lastOfClient || endedAt === undefined || connack?.reasonCode !== 0) return;
    const trailing = endedAt - lastOfClient.at;
    const longest = connection.longestSilence;
    this.noteSilence(connection, keepAlive, trailing, lastOfClient.sequence);
    if (longest) this.noteSilence(connection, keepAlive, longest.milliseconds, longest.sequence);
  }

  findings({ waiting }: DoctorContext): readonly Finding[] {
    const pings = new Map<string, number[]>();
    for (const { kind, connection, start } of waiting) {
      if (kind !== 'ping') continue;
      pings.set(connection.client, [...(pings.get(connection.client) ?? []), start.sequence]);
      this.clients.ofConnection(connection);
    }
    const found: Finding[] = [];
    for (const [id, client] of this.clients) {
      const { keepAlive } = client;
      if (keepAlive !== undefined && (keepAlive === 0 || keepAlive > longestSensible))
        found.push(long(id, client, keepAlive));
      const open = pings.get(id) ?? [];
      if (client.missed.count > 0) found.push(missed(id, client));
      if (client.unanswered.count + open.length > 0) found.push(unanswered(id, client, open));
    }
    return found;
  }

  private noteSilence(
    connection: SeenConnection,
    keepAlive: number,
    silence: number,
    sequence: number,
  ): void {
    const allowed = keepAlive * 1500;
    if (silence <= allowed) return;
    const client = this.clients.ofConnection(connection);
    if (!client) return;
    if (connection.disconnect?.reasonCode === keepAliveTimeout) client.missed.rest(sequence);
    else client.missed.add(sequence);
    client.silence = Math.max(client.silence, silence);
    client.allowed = allowed;
  }
}

function long(id: string, { label, connect }: ClientKeepAlive & Labelled, keepAlive: number): Finding {
  const off = keepAlive === 0;
  return {
    id: `keepAliveLong:${id}`,
    kind: 'keepAliveLong',
    severity: off ? 'warning' : 'hint',
    title: off
      ? `“${label}” has no Keep Alive`
      : `The Keep Alive of “${label}” is ${durationText(keepAlive * 1000)}`,
    sentence: off
      ? `“${label}” connects with Keep Alive 0, so neither side notices when the connection is dead: the client stays “connected” and its Will Message is never sent (3.1.2.10). Set a Keep Alive, such as 60 s.`
      : `“${label}” connects with a Keep Alive of ${durationText(keepAlive * 1000)}: it takes one and a half times as long until a dead connection is noticed, and many routers forget a silent connection after 5 to 15 min. Set a shorter one, such as 60 s.`,
    packets: [connect],
    count: 1,
    client: label,
  };
}

function missed(
  id: string,
  { label, missed: evidence, silence, allowed }: ClientKeepAlive & Labelled,
): Finding {
  const { count, packets } = evidence;
  const silent =
    silence > 0
      ? ` It sent nothing for ${durationText(silence)}, where ${durationText(allowed)} are allowed.`
      : '';
  return {
    id: `keepAliveMissed:${id}`,
    kind: 'keepAliveMissed',
    severity: 'problem',
    title: `“${label}” missed its Keep Alive`,
    sentence: `The Keep Alive of “${label}” was missed ${times(count)}: the client was silent for more than one and a half times as long, after which a server closes the connection (3.1.2.10).${silent} Usual causes: the client's loop function is not called while the device sleeps or waits, or the network is gone.`,
    packets,
    count,
    client: label,
  };
}

function unanswered(
  id: string,
  { label, unanswered: evidence }: ClientKeepAlive & Labelled,
  open: readonly number[],
): Finding {
  const count = evidence.count + open.length;
  return {
    id: `pingUnanswered:${id}`,
    kind: 'pingUnanswered',
    severity: 'problem',
    title: `“${label}” got no PINGRESP`,
    sentence: `“${label}” sent PINGREQ in time, and ${times(count)} no PINGRESP came before the connection ended, or for 10 s (3.12.4). The client kept to its Keep Alive: look at the server, which may be stopped or busy, and at the network in between, such as Wi-Fi that is out of reach or a router that has forgotten the connection. A client should take a missing PINGRESP for a dead connection and reconnect.`,
    packets: [...evidence.packets, ...open.slice(0, 4)],
    count,
    client: label,
  };
}

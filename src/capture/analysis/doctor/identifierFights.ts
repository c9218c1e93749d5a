import type { SeenConnection, SeenPacket } from '../seen';
import { Evidence, type Finding, type FindingFamily, Subjects, times } from './finding';

/** Session taken over (2.4): the server says it in 5.0. */
const sessionTakenOver = 0x8e;
/** One take-over is a client that came back before the server noticed that it had gone. */
const fewestTakeovers = 2;

interface Fight {
  readonly label: string;
  readonly identifier: string;
  readonly evidence: Evidence;
  readonly origins: Set<string>;
  open: SeenConnection | undefined;
  counted: SeenConnection | undefined;
}

/** Two clients use one Client Identifier: each that connects has the other one thrown out [MQTT-3.1.4-3]. */
export class IdentifierFights implements FindingFamily {
  private readonly fights = new Subjects<Fight>();
  readonly subjects = [this.fights];

  packet({ row, connection, sender, packet }: SeenPacket): void {
    if (packet?.type === 'CONNECT' && connection.clientIdentifier !== undefined) this.connected(connection);
    if (packet?.type === 'DISCONNECT' && sender === 'server' && packet.reasonCode === sessionTakenOver) {
      const fight = this.fightOf(connection);
      if (fight && fight.counted !== connection) fight.evidence.add(row.sequence);
      else fight?.evidence.rest(row.sequence);
      if (fight) fight.counted = connection;
    }
  }

  ended(connection: SeenConnection): void {
    const fight = this.fights.get(connection.client);
    if (fight?.open === connection) fight.open = undefined;
    if (fight?.counted === connection) fight.counted = undefined;
  }

  findings(): readonly Finding[] {
    const found: Finding[] = [];
    for (const [client, { label, identifier, evidence, origins }] of this.fights) {
      if (evidence.count < fewestTakeovers) continue;
      const places =
        origins.size > 1 && origins.size <= 4 ? ` They come from ${[...origins].join(' and ')}.` : '';
      found.push({
        id: `identifierFight:${client}`,
        kind: 'identifierFight',
        severity: 'problem',
        title: `Two clients fight over the identifier “${identifier}”`,
        sentence: `The session of “${identifier}” was taken over ${times(evidence.count)}: a server allows one connection for each Client Identifier and closes the old one when a new one comes (3.1.4).${places} Give each device an identifier of its own, such as one made of its serial number, and look for a second copy of the program that is still running.`,
        packets: evidence.packets,
        count: evidence.count,
        client: label,
      });
    }
    return found;
  }

  private connected(connection: SeenConnection): void {
    const fight = this.fightOf(connection);
    if (!fight || fight.open === connection) return;
    const { open } = fight;
    fight.origins.add(connection.origin);
    // One that ended, but of which that is not known yet, has sent DISCONNECT.
    if (open && open.disconnect?.by !== 'client' && fight.counted !== open) {
      fight.evidence.add(open.connect?.sequence ?? open.first.sequence, connection.last.sequence);
      fight.counted = open;
    }
    fight.open = connection;
  }

  private fightOf(connection: SeenConnection): Fight | undefined {
    return this.fights.of(connection.client, () => ({
      label: connection.label,
      identifier: connection.clientIdentifier ?? connection.label,
      evidence: new Evidence(),
      origins: new Set<string>(),
      open: undefined,
      counted: undefined,
    }));
  }
}

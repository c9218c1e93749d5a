import type { SeenConnection, SeenPacket } from '../seen';
import { Evidence, type Finding, type FindingFamily, Subjects, times } from './finding';

/** Session taken over (2.4): the server says it in 5.0. */
const sessionTakenOver = 0x8e;
/** One take-over is a client that came back before the server noticed that it had gone, or came back from elsewhere. */
const fewestTakeovers = 2;
/**
 * A device that is reset says no DISCONNECT either, and takes itself over from the one address it has. Two behind one
 * address throw each other out as fast as they reconnect: so many times, each within so many milliseconds after the one
 * before.
 */
const fewestFromOnePlace = 3;
const longestPause = 60_000;

interface Fight {
  readonly label: string;
  readonly identifier: string;
  readonly evidence: Evidence;
  readonly origins: Set<string>;
  /** Where the newest connection comes from, and whether one came from another place and then from there again. */
  origin: string | undefined;
  isBack: boolean;
  /** The take-overs that follow each other closely: the last ones, and the most there were. */
  chain: Evidence;
  longest: Evidence;
  lastAt: number;
  open: SeenConnection | undefined;
  counted: SeenConnection | undefined;
}

/** Two clients use one Client Identifier: each that connects has the other one thrown out [MQTT-3.1.4-3]. */
export class IdentifierFights implements FindingFamily {
  private readonly fights = new Subjects<Fight>();
  readonly subjects = [this.fights];

  packet({ row, connection, sender, packet }: SeenPacket): void {
    if (packet?.type === 'CONNECT' && connection.clientIdentifier !== undefined)
      this.connected(connection, row.at);
    if (packet?.type === 'DISCONNECT' && sender === 'server' && packet.reasonCode === sessionTakenOver) {
      const fight = this.fightOf(connection);
      if (fight) takenOver(fight, connection, row.at, row.sequence);
    }
  }

  ended(connection: SeenConnection): void {
    const fight = this.fights.get(connection.client);
    if (fight?.open === connection) fight.open = undefined;
    if (fight?.counted === connection) fight.counted = undefined;
  }

  findings(): readonly Finding[] {
    const found: Finding[] = [];
    for (const [client, { label, identifier, origins, isBack, ...takeovers }] of this.fights) {
      const evidence = isBack ? takeovers.evidence : takeovers.longest;
      if (evidence.count < (isBack ? fewestTakeovers : fewestFromOnePlace)) continue;
      const places =
        origins.size > 1 && origins.size <= 4 ? ` They come from ${[...origins].join(' and ')}.` : '';
      found.push({
        id: `identifierFight:${client}`,
        kind: 'identifierFight',
        severity: 'problem',
        title: `Two clients fight over the identifier “${identifier}”`,
        sentence: `The session of “${identifier}” was taken over ${times(evidence.count)}: a server allows one connection for each Client Identifier and closes the old one when a new one comes (3.1.4).${places} Give each device an identifier of its own, such as one made of its serial number, and look for a second copy of the program that is still running.${isBack ? '' : ' If it is one device that restarts again and again, look for why it does.'}`,
        packets: evidence.packets,
        count: evidence.count,
        client: label,
      });
    }
    return found;
  }

  private connected(connection: SeenConnection, at: number): void {
    const fight = this.fightOf(connection);
    if (!fight || fight.open === connection) return;
    const { open } = fight;
    const { origin } = connection;
    fight.isBack ||= fight.origin !== undefined && fight.origin !== origin && fight.origins.has(origin);
    fight.origin = origin;
    fight.origins.add(origin);
    // One that ended, but of which that is not known yet, has sent DISCONNECT.
    if (open && open.disconnect?.by !== 'client' && fight.counted !== open) {
      takenOver(fight, open, at, open.connect?.sequence ?? open.first.sequence, connection.last.sequence);
    }
    fight.open = connection;
  }

  private fightOf(connection: SeenConnection): Fight | undefined {
    return this.fights.of(connection.client, () => ({
      label: connection.label,
      identifier: connection.clientIdentifier ?? connection.label,
      evidence: new Evidence(),
      origins: new Set<string>(),
      ...{ origin: undefined, isBack: false, lastAt: 0 },
      ...{ chain: new Evidence(), longest: new Evidence() },
      open: undefined,
      counted: undefined,
    }));
  }
}

/** A connection was thrown out by another one: of one that the server also says so of, its packet belongs to the same time. */
function takenOver(
  fight: Fight,
  connection: SeenConnection,
  at: number,
  ...sequences: readonly number[]
): void {
  if (fight.counted === connection) {
    for (const evidence of [fight.evidence, fight.chain]) evidence.rest(...sequences);
    return;
  }
  fight.counted = connection;
  fight.evidence.add(...sequences);
  if (at - fight.lastAt > longestPause) fight.chain = new Evidence();
  fight.lastAt = at;
  fight.chain.add(...sequences);
  if (fight.chain.count > fight.longest.count) fight.longest = fight.chain;
}

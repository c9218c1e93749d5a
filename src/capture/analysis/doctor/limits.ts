import { reasonCodeTable } from '../../../protocol/reasonCodes';
import type { ViolationId } from '../../../protocol/violations';
import type { SeenConnection, SeenPacket } from '../seen';
import { Evidence, type Finding, type FindingFamily, Subjects, times } from './finding';

/** What goes beyond what the other side announced, by the rule that says so. */
const exceeded: Partial<Readonly<Record<ViolationId, string>>> = {
  packetTooLarge: 'Maximum Packet Size',
  receiveMaximumExceeded: 'Receive Maximum',
  topicAliasTooLarge: 'Topic Alias Maximum',
  qosNotSupported: 'Maximum QoS',
  retainNotSupported: 'Retain Available',
  wildcardSubscriptionNotSupported: 'Wildcard Subscription Available',
  sharedSubscriptionNotSupported: 'Shared Subscription Available',
  subscriptionIdentifierNotSupported: 'Subscription Identifier Available',
};

/** Reason Codes with which a server says that something was too much. */
const refusals: ReadonlySet<number> = new Set([
  ...[0x93, 0x94, 0x95, 0x96, 0x97, 0x9a, 0x9b, 0x9e, 0x9f, 0xa1, 0xa2],
]);

interface Excess {
  readonly label: string;
  readonly what: string;
  readonly evidence: Evidence;
  readonly said: boolean;
}

/** A client that wants more than its server gives: what CONNACK announced, or what a Reason Code refused. */
export class Limits implements FindingFamily {
  private readonly excesses = new Subjects<Excess>();
  readonly subjects = [this.excesses];

  packet({ row, connection, sender, packet, violations }: SeenPacket): void {
    if (sender === 'client') {
      for (const { id } of violations) {
        const limit = exceeded[id];
        if (limit !== undefined) this.note(connection, limit, false, row.sequence);
      }
      return;
    }
    if (!packet || !('reasonCode' in packet || 'reasonCodes' in packet)) return;
    const codes = 'reasonCodes' in packet ? packet.reasonCodes : [packet.reasonCode];
    const refused = row.version === 5 ? codes.find((code) => refusals.has(code)) : undefined;
    if (refused !== undefined) this.note(connection, nameOf(refused), true, row.sequence);
  }

  findings(): readonly Finding[] {
    return Array.from(this.excesses, ([id, { label, what, evidence, said }]) => ({
      id: `limitExceeded:${id}`,
      kind: 'limitExceeded' as const,
      severity: 'problem' as const,
      title: said ? `The server refused “${label}”: ${what}` : `“${label}” exceeds the server's ${what}`,
      sentence: said
        ? `The server answered “${label}” with “${what}” ${times(evidence.count)} (2.4): a limit of the server or of its plan is reached. Send less or smaller messages, or raise the limit in the server's configuration.`
        : `“${label}” went beyond the ${what} that the server announced in CONNACK ${times(evidence.count)} (3.2.2.3). Servers close the connection for that: read CONNACK and keep to it, or raise the limit in the server's configuration.`,
      packets: evidence.packets,
      count: evidence.count,
      client: label,
    }));
  }

  private note(connection: SeenConnection, what: string, said: boolean, sequence: number): void {
    const { client, label } = connection;
    const make = (): Excess => ({ label, what, said, evidence: new Evidence() });
    const excess = this.excesses.of(`${client}\n${what}`, make);
    excess?.evidence.add(sequence);
    if (connection.connack && !said) excess?.evidence.rest(connection.connack.sequence);
  }
}

function nameOf(code: number): string {
  return reasonCodeTable.find((each) => each.code === code)?.name ?? `0x${code.toString(16)}`;
}

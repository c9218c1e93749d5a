import type { CommandArgument } from '../../../contributions/commands';
import type { PacketLog } from '../../../capture/packetLog';
import type { Publish } from '../../../protocol/controlPacket';
import { decode } from '../../../protocol/codec';
import { describeViolation, ProtocolViolation } from '../../../protocol/violations';
import type { InspectorSession } from '../inspectorSession';
import { selectedRanges, type SelectedRows } from '../selectedRows';
import type { ShownPacket, ShownPackets } from '../shownPackets';

export interface SelectedPacketsDependencies {
  readonly log: PacketLog;
  readonly packets: ShownPackets;
  readonly inspectors: { readonly active: InspectorSession | undefined };
}

/** A packet a command is about. */
export interface SelectedPacket extends ShownPacket {
  readonly sequence: number;
  /** Of the log. */
  readonly connection: number;
}

/** A message that was published, out of the log. */
export interface SelectedMessage extends SelectedPacket {
  readonly publish: Publish;
  /** The topic also where the packet has an alias alone. */
  readonly topicName: string;
}

/** What a command on packets is about. */
export class SelectedPackets {
  constructor(private readonly dependencies: SelectedPacketsDependencies) {}

  /**
   * Which packets: what is selected, or the one that was given where it is not among them, since a menu may be opened over
   * any row.
   * @param alone the given one and no other, whatever is selected.
   */
  rows(given: CommandArgument<'openInspector'>, alone = false): SelectedRows {
    const { inspectors } = this.dependencies;
    const { log } = this.source;
    const selected = (!alone && inspectors.active?.selected) || selectedRanges([]);
    if (!given || selected.has(given.sequence)) return selected;
    const { sequence } = given;
    return selectedRanges(log.row(sequence) ? [{ start: sequence, end: sequence + 1 }] : []);
  }

  /** The log that the inspector in front shows. */
  private get source(): { readonly log: PacketLog; readonly packets: ShownPackets } {
    const { inspectors, log, packets } = this.dependencies;
    const { active } = inspectors;
    return active ? { log: active.log, packets: active.shownPackets } : { log, packets };
  }

  count(given: CommandArgument<'openInspector'>): number {
    return this.rows(given).count;
  }

  /** How many bytes the packets have, or a number above `most` where that is more. */
  bytes(given: CommandArgument<'openInspector'>, most: number): number {
    const { log } = this.source;
    let bytes = 0;
    for (const sequence of this.rows(given).sequences) {
      bytes += log.row(sequence)?.length ?? 0;
      if (bytes > most) break;
    }
    return bytes;
  }

  /** The packets, oldest first, each made when it is asked for. */
  *of(given: CommandArgument<'openInspector'>, alone = false): Generator<SelectedPacket> {
    const { log, packets } = this.source;
    for (const sequence of this.rows(given, alone).sequences) {
      const row = log.row(sequence);
      const shown = row && packets.of(sequence);
      if (shown) yield { ...shown, sequence, connection: row.connection };
    }
  }

  /** The messages among them. What is none, or is broken, is a sentence that says why. */
  *messages(given: CommandArgument<'openInspector'>, alone = false): Generator<SelectedMessage | string> {
    for (const packet of this.of(given, alone)) yield messageOf(packet);
  }
}

function messageOf(packet: SelectedPacket): SelectedMessage | string {
  const { row, bytes, sequence } = packet;
  if (row.kind === 'incomplete') return `Packet #${sequence} is not there to its end.`;
  if (row.kind === 'note') return `#${sequence} is a note about the capture, and no packet.`;
  if (row.kind === 'unframed') return `#${sequence} is no packet.`;
  try {
    const publish = decode(bytes, row.version);
    if (publish.type !== 'PUBLISH')
      return `Packet #${sequence} is a ${publish.type}, which carries no message.`;
    const topicName = publish.topicName || row.topic;
    if (topicName === undefined) {
      return `Nobody knows the topic of packet #${sequence}: what its Topic Alias stands for was sent before the log begins.`;
    }
    // A view into the log, whose memory is used again.
    return { ...packet, publish: { ...publish, payload: publish.payload.slice() }, topicName };
  } catch (error) {
    if (!(error instanceof ProtocolViolation)) throw error;
    const { message, clause } = describeViolation(error.violation, row.version);
    return `Packet #${sequence} breaks a rule, so it cannot be used: ${message} [${clause}]`;
  }
}

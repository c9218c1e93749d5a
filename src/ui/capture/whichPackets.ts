import * as vscode from 'vscode';
import { grouped } from '../../base/grouped';
import type { PacketLog } from '../../capture/packetLog';
import type { Endpoints } from '../../capture/pcap/endpoints';

/** Some packets of a log, oldest first. */
export interface SomePackets {
  readonly count: number;
  readonly sequences: Iterable<number>;
  /** How far somebody has looked for them, where that is not all the way. */
  readonly unfinished?: Unfinished;
}

/** A filter's scan that has not come to the end of the log. */
export interface Unfinished {
  /** The part of the log that was decided, from 0 to 1. */
  readonly scanned: number;
  /** Somebody stopped it: the rest is not looked at by itself. */
  readonly stopped: boolean;
}

/** A log with what somebody may mean of it. */
export interface PacketSource {
  readonly log: PacketLog;
  /** The file that the log was read from. */
  readonly file?: {
    readonly uri: vscode.Uri;
    readonly endpointsOf: (connection: number) => Endpoints | undefined;
  };
  /** What a filter leaves in the list; undefined without a filter. */
  readonly shown?: SomePackets;
  /** What is selected in the list. */
  readonly selected?: SomePackets;
}

interface Choice {
  readonly label: string;
  readonly description: string;
  readonly detail?: string;
  readonly packets: SomePackets;
}

/** Asks which packets are meant, where there is a choice. Undefined where nothing was chosen. */
export async function whichPackets(
  source: Omit<PacketSource, 'file'>,
): Promise<SomePackets | 'none' | undefined> {
  const items = choicesOf(source);
  const [only] = items;
  if (!only) return 'none';
  if (items.length === 1) return only.packets;
  const chosen = await vscode.window.showQuickPick(items, {
    title: 'Save Packets',
    placeHolder: 'Which packets to save',
  });
  return chosen?.packets;
}

/** What may be meant, the likeliest first; nothing where there are no packets. */
export function choicesOf({ log, shown, selected }: Omit<PacketSource, 'file'>): readonly Choice[] {
  const { first, end } = log;
  if (first === end) return [];
  const choice = (label: string, packets: SomePackets): Choice => ({
    label,
    description: grouped(packets.count),
    packets,
    ...(packets.unfinished && { detail: describeUnfinished(packets.unfinished) }),
  });
  const chosen = selected?.count ?? 0;
  return [
    ...(selected && chosen > 1 ? [choice('Selected packets', selected)] : []),
    ...(shown ? [choice('Packets that the filter shows', shown)] : []),
    choice('All packets', { count: end - first, sequences: range(first, end) }),
    // One is selected as soon as somebody looks at a packet.
    ...(selected && chosen === 1 ? [choice('Selected packet', selected)] : []),
  ];
}

/** Says that a filter may have more matches than those. */
export function describeUnfinished({ scanned, stopped }: Unfinished): string {
  const percent = Math.floor(scanned * 100);
  return stopped
    ? `The filter was stopped at ${percent} %: what is behind is not among them.`
    : `The filter has looked at ${percent} % so far: what it finds behind is not among them.`;
}

function* range(start: number, end: number): Generator<number> {
  for (let sequence = start; sequence < end; sequence++) yield sequence;
}

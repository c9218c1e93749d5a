import * as vscode from 'vscode';
import type { PacketLog } from '../../capture/packetLog';
import type { Endpoints } from '../../capture/pcap/endpoints';

/** Some packets of a log, oldest first. */
export interface SomePackets {
  readonly count: number;
  readonly sequences: Iterable<number>;
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
  /** What is selected in the list; undefined where that is nothing, or one packet that is only looked at. */
  readonly selected?: SomePackets;
}

/** Asks which packets are meant, where there is a choice. Undefined where nothing was chosen. */
export async function whichPackets(
  source: Omit<PacketSource, 'file'>,
): Promise<SomePackets | 'none' | undefined> {
  const { log, shown, selected } = source;
  const { first, end } = log;
  if (first === end) return 'none';
  const all: SomePackets = { count: end - first, sequences: range(first, end) };
  const items = [
    ...(selected && selected.count > 1 ? [{ label: 'Selected packets', packets: selected }] : []),
    ...(shown ? [{ label: 'Packets that the filter shows', packets: shown }] : []),
    { label: 'All packets', packets: all },
  ].map((item) => ({ ...item, description: item.packets.count.toLocaleString('en') }));
  if (items.length === 1) return all;
  const chosen = await vscode.window.showQuickPick(items, {
    title: 'Save Packets',
    placeHolder: 'Which packets to save',
  });
  return chosen?.packets;
}

function* range(start: number, end: number): Generator<number> {
  for (let sequence = start; sequence < end; sequence++) yield sequence;
}

import * as vscode from 'vscode';
import { grouped } from '../../base/grouped';
import type { Pace } from '../../base/slices';
import { saveFormatOf, saveFormats, writeRows, type SaveFormat } from '../../capture/export/saveFormat';
import type { PacketLog } from '../../capture/packetLog';
import { capturedEndpoints } from '../../capture/pcap/capturedEndpoints';
import type { Endpoints } from '../../capture/pcap/endpoints';
import { writePieces } from '../../capture/pcap/captureSteps';
import type { RowsWritten } from '../../capture/rowsWritten';
import { concealSecrets } from '../../inspector/concealment';
import { showBytes } from '../../protocol/show';
import { describeFileFailure } from '../reporting/fileFailure';
import { showError, showInformation, showWarning, type NotificationAction } from '../reporting/notifications';
import { showCaptureFile } from './openCaptureFile';
import { fileSink, type FileSink } from './fileSink';
import { describeUnfinished, whichPackets, type PacketSource, type SomePackets } from './whichPackets';

export interface SavePacketsDependencies {
  /** What may be saved now: the packets of the inspector that was used last, or else what this window captured. */
  readonly source: () => Promise<PacketSource>;
  /** What writes the file, with its version. */
  readonly application: string;
  readonly pace: Pace;
}

/**
 * **Save Packets…**: asks which packets and where to, and writes them as what the file's name ends with, without
 * secrets. Nothing is at the place before all of it is.
 * @param given these packets of the source, without asking
 */
export async function savePackets(dependencies: SavePacketsDependencies, given?: SomePackets): Promise<void> {
  const { source, application, pace } = dependencies;
  const { log, file, ...choices } = await source();
  const chosen = given ?? (await whichPackets({ log, ...choices }));
  if (chosen === 'none') {
    void showInformation('There are no packets to save yet.');
    return;
  }
  if (!chosen) return;
  const uri = await askWhere(file?.uri);
  if (!uri) return;
  const name = nameOf(uri);
  const format = saveFormatOf(name);
  if (!format) {
    await showError(
      `${name} was not saved: packets are saved as .pcapng (for Wireshark and for opening them here again), .jsonl or .csv. End the name with one of these.`,
      { caption: 'Save Again', run: () => savePackets(dependencies, given) },
    );
    return;
  }
  const { sequences, count, unfinished } = chosen;
  try {
    const saved = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: `Saving ${name}`, cancellable: true },
      (progress, token) =>
        save({
          log,
          sequences: counted(sequences, count, (increment) => progress.report({ increment })),
          format,
          application,
          pace,
          open: () => fileSink(uri),
          wanted: () => !token.isCancellationRequested,
          endpointsOf: (connection) =>
            file ? file.endpointsOf(connection) : capturedEndpoints(log, connection),
        }),
    );
    if (saved) tell(uri, format, saved, unfinished);
  } catch (error) {
    await showError(`${name} was not saved. ${describeFileFailure(error)}`);
  }
}

export interface Saving {
  readonly log: PacketLog;
  readonly sequences: Iterable<number>;
  readonly format: SaveFormat;
  readonly application: string;
  readonly pace: Pace;
  readonly open: () => Promise<FileSink>;
  readonly wanted: () => boolean;
  readonly endpointsOf?: (connection: number) => Endpoints | undefined;
}

export interface Saved extends RowsWritten {
  readonly bytes: number;
}

/** Writes the file; undefined where it was not wanted any more. Rejects with the platform's error. Either leaves nothing. */
export async function save(saving: Saving): Promise<Saved | undefined> {
  const { log, sequences, format, application, pace, wanted, endpointsOf } = saving;
  const sink = await saving.open();
  let bytes = 0;
  try {
    const pieces = writeRows(log, sequences, format, {
      conceal: (...row) => concealSecrets(...row).bytes,
      application,
      ...(endpointsOf && { endpointsOf }),
    });
    const write = async (piece: Uint8Array): Promise<void> => {
      bytes += piece.length;
      await sink.write(piece);
    };
    const written = await writePieces(pieces, write, { pace, wanted });
    if (written) await sink.finish();
    else await sink.abandon();
    return written && { ...written, bytes };
  } catch (error) {
    await sink.abandon();
    throw error;
  }
}

async function askWhere(beside: vscode.Uri | undefined): Promise<vscode.Uri | undefined> {
  const folder = beside ? vscode.Uri.joinPath(beside, '..') : vscode.workspace.workspaceFolders?.[0]?.uri;
  const stem = beside ? `${nameOf(beside).replace(/\.[^.]+$/, '')}-packets` : `mqtt-${timeStem(new Date())}`;
  return vscode.window.showSaveDialog({
    title: 'Save Packets As',
    saveLabel: 'Save Packets',
    filters: Object.fromEntries(Object.entries(saveFormats).map(([ending, caption]) => [caption, [ending]])),
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder, `${stem}.pcapng`) }),
  });
}

function tell(
  uri: vscode.Uri,
  format: SaveFormat,
  { rows, missing, bytes }: Saved,
  unfinished: SomePackets['unfinished'],
): void {
  const text = `${packets(rows)} saved to ${nameOf(uri)} (${showBytes(bytes)}).`;
  const actions: NotificationAction[] = [
    {
      caption: 'Open',
      run: () =>
        format === 'pcapng' ? showCaptureFile(uri) : vscode.commands.executeCommand('vscode.open', uri),
    },
  ];
  const reveal = revealCommand(uri);
  if (reveal !== undefined)
    actions.push({ caption: 'Reveal', run: () => vscode.commands.executeCommand(reveal, uri) });
  const remarks = [
    ...(missing > 0
      ? [`${packets(missing)} had to go for the capture budget before they were written.`]
      : []),
    ...(unfinished ? [describeUnfinished(unfinished)] : []),
  ];
  if (remarks.length === 0) void showInformation(text, ...actions);
  else void showWarning([text, ...remarks].join(' '), ...actions);
}

/** The command that shows a file in its folder, undefined where this window has none. */
function revealCommand(uri: vscode.Uri): string | undefined {
  if (vscode.workspace.getWorkspaceFolder(uri)) return 'revealInExplorer';
  const isHere = vscode.env.uiKind === vscode.UIKind.Desktop && vscode.env.remoteName === undefined;
  return isHere && uri.scheme === 'file' ? 'revealFileInOS' : undefined;
}

/** Tells in hundredths how many of `count` were taken. */
function* counted(
  sequences: Iterable<number>,
  count: number,
  report: (increment: number) => void,
): Generator<number> {
  const step = Math.max(1, Math.ceil(count / 100));
  let taken = 0;
  for (const sequence of sequences) {
    yield sequence;
    if (++taken % step === 0) report((step / count) * 100);
  }
}

function packets(count: number): string {
  return count === 1 ? '1 packet' : `${grouped(count)} packets`;
}

function nameOf({ path }: vscode.Uri): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A moment as a part of a file's name: `20261127-140211`. */
function timeStem(at: Date): string {
  const part = (number: number): string => String(number).padStart(2, '0');
  const day = `${at.getFullYear()}${part(at.getMonth() + 1)}${part(at.getDate())}`;
  return `${day}-${part(at.getHours())}${part(at.getMinutes())}${part(at.getSeconds())}`;
}

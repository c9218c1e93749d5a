import * as vscode from 'vscode';
import { steadyNameOf } from '../../capture/clientIdentity';
import type { PacketLog } from '../../capture/packetLog';
import { payloadOf } from '../../capture/topicNumbers';
import type { ChartSeries } from '../../inspector/chartContract';
import { numericPaths } from '../../payload/numericPaths';
import { showInformation } from '../reporting/notifications';

/** Numbers of a payload that are offered. */
const mostOffered = 500;

/** Asks which numbers of a topic's newest message to follow; undefined where there are none or the person changed his mind. */
export async function pickSeries(
  log: PacketLog,
  topicName: string,
  newest: number | undefined,
): Promise<readonly ChartSeries[] | undefined> {
  const row = newest === undefined ? undefined : log.row(newest);
  if (!row || log.connectionName(row.connection) === undefined) {
    void showInformation(
      `The packet log holds no message of "${topicName}" to take a number from: none came, it was cleared, or newer packets took its place. Try again after the next message.`,
    );
    return undefined;
  }
  const found = numericPaths(payloadOf(log, row) ?? new Uint8Array(0), mostOffered);
  if (found.length === 0) {
    void showInformation(
      `The newest message of "${topicName}" has no number to chart: numbers are taken from JSON, and from a payload that is nothing but a number.`,
    );
    return undefined;
  }
  const series = (path: string): ChartSeries => ({
    client: steadyNameOf(log, row.connection),
    direction: row.direction,
    topic: topicName,
    path,
  });
  const [only, second] = found;
  if (only && !second) return [series(only.path)];
  const picked = await vscode.window.showQuickPick(
    found.map(({ path, text }) => ({ label: path, description: text })),
    { title: `Chart numbers of ${topicName}`, placeHolder: 'Numbers to chart', canPickMany: true },
  );
  return picked && picked.length > 0 ? picked.map(({ label }) => series(label)) : undefined;
}

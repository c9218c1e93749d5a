import * as os from 'node:os';
import { analysis } from './inspector/analysis';
import { exporting } from './inspector/exporting';
import { largePacket } from './inspector/largePacket';
import { live } from './inspector/live';
import { makeChunks } from './inspector/millionPackets';
import { openCapture } from './inspector/openCapture';
import { appending, appendTitle, filtering, filters, memory, memoryTitle } from './inspector/packetLog';
import { reload } from './inspector/reload';
import { seeking, seekingTitle } from './inspector/seeking';
import { inspectorView } from './inspector/view';

/** Each part by its title, in the order they run. */
const parts: Readonly<Record<string, (title: string) => void | Promise<void>>> = {
  [appendTitle]: appending,
  [memoryTitle]: memory,
  ...Object.fromEntries(
    Object.entries(filters).map(([title, text]) => [title, () => filtering(title, text, makeChunks())]),
  ),
  [seekingTitle]: seeking,
  'analysis of 1000000 packets': analysis,
  'export rows': exporting,
  'reload with a full log': reload,
  'packet of 256 MiB': largePacket,
  'open a pcapng file of 200 MB': openCapture,
  'view with 1000000 packets': inspectorView,
  live,
};

/**
 * The inspector: its log, filters and analysis in Node, its view in Chromium, and the whole of it live in VS Code.
 * @param only a part of a title; all of them without it. `live 5000 10` has the live part at other messages/s and seconds.
 */
export async function inspector(only = ''): Promise<void> {
  console.log(JSON.stringify({ cores: os.cpus().length, node: process.version }));
  const [, rate, seconds] = /^live(?: (\d+))?(?: (\d+))?$/.exec(only) ?? [];
  if (rate !== undefined)
    return live('live', Number(rate), seconds === undefined ? undefined : Number(seconds));
  for (const [title, run] of Object.entries(parts)) if (title.includes(only)) await run(title);
}

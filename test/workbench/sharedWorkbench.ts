import * as fs from 'node:fs';
import * as path from 'node:path';
import { type PageOptions, Workbench } from '../support/workbench';
import { temporaryWorkspace } from './person';

export interface SharedOptions extends PageOptions {
  /** User settings on top of the harness's own. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Files in the folder that is open. */
  readonly files?: Readonly<Record<string, string>>;
}

const workspace = temporaryWorkspace();
let opened: Promise<Workbench> | undefined;

/**
 * A VS Code that the suites of one run have one after the other, each after a reload, since its start takes longer than what a
 * small suite does with it. The run closes it: no suite does. What a suite connects it disconnects. Uncaught errors are
 * those since the start, whoever met them.
 */
export async function sharedWorkbench({ settings, files = {}, ...page }: SharedOptions): Promise<Workbench> {
  for (const [file, text] of Object.entries(files)) fs.writeFileSync(path.join(workspace.folder, file), text);
  if (opened === undefined) {
    opened = Workbench.open({ ...page, workspace: workspace.folder, ...(settings && { settings }) });
    return opened;
  }
  const workbench = await opened;
  await workbench.handOver(page, settings);
  return workbench;
}

after(async () => {
  await (await opened)?.close();
  workspace.remove();
});

import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Workbench } from '../support/workbench';
import type { VersionName } from '../../src/contributions/settings';

/** What somebody types into the form of a new connection. */
export interface TypedConnection {
  readonly name: string;
  readonly port: number;
  readonly version: VersionName;
  readonly user?: { readonly name: string; readonly password: string };
}

/** Adds a connection to the user settings as a person does, and waits for its row. The MQTT container has to be open. */
export async function addConnection(workbench: Workbench, typed: TypedConnection): Promise<void> {
  const { name, port, version, user } = typed;
  await workbench.runCommand('MQTT: Add Connection…');
  const { quickInput } = workbench;
  await quickInput.answer('Name of the connection', name);
  await quickInput.pick('How to get to the server', 'MQTT over TCP');
  await quickInput.answer("Host: the server's name or address", '127.0.0.1');
  await quickInput.answer('Port', String(port));
  await quickInput.pick('Protocol version', `MQTT ${version}`);
  await quickInput.answer('User name', user?.name ?? '');
  if (user) await quickInput.answer('Password', user.password);
  await quickInput.pick('Where to save the connection', 'User settings');
  await workbench.view('Connections').waitForRow(name);
}

/** Presses connect on a row and waits until the connection is up. */
export async function connect(workbench: Workbench, name: string): Promise<void> {
  const connections = workbench.view('Connections');
  await connections.pressInline(name, 'Connect');
  await connections.waitForRow(name, '/s');
}

/** Subscribes on the only connection that is up, and waits until the server granted it. */
export async function subscribe(workbench: Workbench, topicFilter: string, qos: 0 | 1 | 2): Promise<void> {
  await workbench.runCommand('MQTT: Subscribe…');
  await workbench.quickInput.answer('Topic filter', topicFilter);
  await workbench.quickInput.pick('Highest QoS', `QoS ${qos}`);
  await workbench.view('Subscriptions').waitForRow(topicFilter, new RegExp(`^QoS ${qos} · \\d`));
}

/** Waits until the clipboard holds this text: a menu closes before its command is done. */
export async function copied(workbench: Workbench, text: string): Promise<void> {
  await workbench.page.waitForFunction(
    async (wanted) => (await navigator.clipboard.readText()) === wanted,
    text,
  );
}

/** Answers the dialog that asks for a file's name. */
export async function saveAs(workbench: Workbench, file: string): Promise<void> {
  const input = workbench.quickInput;
  await input.waitForLabel('..');
  await input.type(file);
  await input.accept();
  await input.waitClosed();
}

/** A folder to open as a workspace, with these files in it. */
export function temporaryWorkspace(files: Readonly<Record<string, string>> = {}): {
  readonly folder: string;
  remove(): void;
} {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-workbench-workspace-'));
  for (const [file, text] of Object.entries(files)) {
    const target = path.join(folder, file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, text);
  }
  return { folder, remove: () => fs.rmSync(folder, { recursive: true, force: true }) };
}

/** Opens a file as its double click in the explorer does. */
export async function doubleClick(workbench: Workbench, file: string): Promise<void> {
  await workbench.openContainer('Explorer');
  await workbench.page
    .locator('.explorer-folders-view .monaco-list-row', { hasText: file })
    .first()
    .dblclick();
  await workbench.page.locator(`.tabs-container .tab[aria-label^="${file}"]`).waitFor();
}

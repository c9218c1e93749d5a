import { strict as assert } from 'node:assert';
import * as net from 'node:net';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { commandId, type CommandName, commands } from '../../../src/contributions/commands';
import { viewId, type ViewName, views } from '../../../src/contributions/views';

const prefix = 'mqttWorkbench.';

describe('Activation', () => {
  const extension = vscode.extensions.getExtension('mqtt-workbench.mqtt-workbench');
  const used: string[] = [];
  let tabsBefore: readonly string[];

  before(async () => {
    assert.ok(extension, 'VS Code does not know the extension');
    assert.equal(extension.isActive, false, 'activated before anything asked for it');
    tabsBefore = openTabs();
    const connect = spyOn(net.Socket.prototype, 'connect', used);
    const listen = spyOn(net.Server.prototype, 'listen', used);
    try {
      await extension.activate();
    } finally {
      connect();
      listen();
    }
  });

  it('succeeds', () => assert.equal(extension?.isActive, true));

  it('registers every command of the manifest and no other', async () => {
    const generated = (Object.keys(views) as ViewName[]).map((name) => `${viewId(name)}.`);
    const registered = (await vscode.commands.getCommands(true)).filter(
      // VS Code gives each view commands of its own, such as `.focus`.
      (id) => id.startsWith(prefix) && !generated.some((view) => id.startsWith(view)),
    );
    const described = (Object.keys(commands) as CommandName[]).map(commandId);
    assert.deepEqual(registered.sort(), described.sort());
  });

  it('opens no socket and listens on none', () => assert.deepEqual(used, []));

  it('opens no editor and no panel', () => assert.deepEqual(openTabs(), tabsBefore));

  it("does not load the webview's code", () => {
    const webview = path.join(extension?.extensionPath ?? '', 'dist', 'inspector');
    const loaded = Object.keys(require.cache).filter((file) => file.startsWith(webview));
    assert.deepEqual(loaded, []);
  });
});

function openTabs(): string[] {
  return vscode.window.tabGroups.all.flatMap((group) => group.tabs.map((tab) => tab.label));
}

/** Notes each call of a method until the returned function is called. */
function spyOn<K extends string>(
  target: Record<K, (...parts: never[]) => unknown>,
  method: K,
  calls: string[],
): () => void {
  const original = target[method];
  target[method] = function (this: unknown, ...parts: never[]) {
    calls.push(`${method}(${JSON.stringify(parts[0])})`);
    return original.apply(this, parts);
  };
  return () => {
    target[method] = original;
  };
}

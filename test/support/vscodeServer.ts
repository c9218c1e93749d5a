import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { startProgram } from './childProcess';
import { repositoryRoot } from './paths';
import { findVscodeServer, missingForVscode, type VscodeVersion } from './peers';

/** Where the extension comes from: a folder, a `.vsix` that VS Code itself installs, or nowhere. */
export type ExtensionSource = { readonly folder: string } | { readonly vsix: string } | 'none';

export interface VscodeServerOptions {
  /** Default: `newest`. */
  readonly version?: VscodeVersion;
  /** Default: the working tree. */
  readonly extension?: ExtensionSource;
  /** Folders of extensions that a test has of its own, loaded beside a `folder`. */
  readonly besides?: readonly string[];
  /** User settings on top of the harness's own. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Settings of the computer itself, where VS Code looks for those of scope `machine`. */
  readonly machineSettings?: Readonly<Record<string, unknown>>;
  /** Needed for addresses with `tests`. */
  readonly inHostTests?: boolean;
  /** Folders are not trusted, and nobody is asked: VS Code's Restricted Mode. Default: all are. */
  readonly restricted?: boolean;
  /** Environment of the server and so of its extension hosts, on top of this process's. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface WorkbenchAddress {
  /** Absolute path of the folder or `.code-workspace` file to open; nothing: an empty window. */
  readonly workspace?: string;
  /**
   * A CommonJS module whose `run()` the extension host calls, and the extension it tests. VS Code then runs as its own
   * smoke tests do: it shows no notifications and answers dialogs itself.
   */
  readonly tests?: { readonly module: string; readonly extension: string };
}

export interface VscodeServer {
  readonly port: number;
  /** The version as VS Code tells it, such as `1.139.1`. */
  readonly version: string;
  /** User settings as they lie on disk. */
  readonly settingsFile: string;
  address(where: WorkbenchAddress): string;
  /** What server and extension hosts printed, for a failing test's message. */
  output(): string;
  /** Ends the server, its extension hosts and removes its data. */
  stop(): Promise<void>;
}

const quietSettings = {
  // In a browser VS Code saves by itself, on the desktop it does not.
  'files.autoSave': 'off',
  'telemetry.telemetryLevel': 'off',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  // Without a graphics card each picture of what turns, slides or blinks is drawn by the processor.
  'workbench.reduceMotion': 'on',
  'editor.cursorBlinking': 'solid',
  'workbench.enableExperiments': false,
  'workbench.editor.empty.hint': 'hidden',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': 'off',
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'git.openRepositoryInParentFolders': 'never',
  'chat.disableAIFeatures': true,
  'security.workspace.trust.enabled': false,
  'files.simpleDialog.enable': true,
};

// code-server reads the gallery's address from here; an empty one keeps the extensions view from asking any host.
const offline = { EXTENSIONS_GALLERY: '{}' };

const restrictedSettings = {
  'security.workspace.trust.enabled': true,
  'security.workspace.trust.startupPrompt': 'never',
};

/** The text of a file of user settings: the harness's own, and these on top of them. */
export function userSettings(settings: VscodeServerOptions['settings']): string {
  return JSON.stringify({ ...quietSettings, ...settings }, undefined, 2);
}

/** Starts VS Code's server on a free port of 127.0.0.1 with an empty profile. */
export async function startVscodeServer(options: VscodeServerOptions = {}): Promise<VscodeServer> {
  const wanted = options.version ?? 'newest';
  const found = findVscodeServer(wanted);
  if (found === undefined) throw new Error(missingForVscode(wanted));
  const { version, node, main } = found;
  const data = fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-workbench-vscode-'));
  const settingsFile = path.join(data, 'data', 'User', 'settings.json');
  fs.mkdirSync(path.dirname(settingsFile), { recursive: true });
  const trust = options.restricted === true ? restrictedSettings : {};
  fs.writeFileSync(settingsFile, userSettings({ ...trust, ...options.settings }));
  const machineFile = path.join(data, 'data', 'Machine', 'settings.json');
  fs.mkdirSync(path.dirname(machineFile), { recursive: true });
  fs.writeFileSync(machineFile, JSON.stringify(options.machineSettings ?? {}));
  const common = [main, '--accept-server-license-terms', '--server-data-dir', data];
  const environment = { ...process.env, ...offline, ...options.environment };
  const extension = options.extension ?? { folder: repositoryRoot };
  if (extension !== 'none' && 'vsix' in extension) {
    const install = [...common, '--install-extension', extension.vsix];
    await promisify(execFile)(node, install, { cwd: data, env: environment });
  } else if (extension !== 'none') {
    registerExtensions(path.join(data, 'extensions'), [extension.folder, ...(options.besides ?? [])]);
  }
  const listening = ['--host', '127.0.0.1', '--port', '0', '--without-connection-token'];
  // Without the smoke test driver the addresses of tests are ignored without a word; with it there are no notifications.
  const mode = options.inHostTests === true ? ['--enable-smoke-test-driver'] : [];
  // Between processes of one computer VS Code compresses nothing: where it is served it would, in its extension host.
  const quiet = [
    ...(options.restricted === true ? [] : ['--disable-workspace-trust']),
    ...['--disable-telemetry', '--disable-websocket-compression'],
  ];
  const program = startProgram(node, [...common, ...listening, ...mode, ...quiet], {
    cwd: data,
    env: environment,
  });
  const stop = async (): Promise<void> => {
    await program.stop();
    fs.rmSync(data, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const port = Number((await program.printed(/Extension host agent listening on (\d+)/))[1]);
    return {
      port,
      version,
      settingsFile,
      address: (where) => workbenchAddress(port, where),
      output: () => program.output(),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Makes VS Code take folders as installed extensions: its list of extensions may point anywhere on the disk. */
export function registerExtensions(extensionsFolder: string, folders: readonly string[]): void {
  const entries = folders.map((folder) => {
    const text = fs.readFileSync(path.join(folder, 'package.json'), 'utf8');
    const manifest = JSON.parse(text) as Record<string, string>;
    return {
      identifier: { id: `${manifest['publisher']}.${manifest['name']}` },
      version: manifest['version'],
      location: { $mid: 1, path: folder, scheme: 'file' },
    };
  });
  fs.mkdirSync(extensionsFolder, { recursive: true });
  fs.writeFileSync(path.join(extensionsFolder, 'extensions.json'), JSON.stringify(entries));
}

function workbenchAddress(port: number, where: WorkbenchAddress): string {
  const remote = (file: string): string => `vscode-remote://remote${file}`;
  const payload: [string, string][] = [['skipWelcome', 'true']];
  if (where.tests !== undefined) {
    payload.push(['extensionDevelopmentPath', remote(where.tests.extension)]);
    payload.push(['extensionTestsPath', remote(where.tests.module)]);
  }
  const query = new URLSearchParams({ payload: JSON.stringify(payload) });
  if (where.workspace === undefined) query.set('ew', 'true');
  else query.set(where.workspace.endsWith('.code-workspace') ? 'workspace' : 'folder', where.workspace);
  return `http://127.0.0.1:${port}/?${query.toString()}`;
}

import * as vscode from 'vscode';
import type { ConnectionArgument, SettingsArgument } from '../../contributions/arguments';
import type { CommandHandlers } from '../../contributions/commands';
import { askSteps } from '../reporting/askSteps';
import { showWarning } from '../reporting/notifications';
import { runCommand } from '../vscodeBindings';
import { agreesTo } from '../reporting/notifications';
import { askConnection, type ConnectionFormResult } from './connectionForm';
import type { ConnectionPicker } from './connectionPicker';
import { addressOf, type ConnectionProfile, profileKey } from './connectionProfile';
import type { Connections } from './connections';
import type { LiveConnection } from './liveConnection';
import type { SecretKind } from './passwordKey';
import type { Passwords } from './passwords';
import type { ProfileStore } from './profileStore';
import { ProfileWriter } from './profileWriter';
import type { ReferredServer } from './serverReference';
import { secretFileOf } from './tlsProfile';

type Handled =
  | 'addConnection'
  | 'editConnection'
  | 'removeConnection'
  | 'setPassword'
  | 'setPassphrase'
  | 'setProxyPassword'
  | 'connect'
  | 'disconnect'
  | 'copyAddress'
  | 'openConnectionSettings';

export interface ConnectionCommandDependencies {
  readonly connections: Connections;
  readonly picker: ConnectionPicker;
  readonly profiles: ProfileStore;
  readonly passwords: Passwords;
}

/** The commands that make, change and use connections. */
export class ConnectionCommands implements Pick<CommandHandlers, Handled> {
  private readonly connections: Connections;
  private readonly picker: ConnectionPicker;
  private readonly profiles: ProfileStore;
  private readonly passwords: Passwords;
  private readonly writer: ProfileWriter;

  constructor({ connections, picker, profiles, passwords }: ConnectionCommandDependencies) {
    this.connections = connections;
    this.picker = picker;
    this.profiles = profiles;
    this.passwords = passwords;
    this.writer = new ProfileWriter(profiles, passwords);
  }

  readonly addConnection = async (): Promise<void> => {
    const result = await this.ask(undefined);
    if (!result) return;
    await this.writer.add(profileOf(result), result.password ?? '');
  };

  readonly editConnection = async (argument?: ConnectionArgument): Promise<void> => {
    const connection = await this.picker.pick(argument, 'Connection to edit');
    if (!connection) return;
    const { written: before } = connection;
    const result = await this.ask(before);
    if (!result) return;
    const after = profileOf(result);
    const rename = this.connections.expectRename(before.key, after.key);
    try {
      await this.writer.replace(before, after, result.password);
    } catch (error) {
      rename.dispose();
      throw error;
    }
  };

  readonly removeConnection = async (argument?: ConnectionArgument): Promise<void> => {
    const connection = await this.picker.pick(argument, 'Connection to remove');
    if (!connection) return;
    const { profile } = connection;
    const agreed = await agreesTo(
      'Remove',
      `Remove the connection "${profile.name}" (${addressOf(profile)})?`,
      `It goes from the ${profile.scope} settings together with its stored password.${
        connection.isConnected ? ' It is connected now and will be disconnected.' : ''
      }`,
    );
    if (!agreed) return;
    await this.writer.remove(profile);
  };

  readonly setPassword = async (argument?: ConnectionArgument): Promise<boolean> => {
    const connection = await this.picker.pick(argument, 'Connection whose password to set');
    if (!connection) return false;
    const { written: profile } = connection;
    if (profile.userName === undefined && profile.version !== '5.0') {
      void showWarning(
        `${olderText(profile)} sends a password only together with a user name, and "${profile.name}" has none. Enter a user name first.`,
        {
          caption: 'Edit Connection…',
          run: () => runCommand('editConnection', { connectionKey: connection.key }),
        },
      );
      return false;
    }
    const answers = await askSteps(profile.name, [
      {
        key: 'password',
        label: 'Password',
        prompt: `Password for ${addressOf(profile)}${profile.userName === undefined ? '' : ` as ${profile.userName}`}; leave it empty to forget it`,
        password: true,
      },
    ]);
    if (answers === undefined) return false;
    await this.passwords.set(profile, answers.password);
    return true;
  };

  readonly setPassphrase = (argument?: ConnectionArgument): Promise<boolean> =>
    this.askSecret('passphrase', argument, {
      question: 'Connection whose key passphrase to set',
      label: 'Key Passphrase',
      prompt: (profile) =>
        `Passphrase of ${secretFile(profile) ?? 'the key'}; leave it empty to forget it. It is kept in the secret storage`,
      useless: (name) => `"${name}" shows no client certificate, so there is no key to open.`,
    });

  readonly setProxyPassword = (argument?: ConnectionArgument): Promise<boolean> =>
    this.askSecret('proxyPassword', argument, {
      question: 'Connection whose proxy password to set',
      label: 'Proxy Password',
      prompt: ({ network }) =>
        `Password for ${'proxy' in network ? (network.proxy ?? '') : ''}; leave it empty to forget it. It is kept in the secret storage`,
      useless: (name) =>
        `"${name}" names no user of a proxy. Write one into its "proxy", such as http://ada@proxy.example:3128.`,
    });

  readonly connect = async (argument?: ConnectionArgument): Promise<void> => {
    const connection = await this.picker.pick(
      argument,
      'Connection to connect',
      ({ state }) => state.state === 'disconnected',
      'Every connection is up already.',
    );
    await connection?.connect();
  };

  readonly disconnect = async (argument?: ConnectionArgument): Promise<void> => {
    const connection = await this.picker.pick(
      argument,
      'Connection to disconnect',
      ({ state }) => state.state !== 'disconnected',
      'No connection is up.',
    );
    await connection?.disconnect();
  };

  readonly copyAddress = async (argument?: ConnectionArgument): Promise<void> => {
    const connection = await this.picker.pick(argument, 'Connection whose address to copy');
    if (connection) await vscode.env.clipboard.writeText(addressOf(connection.profile));
  };

  readonly openConnectionSettings = async (argument?: SettingsArgument): Promise<void> => {
    const file = argument?.scope === 'workspace' ? 'openWorkspaceSettingsFile' : 'openSettingsJson';
    await vscode.commands.executeCommand(`workbench.action.${file}`, {
      revealSetting: { key: 'mqttWorkbench.connections', edit: true },
    });
  };

  /** Changes where a connection leads to the server that was named instead, and connects. The password goes along. */
  async connectElsewhere(connection: LiveConnection, { host, port }: ReferredServer): Promise<void> {
    const { written: before } = connection;
    const after = { ...before, host, port: port ?? before.port };
    await this.writer.replace(before, after, undefined);
    // VS Code may tell of the new settings only later.
    connection.update(after);
    await connection.connect();
  }

  /** Asks for a secret that not every connection has a use for. */
  private async askSecret(
    kind: SecretKind,
    argument: ConnectionArgument | undefined,
    text: {
      readonly question: string;
      readonly label: string;
      readonly prompt: (profile: ConnectionProfile) => string;
      readonly useless: (name: string) => string;
    },
  ): Promise<boolean> {
    const usable = ({ written }: LiveConnection) => this.passwords.keyOf(written, kind) !== undefined;
    const none = 'No connection has a use for it.';
    const connection = await this.picker.pick(argument, text.question, usable, none);
    if (!connection) return false;
    const { written: profile } = connection;
    if (!usable(connection)) {
      void showWarning(text.useless(profile.name), {
        caption: 'Edit Connection…',
        run: () => runCommand('editConnection', { connectionKey: connection.key }),
      });
      return false;
    }
    const answers = await askSteps(profile.name, [
      { key: 'secret', label: text.label, prompt: text.prompt(profile), password: true },
    ]);
    if (answers === undefined) return false;
    await this.passwords.set(profile, answers.secret, kind);
    return true;
  }

  private async ask(edited: ConnectionProfile | undefined): ReturnType<typeof askConnection> {
    const others = this.connections.all().filter(({ key }) => key !== edited?.key);
    return askConnection({
      edited,
      hasPassword: edited !== undefined && (await this.passwords.get(edited)) !== undefined,
      hasWorkspace: this.profiles.hasWorkspace,
      takenNames: others.map(({ profile }) => profile.name),
    });
  }
}

/** What has no password without a user name. */
function olderText({ version }: ConnectionProfile): string {
  return version === 'automatic'
    ? 'MQTT 3.1.1, which is spoken where the server refuses 5.0,'
    : `MQTT ${version}`;
}

function secretFile({ network }: ConnectionProfile): string | undefined {
  return 'tls' in network ? secretFileOf(network.tls) : undefined;
}

function profileOf({ scope, profile }: ConnectionFormResult): ConnectionProfile {
  return { ...profile, scope, key: profileKey(scope, profile.name) };
}

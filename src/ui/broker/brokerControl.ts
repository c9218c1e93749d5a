import * as vscode from 'vscode';
import type { BrokerSettingName } from '../../contributions/brokerSettings';
import type { LogSink } from '../reporting/logSink';
import { askSteps } from '../reporting/askSteps';
import {
  agreesTo,
  choose,
  type NotificationAction,
  showError,
  showInformation,
  showWarning,
} from '../reporting/notifications';
import { withoutIcons } from '../reporting/plainText';
import { runCommand } from '../vscodeBindings';
import type { BrokerUsers } from './brokerUsers';
import { counted } from './clientText';
import { isLoopbackHost, readBrokerConfiguration } from './brokerConfiguration';
import type { BrokerStartFailure } from './brokerStarter';
import type { LocalBroker } from './localBroker';
import { explainStartFailure } from './startFailure';
import { letsStrangersIn } from './whoMayCome';

export type WriteBrokerSetting = (name: BrokerSettingName, value: unknown) => Thenable<void>;

interface BrokerControlDependencies {
  readonly local: LocalBroker;
  readonly users: BrokerUsers;
  readonly read: (name: BrokerSettingName) => unknown;
  readonly write: WriteBrokerSetting;
  readonly consent: NetworkConsent;
  readonly log: LogSink;
}

/** Remembers that a person agreed to a broker without a password that the network reaches: once for each address and window. */
export class NetworkConsent {
  private readonly agreed = new Set<string>();

  constructor(private readonly users: Pick<BrokerUsers, 'all'>) {}

  /** Whether a person has agreed already, so that nothing is asked. */
  isGiven(host: string): boolean {
    return this.agreed.has(host);
  }

  /**
   * Whether the broker may be started so that everybody reaches it, or has a user now.
   * @param usersHelp whether strangers are let in only because there are no users
   * @param connected how many clients have to connect again for it
   */
  readonly ask = async (host: string, usersHelp: boolean, connected = 0): Promise<boolean> => {
    if (this.agreed.has(host)) return true;
    const add = 'Add User…';
    const start = 'Start Without a Password';
    const chosen = await choose(
      'Let everybody in the network use the local broker?',
      [
        `It would listen on ${host} and ask for no password: whoever reaches this computer can connect, read every message and publish what devices act on.`,
        usersHelp
          ? 'In a network that is yours alone that may be what you want. Otherwise add a user: devices then need its name and password.'
          : 'The setting "mqttWorkbench.broker.anonymous" lets everybody in. In a network that is yours alone that may be what you want.',
        ...(connected > 0 ? [restartText(connected)] : []),
      ].join('\n\n'),
      ...(usersHelp ? [add, start] : [start]),
    );
    if (chosen === add) {
      await runCommand('addBrokerUser');
      return ((await this.users.all())?.size ?? 0) > 0;
    }
    if (chosen !== start) return false;
    this.agreed.add(host);
    return true;
  };
}

function restartText(connected: number): string {
  return `The local broker restarts for that, which disconnects ${counted(connected, 'client')}; sessions and retained messages stay.`;
}

const everyAddress = '0.0.0.0';
const thisComputer = '127.0.0.1';

/** The commands that start and stop the local broker and say who reaches it. */
export class BrokerControl {
  constructor(private readonly dependencies: BrokerControlDependencies) {}

  readonly startBroker = async (): Promise<void> => {
    const failure = await this.dependencies.local.start();
    if (failure) this.tell(failure);
  };

  readonly stopBroker = (): Promise<void> => this.dependencies.local.stop();

  readonly restartBroker = async (): Promise<void> => {
    const failure = await this.dependencies.local.restart();
    if (failure) this.tell(failure);
  };

  readonly openBrokerToNetwork = async (): Promise<void> => {
    const { consent, users, local, write, read } = this.dependencies;
    if (!vscode.workspace.isTrusted) return this.tell({ kind: 'notTrusted', host: everyAddress });
    const known = await users.all();
    const wanted = readBrokerConfiguration(read);
    if (!('host' in wanted)) return this.tell({ kind: 'settings', problems: wanted });
    const isOpen = known !== undefined && letsStrangersIn(wanted, known);
    const isAsked = isOpen && !consent.isGiven(everyAddress);
    if (isAsked && !(await consent.ask(everyAddress, wanted.anonymous === undefined, this.connected))) return;
    if (!isAsked && !(await this.agreesToRestart('Make the local broker reachable from the network?')))
      return;
    await write('broker.host', everyAddress);
    if (local.state.kind === 'running') await this.restartBroker();
    else await this.startBroker();
    if (local.broker) await runCommand('showBrokerAddresses');
  };

  readonly closeBrokerToNetwork = async (): Promise<void> => {
    const { local, write, read } = this.dependencies;
    const running = local.state.kind === 'running' ? local.state.configuration.host : thisComputer;
    if (isLoopbackHost(String(read('broker.host'))) && isLoopbackHost(running)) {
      return void showInformation('Only this computer reaches the local broker already.');
    }
    if (!(await this.agreesToRestart('Limit the local broker to this computer?'))) return;
    await write('broker.host', thisComputer);
    if (local.state.kind === 'running') await this.restartBroker();
  };

  readonly openBrokerSettings = async (): Promise<void> => {
    // They are of the machine that the broker runs on: in a remote window the user's own have none of them.
    const place = vscode.env.remoteName === undefined ? 'openSettings' : 'openRemoteSettings';
    await vscode.commands.executeCommand(`workbench.action.${place}`, { query: 'mqttWorkbench.broker' });
  };

  readonly addBrokerUser = async (): Promise<void> => {
    const { users } = this.dependencies;
    if (!(await this.readable())) return;
    const answers = await askSteps('Local Broker User', [
      {
        key: 'name',
        label: 'Name',
        prompt: 'User name that devices send; an existing one gets another password',
        problem: (value) => (value === '' ? 'A user needs a name.' : undefined),
      },
      {
        key: 'password',
        label: 'Password',
        prompt: 'Password; only a hash of it is kept, in the secret storage',
        password: true,
        problem: (value) => (value === '' ? 'A user without a password protects nothing.' : undefined),
      },
    ]);
    if (!answers) return;
    const hasScram = await users.add(answers.name, answers.password);
    const scram = hasScram
      ? ''
      : ' SCRAM does not work with this password: it has characters that two systems would not read alike.';
    // Whoever runs this goes on with the user at once, not when the notification is closed.
    void showInformation(
      `The user "${answers.name}" is known to the local broker from now on. Devices from other computers need a user name and a password.${scram}`,
    );
  };

  readonly removeBrokerUser = async (): Promise<void> => {
    const { users } = this.dependencies;
    const known = await this.readable();
    if (!known) return;
    if (known.size === 0) return void showInformation('The local broker has no users.');
    const items = [...known.keys()].map((name) => ({ label: withoutIcons(name), name }));
    const picked = await vscode.window.showQuickPick(items, { placeHolder: 'User to remove' });
    if (!picked) return;
    const isLast =
      known.size === 1 ? ' It is the last one: after it everybody may connect without a password.' : '';
    const detail = `It cannot connect any more; who is connected stays.${isLast}`;
    if (await agreesTo('Remove', `Remove the user "${picked.name}" of the local broker?`, detail)) {
      await users.remove(picked.name);
    }
  };

  private get connected(): number {
    const clients = this.dependencies.local.broker?.clients() ?? [];
    return clients.filter(({ connection }) => connection !== undefined).length;
  }

  /** Another address takes a restart; nobody is asked where that disconnects nobody. */
  private async agreesToRestart(question: string): Promise<boolean> {
    const { connected } = this;
    return connected === 0 || agreesTo('Restart Local Broker', question, restartText(connected));
  }

  private async readable(): Promise<Awaited<ReturnType<BrokerUsers['all']>>> {
    const known = await this.dependencies.users.all();
    if (!known) this.tell({ kind: 'usersUnreadable' });
    return known;
  }

  /** Says why it does not run, with buttons for what helps. */
  private tell(failure: BrokerStartFailure): void {
    const { text } = explainStartFailure(failure);
    this.dependencies.log.warn(text);
    void showError(text, ...this.remedies(failure));
  }

  private remedies(failure: BrokerStartFailure): readonly NotificationAction[] {
    const { write, users } = this.dependencies;
    const settings = { caption: 'Open Settings', run: () => this.openBrokerSettings() };
    switch (failure.kind) {
      case 'port': {
        const { listener, nextFree } = failure;
        if (nextFree === undefined) return [settings];
        const elsewhere = {
          caption: `Use Port ${nextFree}`,
          run: async () => {
            await write(`broker.${listener.protocol}Port`, nextFree);
            await runCommand('startBroker');
          },
        };
        return [elsewhere, { caption: 'Try Again', run: () => runCommand('startBroker') }, settings];
      }
      case 'rulesWithoutUsers':
      case 'nobodyMayCome':
        return [{ caption: 'Add User…', run: () => runCommand('addBrokerUser') }, settings];
      case 'notTrusted':
        return [
          {
            caption: 'Manage Workspace Trust',
            run: () => vscode.commands.executeCommand('workbench.trust.manage'),
          },
          { caption: 'Limit to This Computer', run: () => runCommand('closeBrokerToNetwork') },
        ];
      case 'usersUnreadable':
        return [
          {
            caption: 'Remove All Users…',
            run: async () => {
              const detail = 'What is kept of them cannot be read. Without any user everybody may connect.';
              if (await agreesTo('Remove All', 'Remove all users of the local broker?', detail))
                await users.clear();
            },
          },
        ];
      case 'settings':
      case 'store':
      case 'tls':
        return [settings];
    }
  }
}

/**
 * Some settings of a running broker count from its next start on.
 * @param connected how many clients have to connect again for that
 */
export async function offerRestart(connected: number): Promise<void> {
  const clients =
    connected === 0 ? 'no client is connected now' : `it disconnects ${counted(connected, 'client')}`;
  const text = `Settings of the local broker changed that count once it is restarted: ${clients}; sessions and retained messages stay.`;
  await showWarning(text, {
    caption: 'Restart Local Broker',
    run: () => runCommand('restartBroker'),
  });
}

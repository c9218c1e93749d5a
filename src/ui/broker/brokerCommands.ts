import * as vscode from 'vscode';
import { hexByte } from '../../base/bytes';
import type { Broker } from '../../broker/broker';
import type { ClientStatus } from '../../broker/brokerStatus';
import type {
  BrokerAddressArgument,
  BrokerClientArgument,
  RetainedArgument,
} from '../../contributions/arguments';
import { ProtocolViolation } from '../../protocol/violations';
import { authorityHeader } from '../../transport/certificates/authorityHeader';
import { listenerAddresses } from '../../transport/machineAddresses';
import { agreesTo, showInformation, showWarning } from '../reporting/notifications';
import { withoutIcons } from '../reporting/plainText';
import { runCommand } from '../vscodeBindings';
import type { BrokerCaptures } from './brokerCaptures';
import { isLoopbackHost } from './brokerConfiguration';
import type { BrokerProblems } from './brokerProblems';
import { clientRow } from './clientRow';
import { counted, shownIdentifier } from './clientText';
import { administrativeAction, disconnectReasons } from './disconnectReasons';
import type { LocalBroker } from './localBroker';
import { showQrCode } from './qrCodePanel';
import type { RetainedDocuments } from './retainedDocuments';

export interface BrokerCommandDependencies {
  readonly local: LocalBroker;
  readonly captures: Pick<BrokerCaptures, 'newest'>;
  readonly problems: Pick<BrokerProblems, 'of'>;
  readonly documents: Pick<RetainedDocuments, 'open'>;
  /** Shows the packets of a client, by the name its connections have in front of where they come from. */
  readonly inspectClient: (name: string) => Promise<void>;
  /** The CA that devices have to trust; undefined where the certificate is one's own. */
  readonly authority: () => Promise<string | undefined>;
  readonly now: () => number;
  /** Where the extension is, with its icons. */
  readonly extensionUri: vscode.Uri;
}

interface ClientItem extends vscode.QuickPickItem {
  readonly clientIdentifier: string;
}

/** The commands about the running local broker: its addresses, its clients and its retained messages. */
export class BrokerCommands {
  constructor(private readonly dependencies: BrokerCommandDependencies) {}

  readonly showBrokerAddresses = async (): Promise<void> => {
    const { state } = this.dependencies.local;
    if (state.kind !== 'running') return tellNotRunning();
    const addresses = state.listeners.flatMap((listener) => listenerAddresses(listener));
    const qrButton = { iconPath: new vscode.ThemeIcon('device-mobile'), tooltip: 'Show QR Code' };
    const isLocal = state.listeners.every(({ host }) => isLoopbackHost(host));
    const items = addresses.map(({ url, interfaceName, isLoopback }) => ({
      label: url,
      description: isLoopback ? 'this computer alone' : interfaceName,
      buttons: [qrButton],
      url,
    }));
    const open = { label: '$(globe) Make Reachable from the Network…', url: undefined };
    const input = vscode.window.createQuickPick<(typeof items)[number] | typeof open>();
    input.title = 'Addresses of the Local Broker';
    input.placeholder = 'Address to type into the device: Enter copies it, the button shows its QR code';
    input.items = isLocal ? [...items, open] : items;
    // It is read while somebody types it in elsewhere.
    input.ignoreFocusOut = true;
    input.onDidTriggerItemButton(({ item }) => {
      input.hide();
      if (item.url !== undefined) showQrCode(item.url, this.dependencies.extensionUri);
    });
    input.onDidAccept(() => {
      const [picked] = input.selectedItems;
      input.hide();
      if (picked === undefined) return;
      void (picked.url === undefined ? runCommand('openBrokerToNetwork') : this.copy(picked.url, 'Address'));
    });
    input.onDidHide(() => input.dispose());
    input.show();
    return Promise.resolve();
  };

  readonly copyBrokerAddress = async (argument?: BrokerAddressArgument): Promise<void> => {
    if (argument) await this.copy(argument.url, 'Address');
    else await this.showBrokerAddresses();
  };

  readonly showBrokerQrCode = async (argument?: BrokerAddressArgument): Promise<void> => {
    if (argument) showQrCode(argument.url, this.dependencies.extensionUri);
    else await this.showBrokerAddresses();
  };

  readonly copyBrokerCaPem = async (): Promise<void> => {
    const pem = await this.authority();
    if (pem !== undefined) await this.copy(pem, 'CA certificate');
  };

  readonly copyBrokerCaHeader = async (): Promise<void> => {
    const pem = await this.authority();
    if (pem !== undefined) await this.copy(authorityHeader(pem), 'CA certificate as a C header');
  };

  readonly disconnectBrokerClient = async (argument?: BrokerClientArgument): Promise<void> => {
    const isConnected = ({ connection }: ClientStatus) => connection !== undefined;
    const client = await this.client(argument, 'Client to disconnect', isConnected);
    if (!client) return;
    const { clientIdentifier, connection } = client;
    const label = shownIdentifier(clientIdentifier);
    const reason = connection?.version === 5 ? await pickReason(label) : await agreesWithoutReason(label);
    if (reason === undefined) return;
    const outcome = this.dependencies.local.broker?.disconnect(clientIdentifier, reason) ?? false;
    if (outcome === true) return;
    if (outcome !== false) throw new ProtocolViolation(outcome);
    await showInformation(`${label} is not connected any more.`);
  };

  readonly forgetBrokerSession = async (argument?: BrokerClientArgument): Promise<void> => {
    const client = await this.client(argument, 'Client whose session to forget');
    if (!client) return;
    const { clientIdentifier, connection, subscriptions, queued, inFlight } = client;
    const label = shownIdentifier(clientIdentifier);
    const lost = [
      counted(subscriptions.size, 'subscription'),
      `${counted(queued + inFlight, 'message')} that ${queued + inFlight === 1 ? 'waits' : 'wait'} for it`,
    ].join(' and ');
    const agreed = await agreesTo(
      'Forget',
      `Forget the session of ${label}?`,
      `This also deletes ${lost}.${connection ? ' The client is connected and will be disconnected.' : ''}`,
    );
    if (agreed) this.dependencies.local.broker?.forgetSession(clientIdentifier);
  };

  readonly showBrokerClientPackets = async (argument?: BrokerClientArgument): Promise<void> => {
    const client = await this.client(argument, 'Client whose packets to show');
    if (!client) return;
    const { captures, inspectClient } = this.dependencies;
    const label = shownIdentifier(client.clientIdentifier);
    if (captures.newest(client.clientIdentifier) !== undefined) return inspectClient(label);
    await showInformation(
      `No packet of ${label} is kept any more: it was cleared, or went for the capture budget.`,
    );
  };

  readonly copyBrokerClientId = async (argument?: BrokerClientArgument): Promise<void> => {
    const client = await this.client(argument, 'Client whose identifier to copy');
    if (client) await this.copy(client.clientIdentifier, 'Client Identifier');
  };

  readonly copyBrokerClientAddress = async (argument?: BrokerClientArgument): Promise<void> => {
    const isConnected = ({ connection }: ClientStatus) => connection !== undefined;
    const client = await this.client(argument, 'Client whose address to copy', isConnected);
    if (client?.connection) await this.copy(client.connection.peer, 'Address');
  };

  readonly openRetained = async (argument?: RetainedArgument): Promise<void> => {
    const topic = await this.retained(argument, 'Retained message to open');
    if (topic === undefined) return;
    const message = this.dependencies.local.broker?.retainedMessage(topic);
    if (message) await this.dependencies.documents.open(message);
    else tellRetainedGone(topic);
  };

  readonly copyRetainedTopic = async (argument?: RetainedArgument): Promise<void> => {
    const topic = await this.retained(argument, 'Retained message whose topic to copy');
    if (topic !== undefined) await this.copy(topic, 'Topic');
  };

  readonly clearRetained = async (argument?: RetainedArgument): Promise<void> => {
    const topic = await this.retained(argument, 'Retained message to clear');
    if (topic === undefined) return;
    const detail = 'Clients that subscribe later do not get it any more. Those that have it are not told.';
    if (!(await agreesTo('Clear', `Clear the retained message of "${topic}"?`, detail))) return;
    if (this.dependencies.local.broker?.clearRetained(topic) === 0) tellRetainedGone(topic);
  };

  readonly clearAllRetained = async (): Promise<void> => {
    const broker = this.running();
    if (!broker) return;
    const topics = broker.retainedMessages().map(({ topicName }) => topicName);
    if (topics.length === 0) return void showInformation('The local broker has no retained messages.');
    const listed = topics.slice(0, mostListed).join('\n');
    const more =
      topics.length > mostListed ? `\nand ${counted(topics.length - mostListed, 'more', 'more')}` : '';
    const question = `Clear ${counted(topics.length, 'retained message')} of the local broker?`;
    if (await agreesTo('Clear All', question, `${listed}${more}`)) broker.clearRetained();
  };

  private async copy(text: string, what: string): Promise<void> {
    await vscode.env.clipboard.writeText(text);
    vscode.window.setStatusBarMessage(`${what} copied`, copiedShown);
  }

  private async authority(): Promise<string | undefined> {
    const pem = await this.dependencies.authority();
    if (pem === undefined) {
      await showInformation(
        'The local broker shows a certificate of your own ("mqttWorkbench.broker.certificate"): devices have to trust whoever signed it.',
      );
    }
    return pem;
  }

  /** The client a command is about: the one it was given, or the one a person picks. */
  private async client(
    argument: BrokerClientArgument | undefined,
    question: string,
    wanted: (client: ClientStatus) => boolean = () => true,
  ): Promise<ClientStatus | undefined> {
    const broker = this.running();
    if (!broker) return undefined;
    if (argument) {
      const given = broker.client(argument.clientIdentifier);
      if (given && wanted(given)) return given;
      await showInformation(
        `${shownIdentifier(argument.clientIdentifier)} is not there any more, so nothing was done.`,
      );
      return undefined;
    }
    const clients = broker.clients().filter(wanted);
    if (clients.length === 0) {
      await showInformation('No device is connected to the local broker.');
      return undefined;
    }
    const items = clients.map((client): ClientItem => {
      const { label, description } = clientRow(
        client,
        this.dependencies.problems.of(client.clientIdentifier),
        this.dependencies.now(),
      );
      return {
        label: withoutIcons(label),
        description: withoutIcons(description),
        clientIdentifier: client.clientIdentifier,
      };
    });
    const picked = await vscode.window.showQuickPick(items, {
      placeHolder: question,
      matchOnDescription: true,
    });
    return picked && broker.client(picked.clientIdentifier);
  }

  private async retained(
    argument: RetainedArgument | undefined,
    question: string,
  ): Promise<string | undefined> {
    if (argument) return argument.retainedTopic;
    const broker = this.running();
    if (!broker) return undefined;
    const items = broker
      .retainedMessages()
      .map(({ topicName }) => ({ label: withoutIcons(topicName), topicName }));
    if (items.length === 0) {
      await showInformation('The local broker has no retained messages.');
      return undefined;
    }
    return (await vscode.window.showQuickPick(items, { placeHolder: question }))?.topicName;
  }

  private running(): Broker | undefined {
    const { broker } = this.dependencies.local;
    if (!broker) void tellNotRunning();
    return broker;
  }
}

/** How many topics a question lists. */
const mostListed = 20;
/** How long the status bar says that something was copied, in milliseconds. */
const copiedShown = 3_000;

/** The Reason Code to send a client of 5.0 away with; undefined where none is picked. */
async function pickReason(label: string): Promise<number | undefined> {
  const items = disconnectReasons().map(({ code, name }) => ({
    ...{ label: name, description: `0x${hexByte(code).toUpperCase()}` },
    code,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: `Disconnect ${label}`,
    placeHolder: 'Reason Code of DISCONNECT',
    matchOnDescription: true,
  });
  return picked?.code;
}

/** The one that a client of before 5.0 is not told, where a person wants it to go: only a client sends DISCONNECT there (3.14). */
async function agreesWithoutReason(label: string): Promise<number | undefined> {
  const detail = 'No reason can be told before MQTT 5.0: its connection just ends.';
  return (await agreesTo('Disconnect', `Disconnect ${label}?`, detail)) ? administrativeAction : undefined;
}

async function tellNotRunning(): Promise<void> {
  await showWarning('The local broker is not running. Start it first.', {
    caption: 'Start Local Broker',
    run: () => runCommand('startBroker'),
  });
}

function tellRetainedGone(topic: string): void {
  void showInformation(`There is no retained message of "${topic}" any more.`);
}

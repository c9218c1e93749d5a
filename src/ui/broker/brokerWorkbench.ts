import * as vscode from 'vscode';
import type { Clock } from '../../base/clock';
import { DisposableStack, type Disposable, type Event } from '../../base/lifecycle';
import type { Broker } from '../../broker/broker';
import type { PacketLog } from '../../capture/packetLog';
import { type BrokerSettingName, brokerSettings } from '../../contributions/brokerSettings';
import type { CommandHandlers } from '../../contributions/commands';
import { viewId } from '../../contributions/views';
import { openBrokerStore } from '../../storage/sqliteBrokerStore';
import { listenFor } from '../../transport/listening/listener';
import { nextFreePort, portOwner } from '../../transport/portOwner';
import { systemCrypto, systemPasswordHashing } from '../../transport/systemCrypto';
import { hostPace } from '../inspector/hostPace';
import type { LogSink } from '../reporting/logSink';
import { showWarning } from '../reporting/notifications';
import {
  ContextFlag,
  type ErrorSink,
  onDidChangeSetting,
  readSetting,
  writeUserSetting,
} from '../vscodeBindings';
import { BrokerCaptures } from './brokerCaptures';
import { BrokerCertificates } from './brokerCertificates';
import { BrokerCommands } from './brokerCommands';
import { readBrokerConfiguration } from './brokerConfiguration';
import { type BrokerContext, keepBrokerContext } from './brokerContext';
import { BrokerControl, NetworkConsent, offerRestart } from './brokerControl';
import { BrokerProblems } from './brokerProblems';
import { BrokerTree } from './brokerTree';
import { BrokerUsers } from './brokerUsers';
import { counted } from './clientText';
import { LocalBroker } from './localBroker';
import { ProblemCommands } from './problemCommands';
import { logProblems } from './problemLog';
import { tellProblems } from './problemNotices';
import { RetainedDocuments } from './retainedDocuments';

export interface BrokerWorkbenchDependencies {
  readonly packets: PacketLog;
  readonly clock: Clock;
  readonly secrets: vscode.SecretStorage;
  /** Where the extension is, with its icons. */
  readonly extensionUri: vscode.Uri;
  /** Where its state is kept: of no workspace, as the ports are. */
  readonly folder: string;
  /** Of the extension. */
  readonly version: string;
  /** Brings back packets of earlier, before others are captured. */
  readonly ready: () => Promise<void>;
  /** Opens the inspector, at a packet where there is one. */
  readonly inspect: (sequence: number | undefined) => void;
  /** Shows the packets of a client. */
  readonly inspectClient: (name: string) => Promise<void>;
  readonly log: LogSink;
  readonly failed: ErrorSink;
}

/** How long settings that are written one after the other are gathered, in milliseconds. */
const gathering = 500;

type BrokerHandlers = Pick<CommandHandlers, 'showMoreBrokerRows'> &
  Pick<CommandHandlers, keyof BrokerControl & keyof CommandHandlers> &
  Pick<CommandHandlers, keyof BrokerCommands & keyof CommandHandlers> &
  Pick<CommandHandlers, keyof ProblemCommands & keyof CommandHandlers>;

/** The local broker of a window with all that a person sees of it. */
export class BrokerWorkbench implements Disposable {
  private readonly held = new DisposableStack();
  private readonly local: LocalBroker;
  readonly tree: BrokerTree;
  readonly commands: BrokerHandlers;

  constructor(private readonly dependencies: BrokerWorkbenchDependencies) {
    const { packets, clock, secrets, folder, extensionUri, version, ready, inspect, inspectClient, log } =
      dependencies;
    const captures = new BrokerCaptures(packets);
    const users = new BrokerUsers(secrets, systemPasswordHashing, systemCrypto);
    const certificates = new BrokerCertificates(secrets, clock);
    const consent = new NetworkConsent(users);
    const local = this.held.add(
      new LocalBroker({
        clock,
        pace: hostPace,
        captures,
        hashing: systemPasswordHashing,
        cryptography: systemCrypto,
        read: () => readBrokerConfiguration(readSetting),
        isTrusted: () => vscode.workspace.isTrusted,
        agreesToOpen: consent.ask,
        users: () => users.all(),
        tls: (settings) => certificates.tls(settings),
        renewalFailed: (error) =>
          log.warn(`The local broker's certificate could not be renewed: ${String(error)}`),
        listenFor,
        openStore: () => this.openStore(folder),
        portOwner,
        nextFreePort,
        version,
        newIdentifier: () => `auto-${crypto.randomUUID()}`,
        ready,
      }),
    );
    this.local = local;
    const problems = this.held.add(new BrokerProblems(captures, clock));
    this.held.add(
      local.onDidStart((broker) => {
        problems.watch(broker);
        this.note(broker);
      }),
    );
    this.held.add(local.onDidRefuse(({ connection }) => problems.refused(connection)));
    this.held.add(logProblems(problems, log));
    const beQuiet = () => writeUserSetting('broker.quiet', true);
    this.held.add(
      tellProblems(problems, {
        clock,
        isQuiet: () => readSetting('broker.quiet') === true,
        inspect,
        showAll: () => vscode.commands.executeCommand(`${viewId('connections')}.focus`),
        beQuiet,
      }),
    );
    this.held.add(this.tellOfSettings());
    this.held.add(keepBrokerContext(local, readSetting, onDidChangeSetting, contextSetter()));
    const documents = this.held.add(
      new RetainedDocuments((topicName) => local.broker?.retainedMessage(topicName)),
    );
    this.tree = this.held.add(new BrokerTree({ local, problems, clock }));
    const authority = async (): Promise<string | undefined> => {
      const configuration = readBrokerConfiguration(readSetting);
      const usual = { certificate: undefined, certificateKey: 'ec' } as const;
      return certificates.authority('host' in configuration ? configuration.tls : usual);
    };
    const now = () => clock.now();
    this.commands = {
      showMoreBrokerRows: this.tree.showMore,
      ...new BrokerControl({ local, users, read: readSetting, write: writeUserSetting, consent, log }),
      ...new ProblemCommands({ problems, inspect, beQuiet }),
      ...new BrokerCommands({
        ...{ local, captures, problems, documents, inspectClient, authority, now, extensionUri },
      }),
    };
  }

  get isRunning(): boolean {
    return this.local.broker !== undefined;
  }

  /** It starts or stops, among others. */
  get onDidChange(): Event<void> {
    return this.local.onDidChange;
  }

  /** Stops the broker, if it runs. */
  stop(): Promise<void> {
    return this.local.stop();
  }

  dispose(): void {
    this.held.dispose();
  }

  private openStore(folder: string): ReturnType<typeof openBrokerStore> {
    const { log } = this.dependencies;
    return openBrokerStore({
      folder,
      broken: (path, reason) => {
        log.error(`What the local broker kept is damaged (${reason}) and was set aside: ${path}`);
        void showWarning(
          `What the local broker kept from earlier cannot be read (${reason}). The file was set aside: ${path}. It starts without sessions and retained messages.`,
        );
      },
      failing: (failure) => {
        const detail = 'detail' in failure ? failure.detail : failure.code;
        log.error(`The local broker cannot keep its state: ${detail}`);
        void showWarning(
          `The local broker cannot keep its state on the disk: ${detail}. Until it can, it acknowledges nothing. Make room or look after the disk; it tries again by itself.`,
        );
      },
      recovered: () => log.info('The local broker keeps its state again.'),
    });
  }

  /** What of the broker itself is worth a line in the log, or a word. */
  private note(broker: Broker): void {
    const { log, failed } = this.dependencies;
    let hasFailed = false;
    broker.onDidFail(({ clientIdentifier, peer, error }) => {
      const what = `Serving ${clientIdentifier ?? peer} at the local broker`;
      // One notification says it; a device that tries again may cause hundreds.
      if (hasFailed) log.error(`${what}: ${String(error)}`);
      else failed(what, error);
      hasFailed = true;
    });
    const tellUnreadable = async (): Promise<void> => {
      await broker.ready();
      const { unreadableMessages } = broker;
      if (unreadableMessages === 0) return;
      await showWarning(
        `${counted(unreadableMessages, 'message')} that the local broker kept could not be read and ${unreadableMessages === 1 ? 'was' : 'were'} left out.`,
      );
    };
    tellUnreadable().catch((error: unknown) => failed('Starting the local broker', error));
  }

  /** Lets the running broker have settings that change, and says so where one counts from its next start on. */
  private tellOfSettings(): Disposable {
    const held = new DisposableStack();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let told = '';
    const check = (): void => {
      const { broker } = this.local;
      if (this.local.applySettings()) return void (told = '');
      const wanted = JSON.stringify(readBrokerConfiguration(readSetting));
      if (!broker || wanted === told) return;
      told = wanted;
      const connected = broker.clients().filter(({ connection }) => connection !== undefined).length;
      offerRestart(connected).catch((error: unknown) =>
        this.dependencies.failed('Restart Local Broker', error),
      );
    };
    for (const name of Object.keys(brokerSettings) as BrokerSettingName[]) {
      held.add(
        onDidChangeSetting(name, () => {
          clearTimeout(timer);
          timer = setTimeout(check, gathering);
        }),
      );
    }
    held.add({ dispose: () => clearTimeout(timer) });
    return held;
  }
}

function contextSetter(): (context: BrokerContext) => void {
  const flags = {
    brokerReachable: new ContextFlag('brokerReachable'),
    brokerTls: new ContextFlag('brokerTls'),
    brokerQuiet: new ContextFlag('brokerQuiet'),
  } as const satisfies Record<keyof BrokerContext, ContextFlag>;
  return (context) => {
    for (const name of Object.keys(flags) as (keyof BrokerContext)[]) flags[name].set(context[name]);
  };
}

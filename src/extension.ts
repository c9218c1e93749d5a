import * as vscode from 'vscode';
import { DisposableStack } from './base/lifecycle';
import { PacketLog } from './capture/packetLog';
import { openFileSlices } from './storage/fileSlices';
import { KeptCaptures } from './storage/keptCaptures';
import { SqliteSessionStore } from './storage/sqliteSessionStore';
import { openTransport } from './transport/openTransport';
import { systemClock } from './transport/systemClock';
import { systemCrypto } from './transport/systemCrypto';
import { BrokerWorkbench } from './ui/broker/brokerWorkbench';
import { captureBudget } from './ui/capture/captureBudget';
import { CapturePersistence } from './ui/capture/capturePersistence';
import { CaptureFileEditor } from './ui/capture/captureFileEditor';
import { FlightRecording } from './ui/capture/flightRecording';
import { newestPacket } from './ui/capture/newestPacket';
import { openCaptureFile } from './ui/capture/openCaptureFile';
import { ProfileCaptures } from './ui/capture/profileCaptures';
import { newClientIdentifier } from './ui/connections/clientIdentifier';
import { ConnectionCommands } from './ui/connections/connectionCommands';
import { showConnectionMenu } from './ui/connections/connectionMenu';
import { ConnectionPicker } from './ui/connections/connectionPicker';
import { Connections } from './ui/connections/connections';
import { ConnectionStatus } from './ui/connections/connectionStatus';
import { ConnectionsView } from './ui/connections/connectionsView';
import { reportFailures, reportRetries, showConnectionDetails } from './ui/connections/failureReporter';
import { reportKeptFailures } from './ui/connections/keptFailureReporter';
import { Passwords } from './ui/connections/passwords';
import { reportPostponedChanges } from './ui/connections/postponedChanges';
import { ProfileEndpoints } from './ui/connections/profileEndpoints';
import { ProfileStore } from './ui/connections/profileStore';
import { Publisher } from './ui/connections/publisher';
import { mayConnect } from './ui/connections/trustGate';
import { Version5Commands } from './ui/connections/version5Commands';
import { hostPace } from './ui/inspector/hostPace';
import { savePackets, type SavePacketsDependencies } from './ui/capture/savePackets';
import { pickSeries } from './ui/inspector/chartTopic';
import { decodeSelection } from './ui/inspector/decodeSelection';
import { downPorts } from './ui/inspector/downConnections';
import { tellNothingSelected } from './ui/inspector/commands/copyCommands';
import { brokerClientFilter } from './ui/inspector/commands/filterCommands';
import { InspectorCommands } from './ui/inspector/inspectorCommands';
import { InspectorPanels } from './ui/inspector/inspectorPanels';
import { errorSink } from './ui/reporting/errorSink';
import { showInformation, showWarning } from './ui/reporting/notifications';
import { leftBehindText } from './ui/reporting/publishOutcome';
import { prunedText, setAsideText } from './ui/reporting/sessionStoreFailure';
import { SnippetPublisher } from './ui/snippets/publishSnippet';
import { SnippetCommands } from './ui/snippets/snippetCommands';
import { SnippetDiagnostics } from './ui/snippets/snippetDiagnostics';
import { SnippetFiles } from './ui/snippets/snippetFiles';
import { SnippetLenses } from './ui/snippets/snippetLenses';
import { SnippetsView } from './ui/snippets/snippetsView';
import { KeptFilters } from './ui/subscriptions/keptFilters';
import { SubscriptionCommands } from './ui/subscriptions/subscriptionCommands';
import { SubscriptionsView } from './ui/subscriptions/subscriptionsView';
import { onDidChangeSetting, readSetting, registerCommands, runCommand } from './ui/vscodeBindings';

/**
 * How long opening a connection may take, in milliseconds: less than the client waits in all, so that what is told is the
 * step that took too long.
 */
const openTimeout = 8_000;
/** How long servers may take to end their connections when the window closes, in milliseconds; VS Code waits five seconds in all. */
const goodbyeTime = 1500;

/** VS Code calls `deactivate` without anything to go by, so what it has to end is kept here. */
let ending: (() => Promise<void>) | undefined;

/** Builds the graph. Nothing here opens a socket or a panel or reads a file; that waits for a person. */
export function activate(context: vscode.ExtensionContext): void {
  const held = new DisposableStack();
  const log = held.add(vscode.window.createOutputChannel('MQTT Workbench', { log: true }));
  const failed = errorSink(log);

  const budget = (): number => captureBudget(readSetting('capture.budget'));
  const packets = held.add(new PacketLog({ byteBudget: budget() }));
  held.add(onDidChangeSetting('capture.budget', () => packets.setBudget(budget())));
  const captures = new ProfileCaptures(packets);
  const kept =
    context.storageUri &&
    new KeptCaptures(
      vscode.Uri.joinPath(context.globalStorageUri, 'captures').fsPath,
      context.storageUri.toString(),
    );
  const persistence = new CapturePersistence(packets, kept, log, hostPace);
  const version = String((context.extension.packageJSON as { version?: unknown }).version);
  const application = `MQTT Workbench ${version}`;
  const recording = held.add(
    new FlightRecording({
      ...{ packets, application, log, clock: systemClock, pace: hostPace },
      folder: vscode.Uri.joinPath(context.globalStorageUri, 'recordings').fsPath,
      ready: () => persistence.restore(),
    }),
  );
  const clear = async (): Promise<void> => {
    await recording.catchUp();
    await persistence.clear();
  };
  const profiles = held.add(new ProfileStore());
  const passwords = new Passwords(context.secrets);
  const endpoints = new ProfileEndpoints(passwords);
  const connections = held.add(
    new Connections(profiles, {
      permitted: mayConnect,
      open: async (profile, stepBegan) => {
        await persistence.restore();
        return openTransport(await endpoints.of(profile), { timeout: openTimeout, stepBegan });
      },
      clock: systemClock,
      tap: (profile) => captures.open(profile),
      password: (profile) => passwords.get(profile),
      clientIdentifier: () => newClientIdentifier((bytes) => crypto.getRandomValues(bytes)),
      // Not the workspace's folder: a Session is its server's, whatever window it goes on in.
      sessionStore: (profile, key) =>
        new SqliteSessionStore({
          folder: vscode.Uri.joinPath(context.globalStorageUri, 'sessions').fsPath,
          key,
          pruned: (session) => {
            const text = prunedText(session);
            log.warn(`${text} (${session.name}, ${session.bytes} B)`);
            if (session.messages !== 0) void showWarning(text);
          },
          notPruned: (reason) => log.warn(`Old sessions could not be removed: ${reason}`),
          broken: (path, reason, messages) => {
            log.error(`The session of ${profile.name} is damaged (${reason}) and was set aside: ${path}`);
            void showWarning(setAsideText(profile.name, reason, messages));
          },
        }),
      leftBehind: (profile, messages) => {
        const text = leftBehindText(profile, messages);
        log.warn(text);
        void showWarning(text);
      },
      random: Math.random,
      cryptography: systemCrypto,
      failed,
    }),
  );
  held.add(
    new KeptFilters(connections, context.workspaceState, (error) =>
      failed('Keeping the subscriptions', error),
    ),
  );
  const picker = new ConnectionPicker(connections);
  const publisher = new Publisher(log, systemClock);
  const inspector: InspectorPanels = held.add(
    new InspectorPanels({
      log: packets,
      extensionUri: context.extensionUri,
      connections: {
        ...downPorts({
          ...{ log: packets, connections },
          // It is made below, since it opens inspectors.
          broker: {
            isRunning: () => broker.isRunning,
            onDidChange: (listener) => broker.onDidChange(listener),
          },
        }),
        // VS Code's channel makes null of what is undefined.
        reconnect: (key) =>
          runCommand('connect', typeof key === 'string' ? { connectionKey: key } : undefined),
      },
      opened: () => void persistence.restore(),
      clear,
      memento: context.globalState,
      copySelected: () => runCommand('copyPacketHex'),
      failed: (error) => failed('Showing packets', error),
    }),
  );
  held.add(new CaptureFileEditor({ inspectors: inspector, openFile: openFileSlices, budget }));
  const saving: SavePacketsDependencies = {
    source: async () => {
      await persistence.restore();
      const { active } = inspector;
      if (!active) return { log: packets };
      const { log: shown, file, filtered, selected } = active;
      return {
        ...{ log: shown, selected },
        ...(file && { file }),
        ...(filtered && { shown: filtered }),
      };
    },
    application,
    pace: hostPace,
  };
  const snippetFiles = held.add(new SnippetFiles(failed));
  const inspectorCommands = held.add(
    new InspectorCommands({
      ...{ connections, picker, publisher, log: packets, inspectors: inspector, snippets: snippetFiles },
      capturesOf: (connectionKey) => captures.of(connectionKey),
    }),
  );
  const subscriptionsView = held.add(new SubscriptionsView(connections));
  const broker = held.add(
    new BrokerWorkbench({
      packets,
      clock: systemClock,
      secrets: context.secrets,
      extensionUri: context.extensionUri,
      folder: vscode.Uri.joinPath(context.globalStorageUri, 'broker').fsPath,
      version,
      ready: () => persistence.restore(),
      inspect: (sequence) => inspector.reveal(sequence),
      inspectClient: (name) => inspector.showFiltered(brokerClientFilter(name), name),
      log,
      failed,
    }),
  );
  held.add(new ConnectionsView(connections, broker.tree));
  held.add(new ConnectionStatus(connections));
  held.add(new SnippetsView(snippetFiles));
  held.add(new SnippetLenses(snippetFiles, connections, systemClock));
  held.add(new SnippetDiagnostics(snippetFiles));

  const connectionCommands = new ConnectionCommands({ connections, picker, profiles, passwords });
  held.add(reportPostponedChanges(connections, failed));
  held.add(reportRetries(connections, log));
  held.add(reportKeptFailures(connections, log, systemClock));
  held.add(reportFailures(connections, connectionCommands, log, failed));
  held.add(
    registerCommands(
      {
        ...connectionCommands,
        ...new Version5Commands(picker),
        ...broker.commands,
        ...recording.commands,
        ...inspectorCommands.handlers,
        ...new SubscriptionCommands({
          connections,
          picker,
          publisher,
          view: subscriptionsView,
          newestPacket: (connectionKey, topicName) =>
            newestPacket(packets, captures.of(connectionKey), topicName),
          inspect: (sequence) => inspector.reveal(sequence),
        }),
        ...new SnippetCommands(
          new SnippetPublisher({ connections, picker, publisher, files: snippetFiles, clock: systemClock }),
          snippetFiles,
        ),
        showConnections: () => showConnectionMenu(connections, broker.isRunning),
        showConnectionDetails: async (argument) => {
          const connection = await picker.pick(argument, 'Connection to show');
          if (connection) await showConnectionDetails(connection, connectionCommands, failed);
        },
        chartTopic: async (argument) => {
          const topic = argument ?? subscriptionsView.selectedTopic();
          if (!topic) return void showInformation('Select a topic in the Subscriptions view first.');
          const newest = newestPacket(packets, captures.of(topic.connectionKey), topic.topicName);
          const series = await pickSeries(packets, topic.topicName, newest);
          if (series) inspector.chart(series);
        },
        openInspector: (packet) => inspector.reveal(packet?.sequence),
        newInspector: () => inspector.openAnother(),
        decodeSelection: () =>
          decodeSelection({
            log: packets,
            clock: systemClock,
            ready: () => persistence.restore(),
            inspect: (sequence) => inspector.reveal(sequence),
          }),
        openCaptureFile,
        savePackets: () => savePackets(saving),
        saveSelectedPackets: async (argument) => {
          const selected = inspectorCommands.selected.rows(argument);
          if (selected.count === 0) tellNothingSelected();
          else await savePackets(saving, selected);
        },
        readCaptureFileAgain: () => inspector.active?.file?.readAgain(),
        clearCapture: clear,
        showLog: () => log.show(),
      },
      failed,
    ),
  );
  ending = async () => {
    await Promise.race([
      Promise.allSettled([connections.disconnectAll(), broker.stop()]),
      expiry(goodbyeTime),
    ]);
    await Promise.allSettled([recording.stop(), persistence.save()]);
    held.dispose();
  };
}

/**
 * Says DISCONNECT on every connection, so that no server publishes a will, and keeps the captured packets. VS Code
 * disposes `context.subscriptions` before this is through, so nothing is kept there.
 */
export async function deactivate(): Promise<void> {
  await ending?.();
  ending = undefined;
}

function expiry(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

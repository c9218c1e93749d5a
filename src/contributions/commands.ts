import type { ArgumentName, ArgumentOf } from './arguments';
import { captureFileViewType, inspectorIsActive } from './views';

interface CommandDefinition {
  /** What the palette shows after "MQTT: ". */
  readonly title: string;
  /** What a menu shows, where the title would say too much there. */
  readonly shortTitle?: string;
  /** A codicon's name. */
  readonly icon?: string;
  /** What the command may be given; without one it asks. */
  readonly argument?: ArgumentName;
  /** When the palette offers the command; false where it makes no sense without its argument. Default: always. */
  readonly palette?: string | false;
}

/** A command about what is selected in an inspector: the palette has it while one is in front. */
function inInspector<const D extends CommandDefinition>(definition: D): D & { readonly palette: string } {
  return { ...definition, palette: inspectorIsActive };
}

export const commandCategory = 'MQTT';

/** Every command, by the part of its id after `mqttWorkbench.`. */
export const commands = {
  addConnection: { title: 'Add Connection…', icon: 'add' },
  editConnection: { title: 'Edit Connection…', icon: 'edit', argument: 'connection' },
  removeConnection: { title: 'Remove Connection…', icon: 'trash', argument: 'connection' },
  setPassword: { title: 'Set Password…', icon: 'key', argument: 'connection' },
  setPassphrase: { title: 'Set Key Passphrase…', icon: 'key', argument: 'connection' },
  setProxyPassword: { title: 'Set Proxy Password…', icon: 'key', argument: 'connection' },
  connect: { title: 'Connect', icon: 'plug', argument: 'connection' },
  disconnect: { title: 'Disconnect', icon: 'debug-disconnect', argument: 'connection' },
  disconnectWithReason: {
    title: 'Disconnect with Reason…',
    icon: 'debug-disconnect',
    argument: 'connection',
  },
  reauthenticate: { title: 'Re-authenticate', icon: 'shield', argument: 'connection' },
  showConnectionDetails: { title: 'Show Details', icon: 'info', argument: 'connection' },
  showConnectionPackets: { title: 'Show Packets of Connection', icon: 'search', argument: 'connection' },
  copyAddress: { title: 'Copy Address', icon: 'copy', argument: 'connection' },
  openConnectionSettings: {
    title: 'Open Connection Settings',
    icon: 'settings-gear',
    argument: 'settings',
  },
  showConnections: { title: 'Show Connections…', icon: 'list-selection' },
  subscribe: { title: 'Subscribe…', icon: 'rss', argument: 'connection' },
  unsubscribe: { title: 'Unsubscribe…', icon: 'close', argument: 'filter' },
  removeOtherTopics: { title: 'Remove Other Topics', icon: 'close', argument: 'connection' },
  showMoreTopics: { title: 'Show More Topics', argument: 'topicRow', palette: false },
  publish: { title: 'Publish…', icon: 'send', argument: 'connection' },
  publishHere: { title: 'Publish Here…', icon: 'send', argument: 'topic' },
  copyTopic: { title: 'Copy Topic', icon: 'copy', argument: 'topic' },
  copyValue: { title: 'Copy Value', icon: 'clippy', argument: 'topic' },
  openTopicInInspector: { title: 'Show in Inspector', icon: 'search', argument: 'topic' },
  chartTopic: { title: 'Chart a Number…', icon: 'graph-line', argument: 'topic' },
  openInspector: { title: 'Open Inspector', icon: 'search', argument: 'packet' },
  newInspector: { title: 'New Inspector', icon: 'empty-window' },
  decodeSelection: { title: 'Decode as MQTT', icon: 'file-binary' },
  publishSnippet: {
    title: 'Publish Snippet',
    shortTitle: 'Publish',
    icon: 'play',
    argument: 'snippet',
    palette: 'editorLangId == mqtt',
  },
  publishSnippetTo: {
    title: 'Publish Snippet To…',
    shortTitle: 'Publish To…',
    icon: 'run-above',
    argument: 'snippet',
    palette: 'editorLangId == mqtt',
  },
  openSnippet: { title: 'Open Snippet', icon: 'go-to-file', argument: 'snippet' },
  newSnippetFile: { title: 'New Snippet File', icon: 'new-file' },
  startBroker: { title: 'Start Local Broker', icon: 'play' },
  stopBroker: { title: 'Stop Local Broker', icon: 'debug-stop' },
  restartBroker: { title: 'Restart Local Broker', icon: 'debug-restart' },
  showBrokerAddresses: { title: 'Show Local Broker Addresses…', icon: 'link' },
  openBrokerToNetwork: { title: 'Make Local Broker Reachable from the Network…', icon: 'globe' },
  closeBrokerToNetwork: { title: 'Limit Local Broker to This Computer', icon: 'lock' },
  openBrokerSettings: { title: 'Open Local Broker Settings', icon: 'settings-gear' },
  addBrokerUser: { title: 'Add Local Broker User…', icon: 'person-add' },
  removeBrokerUser: { title: 'Remove Local Broker User…', icon: 'trash' },
  copyBrokerCaPem: { title: 'Copy CA Certificate as PEM', icon: 'copy' },
  copyBrokerCaHeader: { title: 'Copy CA Certificate as C Header', icon: 'copy' },
  copyBrokerAddress: { title: 'Copy Address of Local Broker', icon: 'copy', argument: 'brokerAddress' },
  showBrokerQrCode: { title: 'Show QR Code of Address', icon: 'device-mobile', argument: 'brokerAddress' },
  disconnectBrokerClient: {
    title: 'Disconnect Client…',
    icon: 'debug-disconnect',
    argument: 'brokerClient',
  },
  forgetBrokerSession: { title: 'Forget Session of Client…', icon: 'trash', argument: 'brokerClient' },
  showBrokerClientPackets: { title: 'Show Packets of Client', icon: 'search', argument: 'brokerClient' },
  copyBrokerClientId: { title: 'Copy Client Identifier', icon: 'copy', argument: 'brokerClient' },
  copyBrokerClientAddress: { title: 'Copy Address of Client', icon: 'copy', argument: 'brokerClient' },
  openRetained: { title: 'Open Retained Message', icon: 'go-to-file', argument: 'retained' },
  copyRetainedTopic: { title: 'Copy Retained Topic', icon: 'copy', argument: 'retained' },
  clearRetained: { title: 'Clear Retained Message…', icon: 'trash', argument: 'retained' },
  clearAllRetained: { title: 'Clear All Retained Messages…', icon: 'clear-all' },
  showBrokerProblem: {
    title: 'Show Packet of Problem',
    shortTitle: 'Show Packet',
    icon: 'search',
    argument: 'brokerProblem',
  },
  copyBrokerProblem: {
    title: 'Copy Problem of Local Broker',
    shortTitle: 'Copy',
    icon: 'copy',
    argument: 'brokerProblem',
  },
  dismissBrokerProblem: {
    title: 'Dismiss Problem of Local Broker',
    shortTitle: 'Dismiss',
    icon: 'close',
    argument: 'brokerProblem',
  },
  quietBrokerProblems: {
    title: 'Notify No More of Problems of Local Broker',
    shortTitle: 'No More Notifications',
    icon: 'bell-slash',
  },
  clearBrokerProblems: { title: 'Clear Problems of Local Broker', icon: 'clear-all' },
  showMoreBrokerRows: { title: 'Show More of Local Broker', argument: 'brokerRow', palette: false },
  publishPacketAgain: inInspector({ title: 'Publish Again', icon: 'send', argument: 'packet' }),
  savePacketAsSnippet: inInspector({ title: 'Save as Snippet…', argument: 'packet' }),
  expectPacket: inInspector({ title: 'Add to Test as EXPECT…', argument: 'packet' }),
  copyPacketHex: inInspector({ title: 'Copy as Hex', argument: 'packet' }),
  copyPacketCArray: inInspector({ title: 'Copy as C Array', argument: 'packet' }),
  copyPacketBase64: inInspector({ title: 'Copy as Base64', argument: 'packet' }),
  copyPacketJson: inInspector({ title: 'Copy as JSON', argument: 'packet' }),
  copyMosquittoPub: inInspector({ title: 'Copy as mosquitto_pub Command', argument: 'packet' }),
  openPayload: inInspector({ title: 'Open Payload in Editor', argument: 'packet' }),
  savePayload: inInspector({ title: 'Save Payload…', argument: 'packet' }),
  filterByField: inInspector({ title: 'Filter by This Field' }),
  filterByTopic: inInspector({ title: 'Filter by Topic', argument: 'packet' }),
  filterByClient: inInspector({ title: 'Filter by Client', argument: 'packet' }),
  filterByPacketType: inInspector({ title: 'Filter by Packet Type', argument: 'packet' }),
  measureTimesFrom: inInspector({ title: 'Measure Times from This Packet', argument: 'packet' }),
  showTimeOfDay: inInspector({ title: 'Show Time of Day' }),
  showTimeSince: inInspector({ title: 'Show Time since Reference' }),
  showTimeDelta: inInspector({ title: 'Show Time since Packet Above' }),
  chooseColumns: inInspector({ title: 'Choose Columns…' }),
  hideColumn: { title: 'Hide Column', argument: 'column', palette: false },
  resetColumns: inInspector({ title: 'Reset Columns' }),
  copyFieldName: inInspector({ title: 'Copy Field Name' }),
  copyFieldValue: inInspector({ title: 'Copy Field Value' }),
  copyFieldBytes: inInspector({ title: 'Copy Field Bytes' }),
  copyPayloadPath: inInspector({ title: 'Copy Path of Payload Value' }),
  copyPayloadValue: inInspector({ title: 'Copy Payload Value' }),
  chartPayloadNumber: inInspector({ title: 'Chart Payload Number' }),
  filterByPayloadValue: inInspector({ title: 'Filter by Payload Value' }),
  nextViolation: inInspector({ title: 'Go to Next Problem of Packet' }),
  previousViolation: inInspector({ title: 'Go to Previous Problem of Packet' }),
  savePackets: { title: 'Save Packets…', icon: 'save-as' },
  saveSelectedPackets: inInspector({ title: 'Save Selected Packets…', argument: 'packet' }),
  openCaptureFile: { title: 'Open Capture File…', icon: 'folder-opened' },
  readCaptureFileAgain: {
    title: 'Read Capture File Again',
    icon: 'refresh',
    palette: `activeCustomEditorId == ${captureFileViewType}`,
  },
  showFlightRecorder: { title: 'Flight Recorder…', icon: 'record' },
  toggleFlightRecorder: { title: 'Turn Flight Recorder On or Off', icon: 'record' },
  openLatestRecording: { title: 'Open Latest Recording', icon: 'history' },
  openRecordings: { title: 'Open Flight Recorder Folder', icon: 'folder-opened' },
  clearCapture: { title: 'Clear Captured Packets', icon: 'clear-all' },
  showLog: { title: 'Show Log', icon: 'output' },
} as const satisfies Readonly<Record<string, CommandDefinition>>;

export type CommandName = keyof typeof commands;
export type CommandId = `mqttWorkbench.${CommandName}`;

/** What the handler of a command receives; undefined where it was given nothing or something else. */
export type CommandArgument<N extends CommandName> = (typeof commands)[N] extends {
  readonly argument: infer A extends ArgumentName;
}
  ? ArgumentOf<A> | undefined
  : undefined;

/** One handler for each command: a missing or misspelt one, or one with the wrong argument, does not compile. */
export type CommandHandlers = {
  readonly [N in CommandName]: (argument: CommandArgument<N>) => unknown;
};

export function commandId(name: CommandName): CommandId {
  return `mqttWorkbench.${name}`;
}

/** The definition without the literal types of its entry. */
export function commandDefinition(name: CommandName): CommandDefinition {
  return commands[name];
}

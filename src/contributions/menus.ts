import type { CommandName } from './commands';
import {
  captureFileViewType,
  contextKeys,
  inspectorIsActive,
  inspectorViewType,
  pageIsInspector,
  type RowContext,
  type ViewName,
  viewId,
} from './views';

interface MenuItem {
  readonly command: CommandName;
  readonly when: string;
  readonly group: string;
}

function onView(view: ViewName, command: CommandName, group: string, when?: string): MenuItem {
  return { command, group, when: `view == ${viewId(view)}${when === undefined ? '' : ` && ${when}`}` };
}

/** An entry on rows of a view; `group` starts with `inline` for the icons at the row's end. */
function onRows(
  view: ViewName,
  rows: readonly RowContext[],
  command: CommandName,
  group: string,
  when?: string,
): MenuItem {
  const alternatives = rows.map((row) => row.replace(/\./g, '\\.')).join('|');
  const those = `viewItem =~ /^(${alternatives})$/`;
  return onView(view, command, group, when === undefined ? those : `${when} && ${those}`);
}

/** A part of an inspector's page, as `data-vscode-context` of the page tells it. */
function inWebview(section: string, command: CommandName, group: string, when?: string): MenuItem {
  const place = `${pageIsInspector} && webviewSection == ${section}`;
  return { command, group, when: when === undefined ? place : `${place} && ${when}` };
}

function onPackets(command: CommandName, group: string, when?: string): MenuItem {
  return inWebview('packet', command, group, when);
}

const aPublish = 'mqttPacketType == PUBLISH';
const inCaptureFile = `activeCustomEditorId == ${captureFileViewType}`;

const speaking5: readonly RowContext[] = ['connection.connected5', 'connection.authenticated5'];

const connected: readonly RowContext[] = ['connection.connected', ...speaking5];

const anyProfile: readonly RowContext[] = [
  'connection.disconnected',
  'connection.connecting',
  'connection.reconnecting',
  ...connected,
];

/** What is subscribed and published there waits, if not for the answer then for the connection. */
const lasting: readonly RowContext[] = ['connection.reconnecting', ...connected];

const beginning: readonly RowContext[] = ['connection.disconnected', 'connection.reconnecting'];

const ending: readonly RowContext[] = ['connection.connecting', 'connection.reconnecting', ...connected];

const anySubscribed: readonly RowContext[] = [
  'subscribedConnection.connected',
  'subscribedConnection.disconnected',
];

const anyBroker: readonly RowContext[] = ['broker.stopped', 'broker.running'];

const anyProblem: readonly RowContext[] = ['broker.problems', 'broker.problem'];

const anyClient: readonly RowContext[] = ['broker.client.connected', 'broker.client.away'];

/** Every entry of every menu of VS Code's that the extension adds to, but the palette's, which commands.ts tells. */
export const menus = {
  'view/title': [
    onView('connections', 'addConnection', 'navigation@1'),
    onView('connections', 'openInspector', 'navigation@2'),
    onView('connections', 'openConnectionSettings', '2_more@1'),
    onView('connections', 'openCaptureFile', '2_more@2'),
    onView('connections', 'savePackets', '2_more@3'),
    onView('connections', 'showFlightRecorder', '2_more@4'),
    onView('connections', 'clearCapture', '2_more@5'),
    onView('connections', 'showLog', '2_more@6'),
    onView('subscriptions', 'subscribe', 'navigation@1'),
    onView('subscriptions', 'publish', 'navigation@2'),
    onView('subscriptions', 'openInspector', 'navigation@3'),
    onView('snippets', 'newSnippetFile', 'navigation@1'),
  ],
  'view/item/context': [
    onRows('connections', beginning, 'connect', 'inline@1'),
    onRows('connections', connected, 'publish', 'inline@1'),
    onRows('connections', connected, 'subscribe', 'inline@2'),
    onRows('connections', ending, 'disconnect', 'inline@3'),
    onRows('connections', ['connection.invalid'], 'openConnectionSettings', 'inline@1'),
    onRows('connections', beginning, 'connect', '1_state@1'),
    onRows('connections', ending, 'disconnect', '1_state@2'),
    onRows('connections', speaking5, 'disconnectWithReason', '1_state@3'),
    onRows('connections', ['connection.authenticated5'], 'reauthenticate', '1_state@4'),
    onRows('connections', lasting, 'subscribe', '2_messages@1'),
    onRows('connections', lasting, 'publish', '2_messages@2'),
    onRows('connections', anyProfile, 'showConnectionPackets', '2_messages@3'),
    onRows('connections', anyProfile, 'showConnectionDetails', '3_copy@1'),
    onRows('connections', anyProfile, 'copyAddress', '3_copy@2'),
    onRows('connections', anyProfile, 'setPassword', '4_edit@1'),
    onRows('connections', anyProfile, 'editConnection', '4_edit@2'),
    onRows('connections', anyProfile, 'removeConnection', '4_edit@3'),
    onRows('connections', ['connection.invalid'], 'openConnectionSettings', '4_edit@1'),

    onRows('connections', ['broker.stopped'], 'startBroker', 'inline@1'),
    onRows('connections', ['broker.running'], 'showBrokerAddresses', 'inline@1'),
    onRows('connections', ['broker.running'], 'stopBroker', 'inline@2'),
    onRows('connections', ['broker.stopped'], 'startBroker', '1_state@1'),
    onRows('connections', ['broker.running'], 'stopBroker', '1_state@1'),
    onRows('connections', ['broker.running'], 'restartBroker', '1_state@2'),
    onRows('connections', ['broker.running'], 'showBrokerAddresses', '2_reach@1'),
    onRows('connections', anyBroker, 'openBrokerToNetwork', '2_reach@2', `!${contextKeys.brokerReachable}`),
    onRows('connections', anyBroker, 'closeBrokerToNetwork', '2_reach@2', contextKeys.brokerReachable),
    onRows('connections', anyBroker, 'copyBrokerCaPem', '3_copy@1', contextKeys.brokerTls),
    onRows('connections', anyBroker, 'copyBrokerCaHeader', '3_copy@2', contextKeys.brokerTls),
    onRows('connections', anyBroker, 'addBrokerUser', '4_edit@1'),
    onRows('connections', anyBroker, 'removeBrokerUser', '4_edit@2'),
    onRows('connections', anyBroker, 'openBrokerSettings', '4_edit@3'),
    onRows('connections', ['broker.address'], 'copyBrokerAddress', 'inline@1'),
    onRows('connections', ['broker.address'], 'showBrokerQrCode', 'inline@2'),
    onRows('connections', ['broker.address'], 'copyBrokerAddress', '3_copy@1'),
    onRows('connections', ['broker.address'], 'showBrokerQrCode', '3_copy@2'),
    onRows('connections', anyClient, 'showBrokerClientPackets', 'inline@1'),
    onRows('connections', ['broker.client.connected'], 'disconnectBrokerClient', 'inline@2'),
    onRows('connections', ['broker.client.away'], 'forgetBrokerSession', 'inline@2'),
    onRows('connections', anyClient, 'showBrokerClientPackets', '1_look@1'),
    onRows('connections', ['broker.client.connected'], 'disconnectBrokerClient', '2_end@1'),
    onRows('connections', anyClient, 'forgetBrokerSession', '2_end@2'),
    onRows('connections', anyClient, 'copyBrokerClientId', '3_copy@1'),
    onRows('connections', ['broker.client.connected'], 'copyBrokerClientAddress', '3_copy@2'),
    onRows('connections', ['broker.retainedMessages'], 'clearAllRetained', 'inline@1'),
    onRows('connections', ['broker.retainedMessages'], 'clearAllRetained', '1_clear@1'),
    onRows('connections', ['broker.retained'], 'openRetained', 'inline@1'),
    onRows('connections', ['broker.retained'], 'clearRetained', 'inline@2'),
    onRows('connections', ['broker.retained'], 'openRetained', '1_look@1'),
    onRows('connections', ['broker.retained'], 'copyRetainedTopic', '3_copy@1'),
    onRows('connections', ['broker.retained'], 'clearRetained', '4_clear@1'),
    onRows('connections', ['broker.problems'], 'clearBrokerProblems', 'inline@1'),
    onRows('connections', ['broker.problems'], 'clearBrokerProblems', '1_clear@1'),
    onRows('connections', ['broker.problem'], 'showBrokerProblem', 'inline@1'),
    onRows('connections', ['broker.problem'], 'dismissBrokerProblem', 'inline@2'),
    onRows('connections', ['broker.problem'], 'showBrokerProblem', '1_look@1'),
    onRows('connections', ['broker.problem'], 'copyBrokerProblem', '3_copy@1'),
    onRows('connections', ['broker.problem'], 'dismissBrokerProblem', '4_end@1'),
    onRows('connections', anyProblem, 'quietBrokerProblems', '4_end@2', `!${contextKeys.brokerQuiet}`),

    onRows('subscriptions', ['subscribedConnection.connected'], 'subscribe', 'inline@1'),
    onRows('subscriptions', ['subscribedConnection.disconnected'], 'connect', 'inline@1'),
    onRows('subscriptions', ['subscribedConnection.disconnected'], 'connect', '1_state@1'),
    onRows('subscriptions', ['subscribedConnection.connected'], 'disconnect', '1_state@1'),
    onRows('subscriptions', anySubscribed, 'subscribe', '2_messages@1'),
    onRows('subscriptions', ['subscribedConnection.connected'], 'publish', '2_messages@2'),
    onRows('subscriptions', ['filter'], 'unsubscribe', 'inline@1'),
    onRows('subscriptions', ['filter'], 'unsubscribe', '1_filter@1'),
    onRows('subscriptions', ['otherTopics'], 'removeOtherTopics', 'inline@1'),
    onRows('subscriptions', ['otherTopics'], 'removeOtherTopics', '1_filter@1'),
    onRows('subscriptions', ['topic'], 'publishHere', 'inline@1'),
    onRows('subscriptions', ['topic'], 'openTopicInInspector', 'inline@2'),
    onRows('subscriptions', ['topic'], 'openTopicInInspector', '1_look@1'),
    onRows('subscriptions', ['topic'], 'chartTopic', '1_look@2'),
    onRows('subscriptions', ['topic', 'level'], 'publishHere', '2_messages@1'),
    onRows('subscriptions', ['topic', 'level'], 'copyTopic', '3_copy@1'),
    onRows('subscriptions', ['topic'], 'copyValue', '3_copy@2'),

    onRows('snippets', ['snippet'], 'publishSnippet', 'inline@1'),
    onRows('snippets', ['snippet'], 'publishSnippet', '1_publish@1'),
    onRows('snippets', ['snippet'], 'publishSnippetTo', '1_publish@2'),
    onRows('snippets', ['snippet'], 'openSnippet', '2_open@1'),
  ],
  'editor/title': [
    { command: 'savePackets', when: inspectorIsActive, group: 'navigation@1' },
    { command: 'readCaptureFileAgain', when: inCaptureFile, group: 'navigation@2' },
    { command: 'newInspector', when: inspectorIsActive, group: '0_inspector@1' },
    {
      command: 'showFlightRecorder',
      when: `activeWebviewPanelId == ${inspectorViewType}`,
      group: '1_capture@1',
    },
  ],
  'webview/context': [
    onPackets('publishPacketAgain', '1_message@1', aPublish),
    onPackets('savePacketAsSnippet', '1_message@2', aPublish),
    onPackets('expectPacket', '1_message@3', aPublish),
    onPackets('openPayload', '2_payload@1', `${aPublish} && !mqttSeveral`),
    onPackets('savePayload', '2_payload@2', `${aPublish} && !mqttSeveral`),
    onPackets('copyPacketHex', '3_copy@1'),
    onPackets('copyPacketCArray', '3_copy@2'),
    onPackets('copyPacketBase64', '3_copy@3'),
    onPackets('copyPacketJson', '3_copy@4'),
    onPackets('copyMosquittoPub', '3_copy@5', aPublish),
    onPackets('saveSelectedPackets', '3_copy@6'),
    onPackets('filterByTopic', '4_filter@1', `${aPublish} && !mqttSeveral`),
    onPackets('filterByClient', '4_filter@2', '!mqttSeveral'),
    onPackets('filterByPacketType', '4_filter@3', '!mqttSeveral'),
    onPackets('measureTimesFrom', '5_time@1', '!mqttSeveral'),
    inWebview('packetHeader', 'showTimeOfDay', '1_time@1'),
    inWebview('packetHeader', 'showTimeSince', '1_time@2'),
    inWebview('packetHeader', 'showTimeDelta', '1_time@3'),
    inWebview('packetHeader', 'hideColumn', '2_columns@1', '!mqttColumnStays'),
    inWebview('packetHeader', 'chooseColumns', '2_columns@2'),
    inWebview('packetHeader', 'resetColumns', '2_columns@3'),
    inWebview('field', 'copyFieldValue', '1_copy@1'),
    inWebview('field', 'copyFieldName', '1_copy@2'),
    inWebview('field', 'copyFieldBytes', '1_copy@3'),
    inWebview('field', 'filterByField', '2_filter@1'),
    inWebview('field', 'nextViolation', '3_go@1'),
    inWebview('field', 'previousViolation', '3_go@2'),
    inWebview('payloadValue', 'copyPayloadPath', '1_copy@1'),
    inWebview('payloadValue', 'copyPayloadValue', '1_copy@2'),
    inWebview('payloadValue', 'chartPayloadNumber', '2_use@1', 'mqttChartable'),
    inWebview('payloadValue', 'filterByPayloadValue', '2_use@2', 'mqttFilterable'),
  ],
  'editor/context': [{ command: 'decodeSelection', when: 'editorHasSelection', group: 'z_mqtt@1' }],
} as const satisfies Readonly<Record<string, readonly MenuItem[]>>;

interface KeybindingDefinition {
  readonly command: CommandName;
  readonly key: string;
  readonly mac: string;
  readonly when: string;
}

export const keybindings: readonly KeybindingDefinition[] = [
  {
    command: 'publishSnippet',
    key: 'ctrl+alt+enter',
    mac: 'cmd+alt+enter',
    when: 'editorTextFocus && editorLangId == mqtt',
  },
];

import type { CommandName } from './commands';

export const viewContainer = { id: 'mqttWorkbench', title: 'MQTT', icon: 'media/icons/mqtt.svg' } as const;

interface ViewDefinition {
  readonly name: string;
  /** The codicon a view has when it is moved out of its container. */
  readonly icon: string;
  /** Its share of the container's height at first. */
  readonly initialSize: number;
}

/** Every view of the container, in its order. */
export const views = {
  connections: { name: 'Connections', icon: 'plug', initialSize: 3 },
  subscriptions: { name: 'Subscriptions', icon: 'list-tree', initialSize: 4 },
  snippets: { name: 'Snippets', icon: 'file-code', initialSize: 2 },
} as const satisfies Readonly<Record<string, ViewDefinition>>;

/** The type of the inspector's panels. */
export const inspectorViewType = 'mqttWorkbench.inspector';

/** The type of the editor of capture files, and the ends of their names. */
export const captureFileViewType = 'mqttWorkbench.captureFile';
export const captureFileEndings = ['pcapng', 'pcap', 'cap'] as const;

/** In `when` clauses: an inspector is the active editor, of what this window captures or of a file. */
export const inspectorIsActive = `activeWebviewPanelId == ${inspectorViewType} || activeCustomEditorId == ${captureFileViewType}`;
/** In `when` clauses of menus in pages: the page is an inspector's. */
export const pageIsInspector = `webviewId =~ /^mqttWorkbench\\.(inspector|captureFile)$/`;

export type ViewName = keyof typeof views;
export type ViewId = `mqttWorkbench.${ViewName}`;

export function viewId(name: ViewName): ViewId {
  return `mqttWorkbench.${name}`;
}

/** What menus tell rows apart by. */
export const rowContexts = [
  'connection.disconnected',
  'connection.connecting',
  'connection.reconnecting',
  // Up with a version before 5.0, with 5.0, and with 5.0 by enhanced authentication.
  'connection.connected',
  'connection.connected5',
  'connection.authenticated5',
  'connection.invalid',
  'subscribedConnection.connected',
  'subscribedConnection.disconnected',
  'filter',
  'otherTopics',
  'topic',
  'level',
  'snippet',
  'broker.stopped',
  'broker.working',
  'broker.running',
  'broker.address',
  'broker.client.connected',
  'broker.client.away',
  'broker.retainedMessages',
  'broker.retained',
  'broker.problems',
  'broker.problem',
] as const;

export type RowContext = (typeof rowContexts)[number];

/** The context keys the extension sets; `when` clauses read them. */
export const contextKeys = {
  /** At least one connection is up. */
  connected: 'mqttWorkbench.connected',
  /** At least one connection is written down. */
  hasConnections: 'mqttWorkbench.hasConnections',
  /** Others than this computer reach the local broker, or would once it is started. */
  brokerReachable: 'mqttWorkbench.brokerReachable',
  /** A listener of the local broker speaks TLS, or would once it is started. */
  brokerTls: 'mqttWorkbench.brokerTls',
  /** Devices that break the protocol at the local broker give no notifications. */
  brokerQuiet: 'mqttWorkbench.brokerQuiet',
} as const;

export type ContextKey = keyof typeof contextKeys;

interface WelcomeDefinition {
  readonly view: ViewName;
  readonly when?: string;
  readonly text: string;
  /** Buttons under the text: their caption and command. */
  readonly buttons: readonly (readonly [caption: string, command: CommandName])[];
}

/** What empty views say. */
export const welcomes: readonly WelcomeDefinition[] = [
  {
    view: 'connections',
    text: 'Nothing is connected yet. Add the MQTT server your devices talk to, or start a broker right here, point a device at this computer and see every packet it sends.',
    buttons: [
      ['Add Connection', 'addConnection'],
      ['Start Local Broker', 'startBroker'],
    ],
  },
  {
    view: 'subscriptions',
    when: `!${contextKeys.hasConnections}`,
    text: 'Topics and their last values appear here once a connection is up and subscribed.',
    buttons: [],
  },
  {
    view: 'subscriptions',
    when: `${contextKeys.hasConnections} && !${contextKeys.connected}`,
    text: 'Topics and their last values appear here once a connection is up and subscribed.',
    buttons: [['Connect', 'connect']],
  },
  {
    view: 'snippets',
    text: 'Messages kept in .mqtt files of the workspace appear here, ready to be published.',
    buttons: [['New Snippet File', 'newSnippetFile']],
  },
];

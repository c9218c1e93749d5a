import { brokerLimitSettings, brokerSettings, brokerUseSettings } from './brokerSettings';
import { connectProperties, type ConnectSetting } from './connectSettings';
import { recorderSettings } from './recorderSettings';
import { networkProperties, type NetworkSetting } from './networkSettings';
import type { SettingSchema } from './settingSchema';

interface SettingDefinition extends SettingSchema {
  /** `machine` belongs to the computer and cannot be set by a workspace. */
  readonly scope: 'machine' | 'window';
}

/** What a payload may be shown as, in the words of the settings. */
export const payloadForms = ['json', 'text', 'hex', 'image'] as const;

export const versionNames = ['3.1', '3.1.1', '5.0', 'automatic'] as const;

/** A protocol version as people call it. */
export type VersionName = (typeof versionNames)[number];

/** One connection as it stands in the settings, where anybody may have written anything: read it with `parseProfile`. */
export interface ConnectionSetting extends NetworkSetting, ConnectSetting {
  readonly name: string;
  readonly version: VersionName;
  readonly userName?: string;
  readonly clientId?: string;
  readonly cleanStart?: boolean;
  /** Seconds. */
  readonly keepAlive?: number;
  readonly reconnect?: boolean;
}

export const connectionDefaults = {
  version: '5.0',
  cleanStart: true,
  keepAlive: 60,
  reconnect: true,
} as const;

const connectionProperties = {
  name: { type: 'string', minLength: 1, description: 'What the connection is called.' },
  ...networkProperties,
  version: {
    type: 'string',
    enum: versionNames,
    enumDescriptions: [
      'As old devices speak it.',
      'What most devices speak.',
      'With properties and reason codes.',
      '5.0, or 3.1.1 where the server says that it does not speak 5.0.',
    ],
    default: connectionDefaults.version,
    description: 'The version of MQTT to speak.',
  },
  userName: {
    type: 'string',
    description: 'Told to the server. The password is asked for and kept outside the settings.',
  },
  clientId: {
    type: 'string',
    description: 'The Client Identifier. Left out, each window makes up one of its own.',
  },
  cleanStart: {
    type: 'boolean',
    default: connectionDefaults.cleanStart,
    description:
      'Start with a new session instead of resuming the one the server kept. When off, an MQTT 5.0 server is asked to keep the session for an hour after the connection ends, or for sessionExpiry; older versions keep it without end, and so need a clientId. With a clientId, messages that were not delivered survive the end of the window; otherwise, and when on, they are lost with it.',
  },
  keepAlive: {
    type: 'integer',
    minimum: 0,
    maximum: 65535,
    default: connectionDefaults.keepAlive,
    description: 'The longest silence in seconds before the client sends a ping; 0 turns it off.',
  },
  reconnect: {
    type: 'boolean',
    default: connectionDefaults.reconnect,
    description:
      'Make a connection that was up and is lost again by itself, unless that would come to the same. Messages of QoS 1 and 2 wait for it.',
  },
  ...connectProperties,
} as const satisfies Readonly<Record<keyof ConnectionSetting, SettingSchema>>;

const connectionSettings = {
  connections: {
    type: 'array',
    scope: 'window',
    default: [],
    markdownDescription:
      'The connections in the MQTT view, of the user and of the workspace. Passwords are never written here: the view asks for them and keeps them in the secret storage.',
    items: {
      type: 'object',
      required: ['name'],
      additionalProperties: false,
      properties: connectionProperties,
      defaultSnippets: [
        { label: 'TCP', body: { name: '${1:bench}', host: '${2:127.0.0.1}', port: 1883, version: '5.0' } },
        {
          label: 'TLS',
          body: {
            name: '${1:bench}',
            transport: 'tls',
            host: '${2:broker.example}',
            port: 8883,
            version: '5.0',
            tls: { ca: '${3:certs/ca.pem}' },
          },
        },
      ],
    },
  },
} as const satisfies Readonly<Record<string, SettingDefinition>>;

const captureSettings = {
  'capture.budget': {
    type: 'integer',
    scope: 'machine',
    default: 256,
    minimum: 1,
    maximum: 1024,
    markdownDescription:
      'The most memory that captured packets take, in MiB. Beyond it the oldest packets go, and the inspector says how many went. They are kept on the disk, passwords concealed, while the window is closed.',
  },
  payloadRules: {
    type: 'array',
    scope: 'window',
    default: [],
    markdownDescription:
      'What the inspector shows payloads as, by topic; the first filter that matches counts. Without a rule it goes by the Content Type, then by the look of the bytes.',
    items: {
      type: 'object',
      required: ['topic', 'as'],
      additionalProperties: false,
      properties: {
        topic: {
          type: 'string',
          minLength: 1,
          description: 'A topic filter, such as `devices/+/state`.',
        },
        as: {
          type: 'string',
          enum: payloadForms,
          enumDescriptions: ['A tree.', 'UTF-8.', 'Bytes.', 'PNG, JPEG, GIF, WebP or BMP.'],
          description: 'What payloads of these topics are shown as.',
        },
      },
    },
  },
} as const satisfies Readonly<Record<string, SettingDefinition>>;

interface SettingGroup {
  readonly title: string;
  readonly settings: Readonly<Record<string, SettingDefinition>>;
}

/** The sections of the settings editor, and what is in each, both in the order in which people see them. */
export const settingGroups: readonly SettingGroup[] = [
  { title: 'Connections', settings: connectionSettings },
  { title: 'Local Broker', settings: brokerUseSettings },
  { title: 'Broker Limits', settings: brokerLimitSettings },
  { title: 'Inspector and Capture', settings: captureSettings },
  { title: 'Flight Recorder', settings: recorderSettings },
];

/** Every setting, by the part of its id after `mqttWorkbench.`. */
export const settings = {
  ...connectionSettings,
  ...brokerSettings,
  ...captureSettings,
  ...recorderSettings,
} as const;

export type SettingName = keyof typeof settings;

/** What reading a setting yields: whatever somebody wrote, whose type only the reader can tell. */
export interface SettingTypes extends Readonly<Record<SettingName, unknown>> {
  readonly connections: readonly unknown[];
  readonly 'capture.budget': unknown;
  readonly payloadRules: unknown;
}

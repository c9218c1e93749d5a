import { defaultLimits, type BrokerLimits } from '../../broker/brokerOptions';
import { brokerSettings as editorSettings } from '../../contributions/brokerSettings';
import { UsageError } from '../terminal';

type LimitName = Exclude<keyof BrokerLimits, 'maximumQoS'>;

/** How the value of a setting looks. */
export type SettingKind =
  | { readonly kind: 'text' }
  /** A file or folder; in a config file relative to that. */
  | { readonly kind: 'path' }
  | { readonly kind: 'choice'; readonly among: readonly string[] }
  | { readonly kind: 'number'; readonly least: number; readonly most: number }
  /** On by its name alone; true or false in a config file. */
  | { readonly kind: 'switch' }
  /** May be given several times; a list in a config file. */
  | { readonly kind: 'texts' };

export interface Setting {
  readonly kind: SettingKind;
  /** What stands for the value in the help. */
  readonly value?: string;
  readonly does: string;
}

const path: SettingKind = { kind: 'path' };
const number = (least: number, most: number): SettingKind => ({ kind: 'number', least, most });
const choice = (...among: readonly string[]): SettingKind => ({ kind: 'choice', among });

const mostPort = 65_535;
const mostAliases = 65_535;

/** Those that are seconds here and milliseconds in the broker. */
const inSeconds: ReadonlySet<string> = new Set<LimitName>(['connectTimeout']);

const limitHelp: Readonly<Record<LimitName, string>> = {
  maximumConnections: 'clients that may be connected at once',
  maximumPacketSize: 'the largest packet that is taken, in bytes',
  unfinishedBytes: 'bytes of packets that are not whole yet, of all clients together',
  queuedMessages: 'QoS 1 and 2 messages that may wait for one client',
  queueBytes: 'bytes of them',
  writeBufferBytes: 'bytes of QoS 0 messages that wait for a client that is too slow',
  totalQueueBytes: 'bytes of messages that may wait for all clients together',
  subscriptionsPerSession: 'subscriptions of one client',
  subscriptionBytes: 'bytes that all subscriptions may take in memory',
  topicLevels: 'levels of a topic',
  connectTimeout:
    'how long a client may take for handshakes, and then to send CONNECT and be let in, in seconds',
  sessions: 'sessions, connected or not',
  retainedMessages: 'retained messages',
  retainedBytes: 'bytes of them',
  receiveMaximum: 'QoS 1 and 2 messages a client may have unacknowledged',
  topicAliasMaximum: 'topic aliases a client may set',
  outboundTopicAliases: 'topic aliases the broker sets',
  retainAvailable: 'retained messages at all',
  wildcardSubscriptionAvailable: 'wildcards in subscriptions',
  subscriptionIdentifierAvailable: 'subscription identifiers',
  sharedSubscriptionAvailable: 'shared subscriptions',
  maximumKeepAlive: 'the longest keep alive, in seconds; 0 leaves it to the client',
  maximumSessionExpiry: 'the longest session expiry, in seconds',
};

/** Where a number may be, which is where the editor has it: what is beyond could not be kept to, or breaks a rule of CONNACK. */
function boundsOf(name: string): SettingKind {
  const setting = `broker.${name}`;
  if (!isInEditor(setting)) return number(0, mostAliases);
  const schema = editorSettings[setting];
  if (schema.type !== 'integer') throw new Error(`The setting ${setting} has no bounds`);
  return number(schema.minimum, schema.maximum);
}

function isInEditor(name: string): name is keyof typeof editorSettings {
  return Object.hasOwn(editorSettings, name);
}

const limits: readonly (readonly [string, Setting])[] = Object.entries(limitHelp).map(([name, does]) => {
  const usual = defaultLimits[name as LimitName];
  if (typeof usual === 'boolean') return [name, { kind: choice('true', 'false'), does: `${does}; ${usual}` }];
  const shown = inSeconds.has(name) ? usual / 1000 : usual;
  return [name, { kind: boundsOf(name), value: 'N', does: `${does}; ${shown}` }];
});

/** Every setting of `broker`, by its name in a config file. As an option it is written with hyphens: `--keep-state`. */
export const brokerSettings: ReadonlyMap<string, Setting> = new Map<string, Setting>([
  [
    'listen',
    {
      kind: { kind: 'texts' },
      value: 'URL',
      does: 'where to listen, any number of times: mqtt://127.0.0.1:1883, mqtts://0.0.0.0:8883, ws://:8083, wss://[::]:8084',
    },
  ],
  [
    'port',
    { kind: number(0, mostPort), value: 'N', does: 'the port for plain MQTT; 1883; 0 takes a free one' },
  ],
  ['host', { kind: { kind: 'text' }, value: 'H', does: 'where listeners without a host listen; 127.0.0.1' }],
  ['users', { kind: path, value: 'FILE', does: 'users with their passwords, see "password"' }],
  [
    'rules',
    {
      kind: path,
      value: 'FILE',
      does: 'who may publish and subscribe to what; JSON with comments. $SYS/# needs a rule of its own',
    },
  ],
  [
    'anonymous',
    {
      kind: choice('never', 'loopback', 'always'),
      does: 'who may come without a user name; always, with users loopback',
    },
  ],
  ['keepState', { kind: path, value: 'DIR', does: 'keeps sessions and retained messages there' }],
  [
    'certificates',
    { kind: path, value: 'DIR', does: 'where the own authority is; ~/.mqtt-workbench/certificates' },
  ],
  [
    'certificate',
    { kind: path, value: 'FILE', does: 'a certificate with its chain, instead of the own one' },
  ],
  ['key', { kind: path, value: 'FILE', does: 'its key' }],
  [
    'keyType',
    { kind: choice('ec', 'rsa'), does: 'the keys of the own certificates; ec. Old firmware wants rsa' },
  ],
  ['minimumTls', { kind: choice('1.0', '1.1', '1.2', '1.3'), does: 'the oldest version of TLS; 1.2' }],
  ['clientCa', { kind: path, value: 'FILE', does: 'the authorities of client certificates' }],
  [
    'clientCertificates',
    { kind: choice('none', 'request', 'require'), does: 'whether clients show one; require, with client-ca' },
  ],
  [
    'sysInterval',
    { kind: boundsOf('sysInterval'), value: 'S', does: 'seconds between the $SYS topics; 0 for none; 10' },
  ],
  [
    'responseInformation',
    {
      kind: { kind: 'text' },
      value: 'TEXT',
      does: 'what response topics begin with; %c is the client identifier',
    },
  ],
  ['json', { kind: { kind: 'switch' }, does: 'tells what happens as one JSON object a line' }],
  ['qr', { kind: { kind: 'switch' }, does: 'shows the address of each listener as a QR code' }],
  ['maximumQos', { kind: choice('0', '1', '2'), does: 'the highest QoS; 2' }],
  ...limits,
]);

/** The settings that were given, by name. */
export type GivenSettings = ReadonlyMap<string, readonly string[]>;

/** `keepState` is `--keep-state`. */
export function optionOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Checks a value and returns it; the message of the {@link UsageError} begins with where it stands. */
export function checkedValue(where: string, value: string, { kind }: Setting): string {
  if (kind.kind === 'choice' && !kind.among.includes(value)) {
    throw new UsageError(`${where}: "${value}" is none of ${kind.among.join(', ')}`);
  }
  if (kind.kind === 'switch' && value !== 'true' && value !== 'false') {
    throw new UsageError(`${where}: "${value}" is neither true nor false`);
  }
  if (kind.kind === 'number' && !isWithin(value, kind.least, kind.most)) {
    throw new UsageError(`${where}: "${value}" is not a whole number from ${kind.least} to ${kind.most}`);
  }
  if (value === '') throw new UsageError(`${where} needs a value`);
  return value;
}

function isWithin(text: string, least: number, most: number): boolean {
  return /^\d{1,11}$/.test(text) && Number(text) >= least && Number(text) <= most;
}

/** The help, an option a line. */
export function settingLines(): readonly string[] {
  return [...brokerSettings].map(([name, { kind, value, does }]) => {
    const shown = kind.kind === 'choice' ? kind.among.join('|') : (value ?? '');
    const bounds = kind.kind === 'number' ? ` (${kind.least} to ${kind.most})` : '';
    return `    ${`${optionOf(name)} ${shown}`.trimEnd()}\n        ${does}${bounds}`;
  });
}

/** Whether a switch is on. */
export function isOn(given: GivenSettings, name: 'json' | 'qr'): boolean {
  return given.get(name)?.[0] === 'true';
}

/** The limits among the settings. */
export function limitsOf(given: GivenSettings): Partial<BrokerLimits> {
  const found = Object.keys(limitHelp).flatMap((name) => {
    const value = given.get(name)?.[0];
    if (value === undefined) return [];
    const isSwitch = typeof defaultLimits[name as LimitName] === 'boolean';
    const number = Number(value) * (inSeconds.has(name) ? 1000 : 1);
    return [[name, isSwitch ? value === 'true' : number] as const];
  });
  const maximumQoS = given.get('maximumQos')?.[0];
  return {
    ...(Object.fromEntries(found) as Partial<BrokerLimits>),
    ...(maximumQoS !== undefined && { maximumQoS: Number(maximumQoS) as 0 | 1 | 2 }),
  };
}

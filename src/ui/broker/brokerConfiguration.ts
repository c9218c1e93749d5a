import type { AnonymousAccess } from '../../broker/access/userAccess';
import type { TopicRule } from '../../broker/access/topicRules';
import type { LiveLimits } from '../../broker/brokerOptions';
import {
  anonymousNames,
  type BrokerListenerName,
  brokerListenerNames,
  type BrokerSettingName,
  brokerSettings,
  certificateKeyNames,
  clientCertificateNames,
} from '../../contributions/brokerSettings';
import { type TlsVersionName, tlsVersionNames } from '../../contributions/networkSettings';
import type { QoS } from '../../protocol/controlPacket';
import { topicFilterProblem } from '../../protocol/topics';

/** What the settings ask of the local broker. */
export interface BrokerConfiguration {
  readonly host: string;
  /** At least one. */
  readonly listeners: readonly BrokerListener[];
  readonly keepState: boolean;
  /** Undefined leaves it to whether there are users. */
  readonly anonymous: AnonymousAccess | undefined;
  readonly rules: readonly TopicRule[];
  readonly tls: BrokerTlsSettings;
  readonly limits: ConfiguredLimits;
}

interface ConfiguredLimits extends LiveLimits {
  readonly maximumQoS: QoS;
  /** Seconds. */
  readonly sysInterval: number;
}

export interface BrokerListener {
  readonly protocol: BrokerListenerName;
  readonly port: number;
}

export interface BrokerTlsSettings {
  /** Without one a certificate is made. */
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  readonly certificateKey: (typeof certificateKeyNames)[number];
  readonly clientCertificates: (typeof clientCertificateNames)[number];
  readonly clientAuthorities: string | undefined;
  readonly minimumVersion: TlsVersionName;
}

/** A setting that cannot mean what it says: where it is about who may do what nothing is guessed. */
export interface SettingProblem {
  readonly setting: BrokerSettingName;
  /** A sentence about it. */
  readonly problem: string;
}

export type ReadBrokerSetting = (name: BrokerSettingName) => unknown;

type LimitName = {
  [N in BrokerSettingName]: (typeof brokerSettings)[N] extends { readonly type: 'integer' } ? N : never;
}[BrokerSettingName];

/**
 * Reads the settings of the local broker. They hold whatever somebody wrote: numbers beyond their bounds count as the nearest
 * within, and what is of another type as the default, but for what decides who gets in.
 */
export function readBrokerConfiguration(
  read: ReadBrokerSetting,
): BrokerConfiguration | readonly SettingProblem[] {
  const problems: SettingProblem[] = [];
  const listeners = readListeners(read, problems);
  const rules = readRules(read('broker.rules'), problems);
  const anonymous = chosen(read, 'broker.anonymous', anonymousNames, problems);
  const clientCertificates = chosen(read, 'broker.clientCertificates', clientCertificateNames, problems);
  const clientAuthorities = textOf(read('broker.clientAuthorities'));
  if (clientCertificates !== 'none' && clientAuthorities === undefined) {
    const problem =
      'It names no file, and without authorities no certificate of a client can be told from another.';
    problems.push({ setting: 'broker.clientAuthorities', problem });
  }
  if (clientCertificates !== 'none' && !listeners.some(({ protocol }) => /^(tls|wss)$/.test(protocol))) {
    const problem =
      'Clients show certificates over TLS alone, and "mqttWorkbench.broker.listeners" has neither "tls" nor "wss".';
    problems.push({ setting: 'broker.clientCertificates', problem });
  }
  const minimumVersion = chosen(read, 'broker.minimumTlsVersion', tlsVersionNames, problems);
  const certificateKey = chosen(read, 'broker.certificateKey', certificateKeyNames, problems);
  if (problems.length > 0) return problems;
  const number = (name: LimitName) => readNumber(read, name);
  return {
    host: textOf(read('broker.host')) ?? brokerSettings['broker.host'].default,
    listeners,
    keepState: read('broker.keepState') === true,
    anonymous: anonymous === 'automatic' ? undefined : anonymous,
    rules,
    tls: {
      certificate: textOf(read('broker.certificate')),
      key: textOf(read('broker.key')),
      certificateKey,
      clientCertificates,
      clientAuthorities,
      minimumVersion,
    },
    limits: {
      maximumConnections: number('broker.maximumConnections'),
      maximumPacketSize: number('broker.maximumPacketSize'),
      unfinishedBytes: number('broker.unfinishedBytes'),
      queuedMessages: number('broker.queuedMessages'),
      queueBytes: number('broker.queueBytes'),
      writeBufferBytes: number('broker.writeBufferBytes'),
      totalQueueBytes: number('broker.totalQueueBytes'),
      subscriptionsPerSession: number('broker.subscriptionsPerSession'),
      subscriptionBytes: number('broker.subscriptionBytes'),
      sessions: number('broker.sessions'),
      retainedMessages: number('broker.retainedMessages'),
      retainedBytes: number('broker.retainedBytes'),
      topicLevels: number('broker.topicLevels'),
      receiveMaximum: number('broker.receiveMaximum'),
      topicAliasMaximum: number('broker.topicAliasMaximum'),
      maximumQoS: number('broker.maximumQoS') as QoS,
      maximumKeepAlive: number('broker.maximumKeepAlive'),
      maximumSessionExpiry: number('broker.maximumSessionExpiry'),
      connectTimeout: number('broker.connectTimeout') * 1000,
      sysInterval: number('broker.sysInterval'),
    },
  };
}

/** Whether only this computer reaches an address that is listened on. */
export function isLoopbackHost(host: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[?::1\]?)$/i.test(host);
}

function readListeners(read: ReadBrokerSetting, problems: SettingProblem[]): readonly BrokerListener[] {
  const setting = 'broker.listeners';
  const written = read(setting);
  const names = Array.isArray(written) ? (written as readonly unknown[]) : [];
  const protocols = brokerListenerNames.filter((name) => names.includes(name));
  const unknown = names.find((name) => !brokerListenerNames.some((known) => known === name));
  if (unknown !== undefined) {
    const problem = `${JSON.stringify(unknown)} is none of ${brokerListenerNames.join(', ')}.`;
    problems.push({ setting, problem });
  } else if (protocols.length === 0) {
    problems.push({ setting, problem: 'It names no listener, so nobody could connect.' });
  }
  const listeners = protocols.map((protocol) => ({
    protocol,
    port: readNumber(read, `broker.${protocol}Port`),
  }));
  for (const [index, { protocol, port }] of listeners.entries()) {
    const other = listeners.slice(0, index).find((earlier) => earlier.port === port);
    if (!other) continue;
    const problem = `Port ${port} is that of "${other.protocol}" too; each listener needs one of its own.`;
    problems.push({ setting: `broker.${protocol}Port`, problem });
  }
  return listeners;
}

function readRules(written: unknown, problems: SettingProblem[]): readonly TopicRule[] {
  const setting = 'broker.rules';
  if (!Array.isArray(written)) {
    if (written !== undefined) problems.push({ setting, problem: 'It is no list of rules.' });
    return [];
  }
  return (written as readonly unknown[]).flatMap((entry, index) => {
    const rule = readRule(entry);
    if (typeof rule !== 'string') return [rule];
    problems.push({ setting, problem: `Entry ${index + 1}: ${rule}` });
    return [];
  });
}

function readRule(entry: unknown): TopicRule | string {
  if (typeof entry !== 'object' || entry === null) return 'it is no rule.';
  const { user, anonymous, publish = [], subscribe = [] } = entry as Readonly<Record<string, unknown>>;
  if (user !== undefined && (typeof user !== 'string' || user === '')) return '"user" is no name.';
  if (anonymous !== undefined && typeof anonymous !== 'boolean')
    return '"anonymous" is neither true nor false.';
  if (user !== undefined && anonymous === true)
    return 'it is about a user and about those without a user name.';
  const who = user !== undefined ? { user } : anonymous === true ? 'anonymous' : 'everybody';
  for (const [name, filters] of Object.entries({ publish, subscribe })) {
    if (!isTexts(filters)) return `"${name}" is no list of topic filters.`;
    const wrong = filters.find((filter) => topicFilterProblem(filter, false) !== undefined);
    if (wrong !== undefined) return `"${wrong}" in "${name}" is no topic filter.`;
  }
  return { who, publish: publish as readonly string[], subscribe: subscribe as readonly string[] };
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

function chosen<T extends string>(
  read: ReadBrokerSetting,
  setting: BrokerSettingName,
  names: readonly T[],
  problems: SettingProblem[],
): T {
  const written = read(setting);
  const usual = brokerSettings[setting].default as T;
  const known = names.find((name) => name === written);
  if (known === undefined && written !== undefined) {
    problems.push({ setting, problem: `${JSON.stringify(written)} is none of ${names.join(', ')}.` });
  }
  return known ?? usual;
}

function readNumber(read: ReadBrokerSetting, name: LimitName): number {
  const written = read(name);
  const { minimum, maximum, default: usual } = brokerSettings[name];
  const number = typeof written === 'number' && !Number.isNaN(written) ? Math.trunc(written) : usual;
  return Math.min(maximum, Math.max(minimum, number));
}

function textOf(written: unknown): string | undefined {
  const text = typeof written === 'string' ? written.trim() : '';
  return text === '' ? undefined : text;
}

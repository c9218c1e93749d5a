import { randomUUID } from 'node:crypto';
import { SessionStoreError } from '../base/sessionStoreError';
import { TransportFailureError } from '../base/transportFailure';
import type { AccessControl } from '../broker/accessControl';
import { isLoopback, type UserAccess } from '../broker/access/userAccess';
import type { BrokerJournal } from '../broker/brokerJournal';
import { type BoundListener, type BrokerServer, startBrokerServer } from '../broker/brokerServer';
import { openBrokerStore } from '../storage/sqliteBrokerStore';
import { listenFor } from '../transport/listening/listener';
import type { ServerIdentity } from '../transport/listening/serverTls';
import { heapBytes } from '../transport/heapBytes';
import { listenerAddresses } from '../transport/machineAddresses';
import { listenOnSocket } from '../transport/socketServer';
import { addressText } from '../transport/socketTransport';
import { systemClock } from '../transport/systemClock';
import { BrokerOutput } from './brokerOutput';
import { readBrokerArguments } from './brokerSettings/arguments';
import { checkListeners, isSecure, noticesAbout, type OutputForm } from './brokerSettings/coherence';
import { readConfigFile } from './brokerSettings/configFile';
import { type ListenerSetting, listenersOf } from './brokerSettings/listenSetting';
import { accessOf, fileOf, type TlsSettings, tlsOf } from './brokerSettings/resources';
import { asksForJson } from './brokerSettings/jsonAsked';
import { type GivenSettings, isOn, limitsOf } from './brokerSettings/settings';
import { portProblem, stateProblem, tlsProblem } from './startProblems';
import type { Command, Terminal } from './terminal';
import { CommandError, UsageError } from './terminal';

/** How often it is looked whether the machine has other addresses, or its certificate comes to its end, in milliseconds. */
const lookEvery = 60_000;

/** `broker`: serves until it is told to stop. With `--json` a start that fails is told like everything else. */
export const broker: Command = async (args, terminal) => {
  const form: Form = { json: false, qr: false };
  const output = new BrokerOutput(terminal, form, () => systemClock.now());
  try {
    await serve(args, terminal, form, output);
    return 0;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    // What is wrong may have kept the settings from being read as a whole.
    form.json ||= await asksForJson(args, terminal);
    if (!form.json) throw error;
    output.notStarted(error.message);
    return 2;
  }
};

/** As options say, and then the config file. */
interface Form extends OutputForm {
  json: boolean;
  qr: boolean;
}

async function serve(
  args: readonly string[],
  terminal: Terminal,
  form: Form,
  output: BrokerOutput,
): Promise<void> {
  const { config, given: options } = readBrokerArguments(args);
  const given = await withConfig(options, config, terminal);
  form.json = isOn(given, 'json');
  form.qr = isOn(given, 'qr');
  const listeners = listenersOf(given);
  checkListeners(given, listeners);
  const stopped = stopRequested();
  const tls = listeners.some(isSecure) ? await tlsOf(given).catch(tlsProblem) : undefined;
  const accessControl = await accessOf(given, terminal);
  for (const notice of noticesAbout(given, listeners, accessControl, form)) output.notice(notice);
  const journal = await journalOf(given, output);
  const renewals: ((identity: ServerIdentity) => void)[] = [];
  const { version } = terminal;
  const server = await start({ listeners, given, tls, accessControl, journal, output, renewals, version });
  const bound = listeners.map((setting, index) => ({ ...setting, ...placeOf(server.listeners[index]) }));
  for (const listener of bound) {
    output.listening(listener, addressText(listener.host, listener.port), listenerAddresses(listener));
  }
  warnOfNetwork(output, bound, accessControl, tls);
  if (tls?.own?.isNewAuthority) {
    output.notice('a certificate authority was made; "authority" prints it, for devices to trust');
  }
  const looking = setInterval(() => void renew(tls, renewals, output), lookEvery);
  await stopped;
  clearInterval(looking);
  await server.close();
  await journal?.close();
  output.stopped();
}

function placeOf(bound: BoundListener | undefined): Partial<Pick<ListenerSetting, 'host' | 'port'>> {
  return bound ? { host: bound.host, port: bound.port } : {};
}

async function withConfig(
  options: GivenSettings,
  config: string | undefined,
  terminal: Terminal,
): Promise<GivenSettings> {
  if (config === undefined) return options;
  const fromFile = readConfigFile(config, await fileOf(terminal, '--config', config));
  return new Map([...fromFile, ...options]);
}

interface Start {
  readonly listeners: readonly ListenerSetting[];
  readonly given: GivenSettings;
  readonly tls: TlsSettings | undefined;
  readonly accessControl: AccessControl;
  readonly journal: BrokerJournal | undefined;
  readonly output: BrokerOutput;
  readonly renewals: ((identity: ServerIdentity) => void)[];
  readonly version: string;
}

async function start({ listeners, given, tls, output, renewals, ...rest }: Start): Promise<BrokerServer> {
  let current: ListenerSetting | undefined;
  const places = listeners.map((setting) => {
    const { protocol, host, port } = setting;
    const onRenewable = (how: (identity: ServerIdentity) => void) => renewals.push(how);
    const listen =
      protocol === 'tls' || protocol === 'wss'
        ? listenFor({ protocol, tls: required(tls).tls, onRenewable })
        : listenFor({ protocol });
    const name = addressText(host, port);
    const noting: typeof listen = (...args) => {
      current = setting;
      return listen(...args);
    };
    const isWebSocket = protocol === 'ws' || protocol === 'wss';
    const webSocket = isWebSocket && { webSocket: protocol };
    return { name: `${protocol} ${name}`, host, port, listen: noting, ...webSocket };
  });
  const [first, ...furtherListeners] = places;
  if (!first) throw new UsageError('--listen: there is nowhere to listen');
  const [sysInterval = '10'] = given.get('sysInterval') ?? [];
  const [responseInformation] = given.get('responseInformation') ?? [];
  const { accessControl, journal, version } = rest;
  try {
    const server = await startBrokerServer(
      {
        ...first,
        furtherListeners,
        ...limitsOf(given),
        accessControl,
        sysInterval: Number(sysInterval),
        ...(journal && { journal }),
        ...(responseInformation !== undefined && { responseInformation }),
      },
      {
        listen: listenOnSocket,
        clock: systemClock,
        heapBytes,
        version,
        newIdentifier: () => `auto-${randomUUID()}`,
        created: (broker) => output.watch(broker),
        refused: (connection, listener) => output.refused(connection, listener),
      },
    );
    const { unreadableMessages } = server.broker;
    if (unreadableMessages > 0) {
      output.notice(`${unreadableMessages} messages that were kept could not be read and are left out`);
    }
    return server;
  } catch (error) {
    await journal?.close();
    if (error instanceof TransportFailureError && current) throw await portProblem(error, current, given);
    throw error;
  }
}

function required(tls: TlsSettings | undefined): TlsSettings {
  if (!tls) throw new Error('A listener speaks TLS, and no certificate was read');
  return tls;
}

async function journalOf(given: GivenSettings, output: BrokerOutput): Promise<BrokerJournal | undefined> {
  const [folder] = given.get('keepState') ?? [];
  if (folder === undefined) return undefined;
  try {
    return await openBrokerStore({
      folder,
      broken: (path, reason) =>
        output.notice(`the kept state was damaged (${reason}) and lies at ${path}; it begins anew`),
      failing: (failure) => output.store(failure),
      recovered: () => output.store(undefined),
    });
  } catch (error) {
    if (error instanceof SessionStoreError)
      throw new CommandError(`--keep-state: ${stateProblem(folder, error.failure)}`);
    throw error;
  }
}

/**
 * Reachable from the network, and open to everybody: that has to be meant. Who has to show a certificate of a known authority
 * is no stranger.
 */
function warnOfNetwork(
  output: BrokerOutput,
  listeners: readonly ListenerSetting[],
  { letsStrangersIn }: UserAccess,
  tls: TlsSettings | undefined,
): void {
  const asksForCertificates = tls?.tls.clientCertificates.mode === 'require';
  const reached = listeners.find(
    (listener) =>
      !isLoopback(addressText(listener.host, listener.port)) &&
      listener.host !== 'localhost' &&
      !(isSecure(listener) && asksForCertificates),
  );
  if (!reached || !letsStrangersIn) return;
  output.notice(
    `warning: everybody who reaches this machine may connect to ${addressText(reached.host, reached.port)} without a password; --users FILE sets passwords, --anonymous never asks for them`,
  );
}

async function renew(
  tls: TlsSettings | undefined,
  renewals: readonly ((identity: ServerIdentity) => void)[],
  output: BrokerOutput,
): Promise<void> {
  try {
    const identity = await tls?.renewed();
    if (!identity) return;
    for (const each of renewals) each(identity);
    output.notice('the certificate was renewed');
  } catch (error) {
    output.notice(
      `the certificate could not be renewed (${error instanceof Error ? error.message : String(error)})`,
    );
  }
}

/** Resolves at Ctrl+C or when somebody ends the process. */
function stopRequested(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}

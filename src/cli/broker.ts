import { randomUUID } from 'node:crypto';
import { type SessionStoreFailure, SessionStoreError } from '../base/sessionStoreError';
import { type CertificateFileFailure, TransportFailureError } from '../base/transportFailure';
import type { AccessControl } from '../broker/accessControl';
import { isLoopback, type UserAccess } from '../broker/access/userAccess';
import type { BrokerJournal } from '../broker/brokerJournal';
import { type BrokerServer, startBrokerServer } from '../broker/brokerServer';
import { openBrokerStore } from '../storage/sqliteBrokerStore';
import { listenFor } from '../transport/listening/listener';
import type { ServerIdentity } from '../transport/listening/serverTls';
import { listenerAddresses } from '../transport/machineAddresses';
import { portOwner } from '../transport/portOwner';
import { listenOnSocket } from '../transport/socketServer';
import { addressText } from '../transport/socketTransport';
import { systemClock } from '../transport/systemClock';
import { BrokerOutput } from './brokerOutput';
import { readBrokerArguments } from './brokerSettings/arguments';
import { readConfigFile } from './brokerSettings/configFile';
import { type ListenerSetting, listenersOf } from './brokerSettings/listenSetting';
import { accessOf, fileOf, type TlsSettings, tlsOf } from './brokerSettings/resources';
import { type GivenSettings, limitsOf } from './brokerSettings/settings';
import type { Command, Terminal } from './terminal';
import { CommandError, UsageError } from './terminal';

/** How often it is looked whether the machine has other addresses, or its certificate comes to its end, in milliseconds. */
const lookEvery = 60_000;

/** `broker`: serves until it is told to stop. */
export const broker: Command = async (args, terminal) => {
  const { config, json, qr, given: options } = readBrokerArguments(args);
  const given = await withConfig(options, config, terminal);
  const listeners = listenersOf(given);
  const output = new BrokerOutput(terminal, { json, qr }, () => systemClock.now());
  const stopped = stopRequested();
  const tls = listeners.some(isSecure) ? await tlsOf(given).catch(tlsProblem) : undefined;
  const accessControl = await accessOf(given, terminal);
  const journal = await journalOf(given, output);
  const renewals: ((identity: ServerIdentity) => void)[] = [];
  const server = await start({ listeners, given, tls, accessControl, journal, output, renewals });
  server.listeners.forEach(({ host, port }, index) => {
    const setting = listeners[index];
    if (!setting) return;
    output.listening(setting, addressText(host, port), listenerAddresses({ ...setting, host, port }));
  });
  warnOfNetwork(output, listeners, accessControl, tls);
  if (tls?.own?.isNewAuthority) {
    output.notice('a certificate authority was made; "authority" prints it, for devices to trust');
  }
  const looking = setInterval(() => void renew(tls, renewals, output), lookEvery);
  await stopped;
  clearInterval(looking);
  await server.close();
  await journal?.close();
  return 0;
};

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
  const { accessControl, journal } = rest;
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

function isSecure({ protocol }: ListenerSetting): boolean {
  return protocol === 'tls' || protocol === 'wss';
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

function stateProblem(folder: string, failure: SessionStoreFailure): string {
  switch (failure.code) {
    case 'inUse':
      return `another broker uses ${folder}; end it or choose another folder`;
    case 'newer':
      return `${folder} was written by a newer version of this program`;
    default:
      return `${folder} cannot be used (${failure.detail})`;
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

function tlsProblem(error: unknown): never {
  if (!(error instanceof TransportFailureError)) throw error;
  const { failure } = error;
  if (failure.step !== 'certificateFile') throw error;
  const option = failure.setting === 'ca' ? '--client-ca' : `--${failure.setting}`;
  throw new CommandError(`${option}: ${certificateProblem(failure)}`);
}

function certificateProblem({ code, path, detail }: CertificateFileFailure): string {
  switch (code) {
    case 'missing':
      return `there is no file ${path}`;
    case 'unreadable':
      return `${path} cannot be read (${detail})`;
    case 'invalid':
      return `${path} holds something else than it should (${detail})`;
    case 'mismatch':
      return `the key in ${path} does not belong to the certificate`;
    case 'passphraseMissing':
    case 'passphraseWrong':
      return `${path} is encrypted; give a key without a passphrase`;
    default:
      return `${path} cannot be used (${detail})`;
  }
}

async function portProblem(
  { failure }: TransportFailureError,
  { host, port }: ListenerSetting,
  given: GivenSettings,
): Promise<CommandError> {
  const address = addressText(host, port);
  const option = (own: string) => (given.has('listen') ? '--listen' : own);
  switch (failure.code) {
    case 'addressInUse': {
      const owner = await portOwner(port);
      const by = owner
        ? ` by ${owner.name} (process ${owner.pid}); end it`
        : '; end the program that listens there';
      return new CommandError(`${option('--port')}: ${address} is in use${by} or choose another port`);
    }
    case 'notPermitted':
      return new CommandError(
        `${option('--port')}: this user may not listen on ${address}; choose a port above 1023`,
      );
    case 'hostNotFound':
      return new CommandError(`${option('--host')}: "${host}" is not known; use an address of this machine`);
    case 'optionsInvalid':
      if (failure.step === 'tls') {
        return new CommandError(`--certificate: TLS cannot be spoken with it (${failure.detail})`);
      }
      return new CommandError(`${option('--port')}: ${address} is no address to listen on`);
    default:
      return new CommandError(
        `${option('--host')}: cannot listen on ${address} (${failure.detail}); use an address of this machine`,
      );
  }
}

import type { Clock } from '../../base/clock';
import { SessionStoreError, type SessionStoreFailure } from '../../base/sessionStoreError';
import type { Pace } from '../../base/slices';
import { type TransportFailure, TransportFailureError } from '../../base/transportFailure';
import type { PasswordHashing } from '../../broker/access/passwordHashing';
import { UserAccess } from '../../broker/access/userAccess';
import type { User } from '../../broker/access/userFile';
import { scramOf } from '../../broker/access/userScram';
import type { Broker } from '../../broker/broker';
import type { BrokerJournal } from '../../broker/brokerJournal';
import { type BrokerServer, type ListenerOptions, startBrokerServer } from '../../broker/brokerServer';
import { journalFrom } from '../../broker/carriedState';
import type { Cryptography } from '../../session/cryptography';
import type { Listen, RefusedConnection } from '../../session/effects';
import type { ListenerKind } from '../../transport/listening/listener';
import type { ServerTls } from '../../transport/listening/serverTls';
import type { PortOwner } from '../../transport/portOwner';
import type { BrokerCaptures } from './brokerCaptures';
import type {
  BrokerConfiguration,
  BrokerListener,
  BrokerTlsSettings,
  SettingProblem,
} from './brokerConfiguration';
import { isLoopbackHost } from './brokerConfiguration';
import { CertificateRenewal } from './certificateRenewal';
import { lackOfUsers, letsStrangersIn } from './whoMayCome';

/** Why the local broker does not run. */
export type BrokerStartFailure =
  | { readonly kind: 'settings'; readonly problems: readonly SettingProblem[] }
  /** The workspace is not trusted, and others than this computer would reach the broker. */
  | { readonly kind: 'notTrusted'; readonly host: string }
  | { readonly kind: 'usersUnreadable' }
  /** Rules go by user names, and there are neither users nor certificates of clients: everybody could take any name. */
  | { readonly kind: 'rulesWithoutUsers' }
  /** Only users may come, and there are neither users nor certificates of clients. */
  | { readonly kind: 'nobodyMayCome' }
  | { readonly kind: 'store'; readonly failure: SessionStoreFailure }
  /** A file of certificates cannot be used, or TLS not be spoken like that. */
  | { readonly kind: 'tls'; readonly failure: TransportFailure }
  | {
      readonly kind: 'port';
      readonly host: string;
      readonly listener: BrokerListener;
      readonly failure: TransportFailure;
      /** Who has the port, where it is in use and that can be known. */
      readonly owner: PortOwner | undefined;
      /** Another one that is free. */
      readonly nextFree: number | undefined;
    };

/** A place where the running broker is reached. */
export interface RunningListener extends BrokerListener {
  readonly host: string;
}

/** What the window has for its broker. */
export interface LocalBrokerDependencies {
  readonly clock: Clock;
  /** What was kept may be a million messages. */
  readonly pace: Pace;
  readonly captures: Pick<BrokerCaptures, 'open'>;
  readonly hashing: PasswordHashing;
  readonly cryptography: Cryptography;
  readonly read: () => BrokerConfiguration | readonly SettingProblem[];
  readonly isTrusted: () => boolean;
  /**
   * A person agrees to what everybody in the network could do, or has added a user.
   * @param usersHelp whether strangers are let in only because there are no users
   */
  readonly agreesToOpen: (host: string, usersHelp: boolean) => Promise<boolean>;
  readonly users: () => Promise<ReadonlyMap<string, User> | undefined>;
  readonly tls: (settings: BrokerTlsSettings) => Promise<ServerTls>;
  /** Hears that the certificate could not be made anew while the broker runs; it shows the one it has. */
  readonly renewalFailed: (error: unknown) => void;
  readonly listenFor: (kind: ListenerKind) => Listen;
  readonly openStore: () => Promise<BrokerJournal>;
  readonly portOwner: (port: number) => Promise<PortOwner | undefined>;
  readonly nextFreePort: (
    host: string,
    port: number,
    except: ReadonlySet<number>,
  ) => Promise<number | undefined>;
  /** Of the program, for the `$SYS` topics. */
  readonly version: string;
  /** What a client without an identifier is called. */
  readonly newIdentifier: () => string;
  /** Before anything is captured. */
  readonly ready: () => Promise<void>;
}

/** All that there is of a broker that runs. */
export interface RunningBroker {
  readonly server: BrokerServer;
  readonly access: UserAccess;
  readonly renewal: CertificateRenewal | undefined;
  readonly listeners: readonly RunningListener[];
  readonly isOpen: () => boolean;
}

/** Thrown by {@link BrokerStarter}, for whoever asked for the start. */
export class StartFailure extends Error {
  constructor(readonly failure: BrokerStartFailure) {
    super(failure.kind);
  }
}

/** The broker before, whose Sessions and retained messages the next one goes on with, where nothing kept them. */
export interface EarlierBroker {
  readonly broker: Broker;
  readonly wasKept: boolean;
}

/** Who hears of a broker from its start on. */
export interface BrokerListeners {
  /** It is about to run: whoever listens to it has to begin now. */
  started(broker: Broker): void;
  /** A connection came to nothing before it was a stream for MQTT. */
  refused(connection: RefusedConnection, listener: string): void;
}

/** Puts together what a broker needs to run as the settings say. Throws {@link StartFailure} where it cannot. */
export class BrokerStarter {
  constructor(
    private readonly dependencies: LocalBrokerDependencies,
    private readonly listeners: BrokerListeners,
  ) {}

  /** What the settings say, as far as they may be followed here. */
  configuration(): BrokerConfiguration {
    const configuration = this.dependencies.read();
    if (!('host' in configuration)) throw new StartFailure({ kind: 'settings', problems: configuration });
    const { host } = configuration;
    if (!isLoopbackHost(host) && !this.dependencies.isTrusted()) {
      throw new StartFailure({ kind: 'notTrusted', host });
    }
    return configuration;
  }

  /** Undefined where a person does not want it after all. */
  async start(
    configuration: BrokerConfiguration,
    before: EarlierBroker | undefined,
  ): Promise<RunningBroker | undefined> {
    const { dependencies } = this;
    const { host, listeners, anonymous, rules, limits, keepState } = configuration;
    const users = await dependencies.users();
    if (!users) throw new StartFailure({ kind: 'usersUnreadable' });
    const withoutUsers = users.size === 0 ? lackOfUsers(configuration) : undefined;
    if (withoutUsers) throw new StartFailure({ kind: withoutUsers });
    const isOpen = () => !isLoopbackHost(host) && letsStrangersIn(configuration, users);
    if (isOpen() && !(await dependencies.agreesToOpen(host, anonymous === undefined))) return undefined;
    await dependencies.ready();
    const [kinds, renewal] = await this.kinds(configuration);
    const accessControl = new UserAccess(
      { users, rules, methods: [scramOf(users, dependencies.cryptography)], ...(anonymous && { anonymous }) },
      dependencies.hashing,
    );
    const ports = new Set(listeners.map(({ port }) => port));
    const [first, ...furtherListeners] = listeners.map((listener, index) =>
      this.listenerOptions(host, listener, kinds[index] ?? { protocol: 'tcp' }, ports),
    );
    if (!first) return undefined;
    const journal = keepState ? await this.journal(before) : undefined;
    const carried = journal ? undefined : await before?.broker.carried(dependencies.pace);
    const server = await startBrokerServer(
      {
        ...limits,
        ...first,
        furtherListeners,
        accessControl,
        ...(journal && { journal }),
        ...(carried && { carried }),
      },
      {
        listen: dependencies.listenFor({ protocol: 'tcp' }),
        clock: dependencies.clock,
        pace: dependencies.pace,
        version: dependencies.version,
        newIdentifier: dependencies.newIdentifier,
        created: (broker) => this.listeners.started(broker),
        tap: (peer) => dependencies.captures.open(peer),
        refused: (connection, listener) => {
          // Its certificate may not be for the address that a device has come to: the next attempt finds another one.
          if (connection.failure.step === 'tls') void renewal?.look();
          this.listeners.refused(connection, listener);
        },
      },
    );
    renewal?.begin();
    return {
      server,
      access: accessControl,
      renewal,
      isOpen,
      listeners: server.listeners.map((bound, index) => ({
        protocol: listeners[index]?.protocol ?? 'tcp',
        host: bound.host,
        port: bound.port,
      })),
    };
  }

  /** What the listeners speak, and what renews the certificate of those that speak TLS. */
  private async kinds({
    listeners,
    tls,
  }: BrokerConfiguration): Promise<readonly [readonly ListenerKind[], CertificateRenewal | undefined]> {
    const { clock, renewalFailed } = this.dependencies;
    const isSecure = listeners.some(({ protocol }) => protocol === 'tls' || protocol === 'wss');
    const material = isSecure ? await tlsOrFailure(() => this.dependencies.tls(tls)) : undefined;
    const identity = async () => (await this.dependencies.tls(tls)).identity;
    const renewal = material && new CertificateRenewal(clock, identity, material.identity, renewalFailed);
    const kinds = listeners.map(({ protocol }): ListenerKind =>
      material && (protocol === 'tls' || protocol === 'wss')
        ? { protocol, tls: material, onRenewable: (renew) => renewal?.add(renew) }
        : { protocol: protocol === 'ws' ? 'ws' : 'tcp' },
    );
    return [kinds, renewal];
  }

  private async journal(before: EarlierBroker | undefined): Promise<BrokerJournal> {
    try {
      const journal = await this.dependencies.openStore();
      const { pace } = this.dependencies;
      if (!before || before.wasKept) return journal;
      return await journalFrom(journal, before.broker.carried(pace), pace);
    } catch (error) {
      if (error instanceof SessionStoreError)
        throw new StartFailure({ kind: 'store', failure: error.failure });
      throw error;
    }
  }

  /**
   * A listener whose failure says which port it is about.
   * @param ports of all listeners, of which none is free for this one
   */
  private listenerOptions(
    host: string,
    listener: BrokerListener,
    kind: ListenerKind,
    ports: ReadonlySet<number>,
  ): ListenerOptions {
    const { listenFor, portOwner, nextFreePort } = this.dependencies;
    const { protocol, port } = listener;
    const listen: Listen = async (options, onConnection, onRefused) => {
      try {
        return await listenFor(kind)(options, onConnection, onRefused);
      } catch (error) {
        if (!(error instanceof TransportFailureError)) throw error;
        const { failure } = error;
        if (failure.step === 'tls') throw new StartFailure({ kind: 'tls', failure });
        const isInUse = failure.code === 'addressInUse';
        const owner = isInUse ? await portOwner(port) : undefined;
        const canMove = isInUse || failure.code === 'notPermitted';
        const nextFree = canMove ? await nextFreePort(host, Math.max(port + 1, 1024), ports) : undefined;
        throw new StartFailure({ kind: 'port', host, listener, failure, owner, nextFree });
      }
    };
    const isWebSocket = protocol === 'ws' || protocol === 'wss';
    return { name: protocol, host, port, listen, ...(isWebSocket && { webSocket: protocol }) };
  }
}

async function tlsOrFailure(read: () => Promise<ServerTls>): Promise<ServerTls> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof TransportFailureError)) throw error;
    throw new StartFailure({ kind: 'tls', failure: error.failure });
  }
}

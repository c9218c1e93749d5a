import type { Clock } from '../../base/clock';
import { SessionStoreError, type SessionStoreFailure } from '../../base/sessionStoreError';
import type { Disposable, Event } from '../../base/lifecycle';
import { DisposableStack, Emitter } from '../../base/lifecycle';
import type { Pace } from '../../base/slices';
import { type TransportFailure, TransportFailureError } from '../../base/transportFailure';
import type { PasswordHashing } from '../../broker/access/passwordHashing';
import { rulesNameUsers } from '../../broker/access/topicRules';
import { UserAccess } from '../../broker/access/userAccess';
import { scramOf } from '../../broker/access/userScram';
import type { User } from '../../broker/access/userFile';
import { journalFrom } from '../../broker/carriedState';
import type { BrokerJournal } from '../../broker/brokerJournal';
import type { Broker } from '../../broker/broker';
import { type BrokerServer, type ListenerOptions, startBrokerServer } from '../../broker/brokerServer';
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
import { CertificateRenewal } from './certificateRenewal';
import { isLoopbackHost } from './brokerConfiguration';
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

export type BrokerState =
  | { readonly kind: 'stopped'; readonly failure: BrokerStartFailure | undefined }
  | { readonly kind: 'starting' }
  | { readonly kind: 'stopping' }
  | {
      readonly kind: 'running';
      readonly broker: Broker;
      readonly listeners: readonly RunningListener[];
      readonly configuration: BrokerConfiguration;
      /** Whether others than this computer reach it, and need no password. */
      readonly isOpen: () => boolean;
    };

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
  readonly nextFreePort: (host: string, port: number) => Promise<number | undefined>;
  /** What a client without an identifier is called. */
  readonly newIdentifier: () => string;
  /** Before anything is captured. */
  readonly ready: () => Promise<void>;
}

interface Running {
  readonly server: BrokerServer;
  readonly access: UserAccess;
  readonly renewal: CertificateRenewal | undefined;
  readonly listeners: readonly RunningListener[];
  readonly isOpen: () => boolean;
}

class StartFailure extends Error {
  constructor(readonly failure: BrokerStartFailure) {
    super(failure.kind);
  }
}

/** The broker inside this window: one at most, started and stopped by a person. */
export class LocalBroker implements Disposable {
  private readonly held = new DisposableStack();
  private readonly changed = this.held.add(new Emitter<void>());
  private readonly started = this.held.add(new Emitter<Broker>());
  private readonly refused_ = this.held.add(
    new Emitter<{ readonly connection: RefusedConnection; readonly listener: string }>(),
  );
  private current: BrokerState = { kind: 'stopped', failure: undefined };
  private server: BrokerServer | undefined;
  private access: UserAccess | undefined;
  private renewal: CertificateRenewal | undefined;
  /** What was asked for last is done last. */
  private work: Promise<unknown> = Promise.resolve();
  private wasAsked = false;
  /** The broker before, whose Sessions and retained messages the next one goes on with, where nothing kept them. */
  private before: { readonly broker: Broker; readonly wasKept: boolean } | undefined;

  /** Its state is another one. */
  readonly onDidChange: Event<void> = this.changed.event;
  /** A broker is about to run: whoever listens to it has to begin now. */
  readonly onDidStart: Event<Broker> = this.started.event;
  /** A connection came to nothing before it was a stream for MQTT. */
  readonly onDidRefuse = this.refused_.event;

  constructor(private readonly dependencies: LocalBrokerDependencies) {}

  get state(): BrokerState {
    return this.current;
  }

  /** The broker, while it runs. */
  get broker(): Broker | undefined {
    return this.current.kind === 'running' ? this.current.broker : undefined;
  }

  /** Whether somebody ever wanted it in this window. */
  get isInUse(): boolean {
    return this.wasAsked;
  }

  /** Starts it as the settings say, unless it runs. Resolves with why it does not, or undefined. */
  start(): Promise<BrokerStartFailure | undefined> {
    this.wasAsked = true;
    return this.next(async () => {
      if (this.current.kind === 'running') return undefined;
      this.enter({ kind: 'starting' });
      try {
        const configuration = this.configuration();
        const running = await this.run(configuration);
        if (running) {
          const { server, access, renewal, ...rest } = running;
          this.server = server;
          this.access = access;
          this.renewal = renewal;
          this.enter({ kind: 'running', broker: server.broker, configuration, ...rest });
        } else this.enter({ kind: 'stopped', failure: undefined });
        return undefined;
      } catch (error) {
        const failure = error instanceof StartFailure ? error.failure : undefined;
        this.enter({ kind: 'stopped', failure });
        if (!failure) throw error;
        return failure;
      }
    });
  }

  /** Sends every client away, frees the ports and forgets what is not kept; resolves when that is done. */
  stop(): Promise<void> {
    return this.next(() => this.end(false));
  }

  /** Starts it anew as the settings say now: clients have to connect again, Sessions and retained messages stay. */
  async restart(): Promise<BrokerStartFailure | undefined> {
    await this.next(() => this.end(true));
    return this.start();
  }

  /**
   * Lets the running broker have what settings say now, as far as nobody has to connect again for it: rules and limits. Returns
   * whether that is all of it.
   */
  applySettings(): boolean {
    const { current, access } = this;
    if (current.kind !== 'running' || !access) return true;
    const wanted = this.dependencies.read();
    if (!('host' in wanted)) return false;
    const { broker, configuration } = current;
    const { maximumQoS, sysInterval } = configuration.limits;
    // Rules that go by names protect nothing where anybody may take any: they have to wait, and are told at the start.
    const areSafe =
      access.hasUsers || configuration.tls.clientCertificates !== 'none' || !rulesNameUsers(wanted.rules);
    const rules = areSafe ? wanted.rules : configuration.rules;
    const applied = { ...configuration, rules, limits: { ...wanted.limits, maximumQoS, sysInterval } };
    const isSame = (one: BrokerConfiguration, other: BrokerConfiguration) =>
      JSON.stringify(one) === JSON.stringify(other);
    if (!isSame(applied, configuration)) {
      access.useRules(rules);
      void broker.applyRules(); // They hold at once; what waits and may not go out is gone a little later.
      broker.applyLimits(applied.limits);
      this.enter({ ...current, configuration: applied });
    }
    return isSame(wanted, applied);
  }

  private async end(goesOn: boolean): Promise<void> {
    const { server, current } = this;
    if (!goesOn) this.before = undefined;
    if (!server) return;
    const wasKept = current.kind === 'running' && current.configuration.keepState;
    this.enter({ kind: 'stopping' });
    this.server = undefined;
    this.renewal?.dispose();
    this.renewal = undefined;
    try {
      await server.close();
    } finally {
      if (goesOn) this.before = { broker: server.broker, wasKept };
      this.enter({ kind: 'stopped', failure: undefined });
    }
  }

  dispose(): void {
    this.renewal?.dispose();
    this.held.dispose();
  }

  private next<T>(step: () => Promise<T>): Promise<T> {
    const done = this.work.then(step);
    this.work = done.catch(() => undefined); // Whoever asked for it hears of it.
    return done;
  }

  private enter(state: BrokerState): void {
    this.current = state;
    this.changed.fire();
  }

  private configuration(): BrokerConfiguration {
    const configuration = this.dependencies.read();
    if (!('host' in configuration)) throw new StartFailure({ kind: 'settings', problems: configuration });
    const { host } = configuration;
    if (!isLoopbackHost(host) && !this.dependencies.isTrusted()) {
      throw new StartFailure({ kind: 'notTrusted', host });
    }
    return configuration;
  }

  /** Undefined where a person does not want it after all. */
  private async run(configuration: BrokerConfiguration): Promise<Running | undefined> {
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
    const [first, ...furtherListeners] = listeners.map((listener, index) =>
      this.listenerOptions(host, listener, kinds[index] ?? { protocol: 'tcp' }),
    );
    if (!first) return undefined;
    const journal = keepState ? await this.journal() : undefined;
    const carried = journal ? undefined : await this.before?.broker.carried(dependencies.pace);
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
        newIdentifier: dependencies.newIdentifier,
        created: (broker) => this.started.fire(broker),
        tap: (peer) => dependencies.captures.open(peer),
        refused: (connection, listener) => {
          // Its certificate may not be for the address that a device has come to: the next attempt finds another one.
          if (connection.failure.step === 'tls') void renewal?.look();
          this.refused_.fire({ connection, listener });
        },
      },
    );
    this.before = undefined;
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

  private async journal(): Promise<BrokerJournal> {
    try {
      const journal = await this.dependencies.openStore();
      const { before } = this;
      const { pace } = this.dependencies;
      if (!before || before.wasKept) return journal;
      return await journalFrom(journal, before.broker.carried(pace), pace);
    } catch (error) {
      if (error instanceof SessionStoreError)
        throw new StartFailure({ kind: 'store', failure: error.failure });
      throw error;
    }
  }

  /** A listener whose failure says which port it is about. */
  private listenerOptions(host: string, listener: BrokerListener, kind: ListenerKind): ListenerOptions {
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
        const nextFree = canMove ? await nextFreePort(host, Math.max(port + 1, 1024)) : undefined;
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

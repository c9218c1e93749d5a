import type { Disposable, Event } from '../../base/lifecycle';
import { DisposableStack, Emitter } from '../../base/lifecycle';
import { rulesNameUsers } from '../../broker/access/topicRules';
import type { UserAccess } from '../../broker/access/userAccess';
import type { Broker } from '../../broker/broker';
import type { BrokerServer } from '../../broker/brokerServer';
import type { RefusedConnection } from '../../session/effects';
import type { BrokerConfiguration } from './brokerConfiguration';
import type {
  BrokerStartFailure,
  EarlierBroker,
  LocalBrokerDependencies,
  RunningListener,
} from './brokerStarter';
import { BrokerStarter, StartFailure } from './brokerStarter';
import type { CertificateRenewal } from './certificateRenewal';

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
  private before: EarlierBroker | undefined;
  private readonly starter: BrokerStarter;

  /** Its state is another one. */
  readonly onDidChange: Event<void> = this.changed.event;
  /** A broker is about to run: whoever listens to it has to begin now. */
  readonly onDidStart: Event<Broker> = this.started.event;
  /** A connection came to nothing before it was a stream for MQTT. */
  readonly onDidRefuse = this.refused_.event;

  constructor(private readonly dependencies: LocalBrokerDependencies) {
    this.starter = new BrokerStarter(dependencies, {
      started: (broker) => this.started.fire(broker),
      refused: (connection, listener) => this.refused_.fire({ connection, listener }),
    });
  }

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
        const configuration = this.starter.configuration();
        const running = await this.starter.start(configuration, this.before);
        if (running) {
          this.before = undefined;
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
}

import { Emitter, type Disposable } from '../../base/lifecycle';
import { MessageRate } from '../../capture/messageRate';
import { TopicTree } from '../../capture/topicTree';
import { ClientError, type ClientFailure } from '../../client/clientFailure';
import type {
  AuthenticationOutcome,
  ClientState,
  DisconnectOptions,
  KeptFailure,
  MqttClient,
  PublishOutcome,
  Retry,
} from '../../client/mqttClient';
import type { ProtocolVersion, QoS } from '../../protocol/controlPacket';
import type { Properties } from '../../protocol/properties';
import type { StepListener, Transport, TransportSecurity } from '../../session/effects';
import { type ConnectionProfile, protocolVersionOf, sameProfile } from './connectionProfile';
import type { LiveConnectionDependencies } from './liveConnectionDependencies';
import { type FilterOutcome, FilterRequests } from './filterRequests';
import { ProfileClients } from './profileClients';
import { isGranted, type SubscribedFilter, SubscribedFilters } from './subscribedFilters';

export type { FilterOutcome } from './filterRequests';
export type { LiveConnectionDependencies } from './liveConnectionDependencies';

export interface OutgoingMessage {
  readonly topicName: string;
  readonly payload: Uint8Array;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly properties?: Properties;
}

/**
 * One profile for as long as the window knows it: at most one client at a time, and the subscriptions, which stay while
 * the connection is down and are made again when it is up.
 */
export class LiveConnection implements Disposable {
  private readonly changed = new Emitter<void>();
  private readonly failed = new Emitter<ClientFailure>();
  private readonly postponed = new Emitter<void>();
  private readonly retried = new Emitter<Retry>();
  private readonly keptFailed = new Emitter<KeptFailure>();
  private readonly rate = new MessageRate();
  private readonly clients: ProfileClients;
  private current: ConnectionProfile;
  private next: ConnectionProfile | undefined;
  private attempt = 0;
  /** The attempt that goes on, for all who ask for one meanwhile. */
  private connecting: Promise<void> | undefined;
  private disposed = false;
  /** What TLS came to with the transport that was opened last. */
  private lastSecurity: TransportSecurity | undefined;
  private lastState: ClientState = { state: 'disconnected' };

  readonly subscriptions = new SubscribedFilters();
  private readonly requests = new FilterRequests(this.subscriptions, {
    client: () => this.connectedClient(),
    isConnected: () => this.isConnected,
    version: () => this.version,
    answered: () => this.changed.fire(),
  });
  /** What came, under the filters; stays when the connection goes. */
  readonly topics = new TopicTree();
  /** The state, the profile or a subscription is another one. */
  readonly onDidChange = this.changed.event;
  /** The connection could not be made or ended by itself; not fired for a disconnect that was asked for. */
  readonly onDidFail = this.failed.event;
  /** The connection is down and will be made again; fired before each attempt. */
  readonly onDidRetry = this.retried.event;
  /** A message of earlier, for which nobody waits any more, did not get through. */
  readonly onKeptFailed = this.keptFailed.event;
  /** The settings changed in a way that shows only with the next connection. */
  readonly onDidPostpone = this.postponed.event;

  constructor(
    profile: ConnectionProfile,
    private readonly dependencies: LiveConnectionDependencies,
  ) {
    this.current = profile;
    this.clients = new ProfileClients(dependencies, {
      open: (asked, stepBegan) => this.open(asked, stepBegan),
      changed: (state) => this.clientChanged(state),
      received: (messages) => {
        for (const message of messages) {
          this.rate.add(message.at);
          this.topics.receive(message);
        }
      },
      keptFailed: (failure) => this.keptFailed.fire(failure),
    });
  }

  /** The profile in use: while a connection is up the one it was made with. */
  get profile(): ConnectionProfile {
    return this.current;
  }

  /** What the settings say; another one than {@link profile} while a change waits for the connection to end. */
  get written(): ConnectionProfile {
    return this.next ?? this.current;
  }

  get key(): string {
    return this.current.key;
  }

  get state(): ClientState {
    return this.lastState;
  }

  get isConnected(): boolean {
    return this.lastState.state === 'connected';
  }

  /** The connection was up and is being made again. */
  get isReconnecting(): boolean {
    return this.isLasting && !this.isConnected;
  }

  /** How many messages and requests wait for the server's answer, or for a connection. */
  get outstanding(): number {
    return this.client?.outstanding ?? 0;
  }

  /** What TLS came to, while the connection is up and has TLS. */
  get security(): TransportSecurity | undefined {
    return this.isConnected ? this.lastSecurity : undefined;
  }

  /** What is spoken, or tried first. */
  get version(): ProtocolVersion {
    const { lastState: state } = this;
    return state.state === 'connected' ? state.version : protocolVersionOf(this.current.version);
  }

  /** A connection is up, or is being made again after it was: subscriptions and messages of QoS 1 and 2 wait for that. */
  get isLasting(): boolean {
    const { lastState: state } = this;
    return (
      state.state === 'connected' ||
      state.state === 'reconnecting' ||
      (state.state === 'connecting' && state.retry !== undefined)
    );
  }

  /** Messages received a second, of late. */
  messagesPerSecond(): number {
    return this.isConnected ? this.rate.perSecond(this.dependencies.clock.now()) : 0;
  }

  /** Whole seconds until the next attempt to make the connection again; 0 where none is waited for. */
  secondsToRetry(): number {
    const { lastState: state } = this;
    if (state.state !== 'reconnecting') return 0;
    return Math.max(0, Math.ceil((state.at - this.dependencies.clock.now()) / 1000));
  }

  /**
   * The settings say something else now. A connection that is up keeps what it was made with until it ends; one that is
   * down forgets how it failed, as that was another server, and one that waits to be made again is given up for it.
   */
  update(profile: ConnectionProfile): void {
    const differs = !sameProfile(profile, this.current);
    if (this.lastState.state === 'disconnected') {
      this.current = profile;
      this.next = undefined;
      if (differs) this.lastState = { state: 'disconnected' };
    } else {
      const news = differs && !sameProfile(profile, this.written);
      this.next = differs ? profile : undefined;
      if (news && this.lastState.state === 'reconnecting') void this.disconnect();
      else if (news) this.postponed.fire();
    }
    this.changed.fire();
  }

  /** The settings call it something else now. It stays connected to what it is, and keeps its subscriptions. */
  rename(profile: ConnectionProfile): void {
    const { key, scope, name } = profile;
    this.current = { ...this.current, key, scope, name };
    this.update(profile);
  }

  /** Resolves once the connection is up or has failed, for everybody who waits for it; how it ended is the state. */
  connect(): Promise<void> {
    if (this.disposed || this.isLasting) {
      this.client?.retry();
      return Promise.resolve();
    }
    if (this.connecting === undefined) {
      const connecting = this.attemptToConnect().finally(() => {
        if (this.connecting === connecting) this.connecting = undefined;
      });
      this.connecting = connecting;
    }
    return this.connecting;
  }

  /** Whether it is up by an exchange of proofs that can be made again (4.12.1). */
  get canReauthenticate(): boolean {
    return this.isConnected && this.version === 5 && this.current.connect?.authentication !== undefined;
  }

  /** Proves anew who it is, with the password that is stored now. Rejects as the client does. */
  async reauthenticate(): Promise<AuthenticationOutcome> {
    const password = await this.dependencies.password(this.current);
    return this.clients.reauthenticate(password);
  }

  /** @param farewell what DISCONNECT says where the connection is up; it rejects, and stays up, where that breaks a rule */
  async disconnect(farewell?: DisconnectOptions): Promise<void> {
    this.giveUpAttempt();
    if (this.client === undefined || this.client.state.state === 'disconnected') {
      if (this.state.state !== 'disconnected') this.enter({ state: 'disconnected' });
      return;
    }
    await this.client.disconnect(farewell);
  }

  /**
   * Rejects where the connection is down or goes down before the message is through. While it is being made again, messages
   * of QoS 1 and 2 wait for it.
   */
  publish(message: OutgoingMessage): Promise<PublishOutcome> {
    if (this.client !== undefined && message.qos > 0 && this.isLasting) return this.client.publish(message);
    return this.connectedClient().publish(message);
  }

  /** Subscribes now, or as soon as the connection is up. */
  async subscribe(topicFilter: string, qos: QoS): Promise<FilterOutcome> {
    const filter = this.subscriptions.add(topicFilter, qos);
    this.topics.addFilter(topicFilter, qos);
    this.changed.fire();
    if (!this.isConnected) return { reasonCode: undefined };
    return this.requests.subscribe(filter);
  }

  /**
   * Takes a filter out: once the server confirmed it, so that what is still on its way finds its place, or at once where
   * the connection is down. A filter that the server refuses to end stays.
   */
  async unsubscribe(topicFilter: string): Promise<FilterOutcome> {
    const outcome = this.isConnected
      ? await this.requests.unsubscribe(topicFilter)
      : { reasonCode: undefined };
    if (outcome.reasonCode !== undefined && !isGranted(outcome.reasonCode)) return outcome;
    this.subscriptions.remove(topicFilter);
    this.topics.removeFilter(topicFilter);
    this.changed.fire();
    return outcome;
  }

  /** Forgets what came without a filter that it matches; what comes later is kept again. */
  removeOtherTopics(): void {
    this.topics.removeFilter(undefined);
    this.changed.fire();
  }

  /** The settings have it no more: what is lost with it, or stays behind, is told before it is disposed of. */
  remove(): void {
    this.disposed = true;
    this.clients.leave();
    this.dispose();
  }

  dispose(): void {
    this.disposed = true;
    this.giveUpAttempt();
    this.clients.dispose();
    this.changed.dispose();
    this.failed.dispose();
    this.postponed.dispose();
    this.retried.dispose();
    this.keptFailed.dispose();
  }

  /** Whatever the attempt that goes on still waits for, nothing comes of it. */
  private giveUpAttempt(): void {
    this.attempt++;
    this.connecting = undefined;
  }

  private async attemptToConnect(): Promise<void> {
    const attempt = ++this.attempt;
    const givenUp = (): boolean => attempt !== this.attempt;
    // A goodbye that is being said comes to its end first.
    if (this.state.state === 'disconnecting') await this.client?.disconnect();
    if (givenUp()) return;
    const profile = await this.permittedProfile(givenUp);
    if (profile === undefined) return;
    this.enter({ state: 'connecting' });
    try {
      const password = await this.dependencies.password(profile);
      if (!givenUp()) await this.clients.of(profile, password).connect();
    } catch (error) {
      // Why a connection failed is the client's state, which was told; any other error left no state behind.
      if (error instanceof ClientError) return;
      if (!givenUp()) this.enter({ state: 'disconnected' });
      throw error;
    }
  }

  /**
   * The profile that a person let connect. It is the one that will be used: where the settings changed while the question
   * stood, what they say now is asked about anew. Undefined where it was denied or given up.
   */
  private async permittedProfile(givenUp: () => boolean): Promise<ConnectionProfile | undefined> {
    for (;;) {
      const asked = this.current;
      const permitted = await this.dependencies.permitted(asked);
      if (!permitted || givenUp()) return undefined;
      if (sameProfile(asked, this.current)) return asked;
    }
  }

  private get client(): MqttClient | undefined {
    return this.clients.current;
  }

  private connectedClient(): MqttClient {
    if (this.client === undefined || !this.isConnected) throw new NotConnectedError(this.current.name);
    return this.client;
  }

  private async open(profile: ConnectionProfile, stepBegan: StepListener): Promise<Transport> {
    const { attempt } = this;
    const transport = await this.dependencies.open(profile, stepBegan);
    // One that was given up meanwhile may come late.
    if (attempt === this.attempt) this.lastSecurity = transport.security;
    return transport;
  }

  private clientChanged(state: ClientState): void {
    if (state.state === 'disconnected') this.subscriptions.connectionEnded();
    this.enter(state);
    if (state.state === 'connected') this.restoreSubscriptions(state.sessionPresent);
    if (state.state === 'reconnecting') this.retried.fire(state);
    if (state.state !== 'disconnected') return;
    // A failure is explained with the profile that failed, so the newer one comes after.
    if (state.failure !== undefined) this.failed.fire(state.failure);
    if (this.next !== undefined) this.update(this.next);
  }

  /** Subscribes to what the server does not have, and ends what it has and nobody wants any more. */
  private restoreSubscriptions(sessionPresent: boolean): void {
    const wanted = this.subscriptions.all();
    const failed = (error: unknown): void =>
      this.dependencies.failed(`Subscribing on ${this.current.name}`, error);
    // One that the connection before was about to get back counts as lost until SUBACK.
    const isMissing = ({ topicFilter, grant }: SubscribedFilter): boolean =>
      grant === 'waiting' || this.client?.owedSubscriptions.has(topicFilter) === true;
    const missing = sessionPresent ? wanted.filter(isMissing) : wanted;
    this.requests.subscribeAll(missing).catch(failed);
    const unwanted = [...(this.client?.subscriptions.keys() ?? [])].filter(
      (topicFilter) => this.subscriptions.get(topicFilter) === undefined,
    );
    if (!sessionPresent) return;
    for (const topicFilter of unwanted) this.requests.unsubscribe(topicFilter).catch(failed);
  }

  private enter(state: ClientState): void {
    this.lastState = state;
    this.changed.fire();
  }
}

/** Something needs a connection that is up, and it is not. */
export class NotConnectedError extends Error {
  constructor(readonly connectionName: string) {
    super(`${connectionName} is not connected.`);
  }
}

import type { Disposable } from '../../base/lifecycle';
import { ClientError } from '../../client/clientFailure';
import type {
  AuthenticationOutcome,
  ClientState,
  KeptFailure,
  ReceivedMessage,
} from '../../client/mqttClient';
import { MqttClient } from '../../client/mqttClient';
import type { StepListener, Transport } from '../../session/effects';
import { addressOf, type ConnectionProfile, outlivesWindow } from './connectionProfile';
import type { LiveConnectionDependencies } from './liveConnectionDependencies';
import { ProfileAuthenticator } from './profileAuthenticator';
import { profileClientOptions } from './profileClientOptions';

/** Who uses the clients of a connection. */
interface ProfileClientsOwner {
  open(profile: ConnectionProfile, stepBegan: StepListener): Promise<Transport>;
  changed(state: ClientState): void;
  received(messages: readonly ReceivedMessage[]): void;
  keptFailed(failure: KeptFailure): void;
}

/**
 * Whose Session it is: the server's, the user's and the Client Identifier's. What waits in one goes out for no other, so it is
 * also what it is kept under on the disk: the order and the form stay as they are.
 */
function sessionKey(profile: ConnectionProfile, clientId: string | undefined): string {
  const { userName } = profile;
  return JSON.stringify([addressOf(profile), clientId, ...(userName === undefined ? [] : [userName])]);
}

function madeWith(profile: ConnectionProfile, password: string | undefined): string {
  return JSON.stringify([profile, password]);
}

/** The clients of one connection of the window, one after another: each is made with what the settings say then. */
export class ProfileClients implements Disposable {
  current: MqttClient | undefined;
  /** The Client Identifier for profiles without one. */
  private readonly identifier: string;
  /** What the current one was made with, to know when it has to be another one. */
  private madeWith = '';
  private madeFor: ConnectionProfile | undefined;
  private authenticator: ProfileAuthenticator | undefined;
  /** Whose Session it has, to know when that cannot go on. */
  private sessionOf = '';

  constructor(
    private readonly dependencies: LiveConnectionDependencies,
    private readonly owner: ProfileClientsOwner,
  ) {
    this.identifier = dependencies.clientIdentifier();
  }

  /**
   * The client of the last connection, or another one where it was made with something else. Its Session goes on either way,
   * unless the server, the user or the Client Identifier is another one: what is kept for one is nobody else's.
   */
  of(profile: ConnectionProfile, password: string | undefined): MqttClient {
    const made = madeWith(profile, password);
    if (this.current !== undefined && made === this.madeWith) return this.current;
    const { dependencies, owner } = this;
    const { clientId } = profile;
    const sessionOf = sessionKey(profile, clientId);
    const goesOn = sessionOf === this.sessionOf && !profile.cleanStart;
    const inheritance = goesOn ? this.current?.handOver() : undefined;
    if (goesOn) this.current?.dispose();
    else this.leave();
    const store = outlivesWindow(profile) ? dependencies.sessionStore?.(profile, sessionOf) : undefined;
    const options = profileClientOptions(profile, password, {
      ownIdentifier: this.identifier,
      random: () => dependencies.random(),
      cryptography: dependencies.cryptography,
    });
    const client = new MqttClient(
      options,
      {
        open: (stepBegan) => owner.open(profile, stepBegan),
        clock: dependencies.clock,
        tap: () => dependencies.tap(profile),
        ...(store && { store }),
      },
      inheritance,
    );
    client.onDidChangeState((state) => owner.changed(state));
    client.onMessages((messages) => owner.received(messages));
    client.onKeptFailed((failure) => owner.keptFailed(failure));
    this.current = client;
    const { authenticator } = options;
    this.authenticator = authenticator instanceof ProfileAuthenticator ? authenticator : undefined;
    this.madeWith = made;
    this.madeFor = profile;
    this.sessionOf = sessionOf;
    return client;
  }

  /** The client there is authenticates again, with the password of now, which is also that of its further attempts. */
  reauthenticate(password: string | undefined): Promise<AuthenticationOutcome> {
    const { current, madeFor, authenticator } = this;
    if (!current || !madeFor) return Promise.reject(new ClientError({ kind: 'notConnected' }));
    if (authenticator) {
      authenticator.password = password ?? '';
      this.madeWith = madeWith(madeFor, password);
    }
    return current.reauthenticate();
  }

  /** The Session does not go on, which is told: what was kept in this window is lost, what is in a store stays behind. */
  leave(): void {
    const { current, madeFor } = this;
    current?.dispose();
    const messages = current?.leftMessages ?? 0;
    if (madeFor && messages > 0) this.dependencies.leftBehind?.(madeFor, messages);
    this.current = undefined;
  }

  dispose(): void {
    this.current?.dispose();
    this.current = undefined;
  }
}

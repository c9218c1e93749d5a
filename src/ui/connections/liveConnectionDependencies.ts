import type { Clock } from '../../base/clock';
import type { Cryptography } from '../../session/cryptography';
import type { CaptureTap, StepListener, Transport } from '../../session/effects';
import type { SessionStore } from '../../session/sessionJournal';
import type { ConnectionProfile } from './connectionProfile';

/** What a connection of the window needs of the window. */
export interface LiveConnectionDependencies {
  /** Whether this profile may connect now: a person may have to say so first. */
  permitted(profile: ConnectionProfile): Promise<boolean>;
  open(profile: ConnectionProfile, stepBegan: StepListener): Promise<Transport>;
  readonly clock: Clock;
  /** A new tap for each attempt, so that the inspector tells one connection from the next. */
  tap(profile: ConnectionProfile): CaptureTap;
  /** The password of a profile, from the secret storage. */
  password(profile: ConnectionProfile): Promise<string | undefined>;
  /** A Client Identifier for profiles without one. */
  clientIdentifier(): string;
  /**
   * Where a Session that is to be resumed is kept over the end of the window.
   * @param key whose it is, see `sessionKey`
   */
  sessionStore?(profile: ConnectionProfile, key: string): SessionStore;
  /** Hears of messages that are kept for a Session that the connection does not go on with: that of this profile. */
  leftBehind?(profile: ConnectionProfile, messages: number): void;
  /** A number from 0 up to, but not including, 1. */
  random(): number;
  readonly cryptography: Cryptography;
  /** Hears of errors that no caller waits for. */
  failed(what: string, error: unknown): void;
}

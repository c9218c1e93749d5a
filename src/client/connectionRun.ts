import type { ProtocolVersion } from '../protocol/controlPacket';
import type { ClientFailure } from './clientFailure';
import type { ClientError } from './clientFailure';
import type { ClientOptions, Retry } from './clientOptions';
import { afterFailure, noAttempts, refusesIdentifier, refusesVersion } from './reconnectPolicy';

/** What the end of a connection, or of an attempt to make one, leads to. */
export type NextStep =
  | { readonly kind: 'stop'; readonly failure: ClientFailure }
  /** Another connection at once, with the version that the run has by now. */
  | { readonly kind: 'again' }
  /** The same, without the Client Identifier that the server gave. */
  | { readonly kind: 'againUnnamed' }
  /** @property at milliseconds since the epoch */
  | { readonly kind: 'later'; readonly at: number; readonly retry: Retry };

/** What one `connect()` began, with its promise. */
export class ConnectionRun {
  version: ProtocolVersion;
  fellBackFrom: ProtocolVersion | undefined;
  /** Of the connection that is up, in milliseconds since the epoch. */
  connectedAt: number | undefined;
  private history = noAttempts;
  private hasBeenUp = false;
  private settle: { resolve: () => void; reject: (error: ClientError) => void } | undefined;
  readonly outcome = new Promise<void>((resolve, reject) => {
    this.settle = { resolve, reject };
  });

  constructor(private readonly options: ClientOptions) {
    this.version = firstVersion(options);
  }

  resolve(): void {
    this.hasBeenUp = true;
    this.settle?.resolve();
  }

  reject(error: ClientError): void {
    this.settle?.reject(error);
  }

  /**
   * Decides whether there is another attempt, and takes down that there was this one.
   * @param isNamed whether the server gave the Client Identifier
   * @param hasLostJournal whether the Session's journal takes nothing more: another attempt does not open it anew
   * @param now milliseconds since the epoch
   */
  after(failure: ClientFailure, isNamed: boolean, hasLostJournal: boolean, now: number): NextStep {
    const { options } = this;
    if (options.version === 'automatic' && this.version === 5 && refusesVersion(failure)) {
      this.fellBackFrom = this.version;
      this.version = 4;
      return { kind: 'again' };
    }
    if (isNamed && refusesIdentifier(failure)) return { kind: 'againUnnamed' };
    const { reconnect } = options;
    const isFirst = reconnect?.when === 'afterConnected' && !this.hasBeenUp;
    if (!reconnect || isFirst || hasLostJournal) return { kind: 'stop', failure };
    const connectedFor = this.connectedAt === undefined ? undefined : now - this.connectedAt;
    this.connectedAt = undefined;
    const verdict = afterFailure(failure, connectedFor, this.version, this.history, reconnect, now);
    if (verdict.kind === 'stop') return verdict;
    this.history = verdict.history;
    const { suspicion } = verdict;
    const retry = { attempt: this.history.attempts, failure, ...(suspicion && { suspicion }) };
    return { kind: 'later', at: now + verdict.delay, retry };
  }
}

/** What a first connection speaks. */
export function firstVersion({ version }: ClientOptions): ProtocolVersion {
  return version === 'automatic' ? 5 : version;
}

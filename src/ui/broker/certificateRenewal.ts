import type { Clock } from '../../base/clock';
import type { Disposable } from '../../base/lifecycle';
import type { ServerIdentity } from '../../transport/listening/serverTls';

/** How often it is looked, in milliseconds. */
const lookEvery = 60_000;

/**
 * Shows another certificate on the listeners that are open once there is one: the computer has come to another network, so
 * that its addresses are others, or the one that is shown ends soon. A laptop does both while the broker runs.
 */
export class CertificateRenewal implements Disposable {
  private readonly listeners: ((identity: ServerIdentity) => void)[] = [];
  private looking: Promise<void> | undefined;
  private timer: Disposable | undefined;
  private isDisposed = false;
  private told: string | undefined;

  /**
   * @param read the identity as it ought to be now
   * @param shown the one that the listeners begin with
   * @param failed hears why it could not be read, once for each reason; what was shown is shown on
   */
  constructor(
    private readonly clock: Clock,
    private readonly read: () => Promise<ServerIdentity>,
    private shown: ServerIdentity,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Looks from time to time from now on. */
  begin(): void {
    this.timer = this.clock.schedule(this.clock.now() + lookEvery, () => {
      void this.look();
      this.begin();
    });
  }

  /** One more listener. */
  add(renew: (identity: ServerIdentity) => void): void {
    this.listeners.push(renew);
  }

  /** Looks now; a client that was turned away may come back at once. */
  look(): Promise<void> {
    return (this.looking ??= this.lookOnce().finally(() => (this.looking = undefined)));
  }

  dispose(): void {
    this.isDisposed = true;
    this.timer?.dispose();
  }

  private async lookOnce(): Promise<void> {
    try {
      const identity = await this.read();
      this.told = undefined;
      if (this.isDisposed || identity.certificate === this.shown.certificate) return;
      for (const renew of this.listeners) renew(identity);
      this.shown = identity;
    } catch (error) {
      const reason = String(error);
      if (reason !== this.told) this.failed(error);
      this.told = reason;
    }
  }
}

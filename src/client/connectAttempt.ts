import type { ClientError } from './clientFailure';

/** The promise of one `connect()`. */
export class ConnectAttempt {
  resolve: () => void = () => undefined;
  reject: (error: ClientError) => void = () => undefined;
  readonly outcome = new Promise<void>((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });
}

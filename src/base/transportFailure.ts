export type TransportFailureCode =
  | 'refused'
  | 'hostNotFound'
  | 'unreachable'
  | 'timedOut'
  | 'reset'
  | 'addressInUse'
  | 'notPermitted'
  | 'other';

/** Why a connection could not be made or broke, as the platform names it. `detail` is the platform's own code or text. */
export interface TransportFailure {
  readonly code: TransportFailureCode;
  readonly detail: string;
}

/** What the attempt to open a connection or a port rejects with. */
export class TransportFailureError extends Error {
  override readonly name = 'TransportFailureError';

  constructor(readonly failure: TransportFailure) {
    super(`${failure.code}: ${failure.detail}`);
  }
}

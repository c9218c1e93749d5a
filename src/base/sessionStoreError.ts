/** Why a Session cannot be kept. */
export type SessionStoreFailure =
  /** Another client, perhaps of another process, runs this Session. */
  | { readonly code: 'inUse' }
  /** It cannot be read or written. `detail` is the platform's text. */
  | { readonly code: 'unusable'; readonly detail: string };

/** What opening a Session that is kept rejects with, and keeping a step of it throws. */
export class SessionStoreError extends Error {
  override readonly name = 'SessionStoreError';

  constructor(readonly failure: SessionStoreFailure) {
    super(failure.code === 'inUse' ? failure.code : `${failure.code}: ${failure.detail}`);
  }
}

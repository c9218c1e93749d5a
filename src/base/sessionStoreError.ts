/** Why a Session cannot be kept. */
export type SessionStoreFailure =
  /** Another client, perhaps of another process, runs this Session. */
  | { readonly code: 'inUse' }
  /** A newer version of this program wrote it, in a way of its own. */
  | { readonly code: 'newer' }
  /** There is no room for it. `detail` is the platform's text, here and below. */
  | { readonly code: 'full'; readonly detail: string }
  /** This user may not write there. */
  | { readonly code: 'notPermitted'; readonly detail: string }
  /** It cannot be read or written for some other reason. */
  | { readonly code: 'unusable'; readonly detail: string };

/** What opening a Session that is kept rejects with, and keeping a step of it throws. */
export class SessionStoreError extends Error {
  override readonly name = 'SessionStoreError';

  constructor(readonly failure: SessionStoreFailure) {
    super('detail' in failure ? `${failure.code}: ${failure.detail}` : failure.code);
  }
}

import type { ReferredServer } from '../connections/serverReference';

/** What a person is told when something failed. The three sentences are shown one after the other. */
export interface Explanation {
  /** A few words for the end of a row. */
  readonly short: string;
  readonly what: string;
  readonly why: string;
  /** What to do next. */
  readonly next: string;
  /** The button that helps most. */
  readonly remedy?: Remedy;
  /** The server to connect to instead, for `connectElsewhere`. */
  readonly elsewhere?: ReferredServer;
}

/** `openSettings` is for what the form has no field for, `openProxySettings` for VS Code's own. */
export type Remedy =
  | 'setPassword'
  | 'enterPassphrase'
  | 'enterProxyPassword'
  | 'editConnection'
  | 'openSettings'
  | 'openProxySettings'
  | 'manageTrust'
  | 'connect'
  | 'connectElsewhere';

/** The whole explanation as one text. */
export function explanationText(explanation: Explanation): string {
  return `${explanation.what} ${explanation.why} ${explanation.next}`;
}

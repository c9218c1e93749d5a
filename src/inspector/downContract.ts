/** A connection that is down, and what it is to be asked for by. */
export interface DownConnection {
  readonly key: string;
  readonly name: string;
}

/** What the view asks of the extension host about connections. */
export interface ConnectionHost {
  /**
   * The connections that packets would come from, were they up: none while packets may come, and where the panel shows a
   * file.
   */
  downConnections(): readonly DownConnection[];
  /** Connects again; without a key the person is asked which. */
  reconnect(key: string | null | undefined): void;
}

export interface ConnectionView {
  downChanged(down: readonly DownConnection[]): void;
}

import type { NetworkEnds } from '../session/effects';

interface NamedConnection {
  name: string;
  /** Where it goes from and to, as far as that is known. */
  ends?: NetworkEnds;
  /** The sequence number after the last row it can have; undefined while it is open. */
  end: number | undefined;
}

/** What the connections of a log are called. A name goes when the connection is closed and its last packet is gone. */
export class ConnectionNames {
  private readonly names = new Map<number, NamedConnection>();
  private next = 1;

  open(name: string): number {
    const connection = this.next++;
    this.names.set(connection, { name, end: undefined });
    return connection;
  }

  /** Enters a connection of an earlier run, which is closed. */
  restore(connection: number, name: string, end: number): void {
    this.names.set(connection, { name, end });
    this.next = Math.max(this.next, connection + 1);
  }

  rename(connection: number, name: string): void {
    const named = this.names.get(connection);
    if (named) named.name = name;
  }

  close(connection: number, end: number): void {
    const named = this.names.get(connection);
    if (named) named.end ??= end;
  }

  get(connection: number): string | undefined {
    return this.names.get(connection)?.name;
  }

  setEnds(connection: number, ends: NetworkEnds): void {
    const named = this.names.get(connection);
    if (named) named.ends = ends;
  }

  ends(connection: number): NetworkEnds | undefined {
    return this.names.get(connection)?.ends;
  }

  forgetBefore(first: number): void {
    for (const [connection, { end }] of this.names) {
      if (end !== undefined && end <= first) this.names.delete(connection);
    }
  }

  entries(): readonly (readonly [connection: number, name: string])[] {
    return Array.from(this.names, ([connection, { name }]) => [connection, name] as const);
  }
}

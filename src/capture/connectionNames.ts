import type { Direction, NetworkEnds } from '../session/effects';

interface NamedConnection {
  name: string;
  /** Where it goes from and to, as far as that is known. */
  ends?: NetworkEnds;
  /** Which way its first CONNECT went, however long ago. */
  client?: Direction;
  /** The sequence number after the last row it can have; undefined while it is open. */
  end: number | undefined;
  /** When it was closed, where that is known. */
  closedAt: number | undefined;
}

/** All that is known of a connection beside its packets. */
export interface KnownConnection {
  readonly number: number;
  readonly name: string;
  readonly ends: NetworkEnds | undefined;
  /** Which way its first CONNECT went; undefined where none was seen. */
  readonly client: Direction | undefined;
  /** Where it ends; undefined while it is open. */
  readonly end: ConnectionEnd | undefined;
}

/** A connection is closed: no row from `end` on is its own. */
export interface ConnectionEnd {
  /** Sequence number after its last row, or a later one. */
  readonly end: number;
  /** When it was closed, in milliseconds since the Unix epoch; undefined where nobody noted it. */
  readonly at: number | undefined;
}

/** What the connections of a log are called. A name goes when the connection is closed and its last packet is gone. */
export class ConnectionNames {
  private readonly names = new Map<number, NamedConnection>();
  private next = 1;

  open(name: string): number {
    const connection = this.next++;
    this.names.set(connection, { name, end: undefined, closedAt: undefined });
    return connection;
  }

  /** Enters a connection of an earlier run: what was still open then ends there, and nobody noted when. */
  restore({ number, name, ends, client, end }: KnownConnection, endOfRun: number): void {
    const restored = { name, end: end?.end ?? endOfRun, closedAt: end?.at };
    this.names.set(number, { ...restored, ...(ends && { ends }), ...(client && { client }) });
    this.next = Math.max(this.next, number + 1);
  }

  rename(connection: number, name: string): void {
    const named = this.names.get(connection);
    if (named) named.name = name;
  }

  close(connection: number, end: number, at: number | undefined): void {
    const named = this.names.get(connection);
    if (!named || named.end !== undefined) return;
    named.end = end;
    named.closedAt = at;
  }

  /** A connection of which there is no row, and none follows. */
  forget(connection: number): void {
    this.names.delete(connection);
  }

  /** Where a connection ends that is closed; undefined while it is open, and where it is not known any more. */
  endOf(connection: number): ConnectionEnd | undefined {
    const named = this.names.get(connection);
    return named?.end === undefined ? undefined : { end: named.end, at: named.closedAt };
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

  /** A CONNECT went this way. */
  noteConnect(connection: number, direction: Direction): void {
    const named = this.names.get(connection);
    if (named) named.client ??= direction;
  }

  /** Which way the first CONNECT went; undefined where none was seen. */
  clientOf(connection: number): Direction | undefined {
    return this.names.get(connection)?.client;
  }

  forgetBefore(first: number): void {
    for (const [connection, { end }] of this.names) {
      if (end !== undefined && end <= first) this.names.delete(connection);
    }
  }

  entries(): readonly KnownConnection[] {
    return Array.from(this.names, ([number, { name, ends, client }]) => ({
      ...{ number, name, ends, client },
      end: this.endOf(number),
    }));
  }
}

/*
 * What connections are called in a packet log. The name is all that outlives a reload and a capture file, so what it tells
 * of the client is written and read here alone.
 */

/** What the name of a connection tells. */
export interface ConnectionName {
  /** The Client Identifier in front, as it is shown; undefined where the name has none. */
  readonly identifier: string | undefined;
  /** Where the client's packets come from, without a port, which is new each time; undefined where the name does not tell. */
  readonly origin: string | undefined;
  /** The server's address and port, as a capture of another program has it; undefined where the name does not tell. */
  readonly server: string | undefined;
}

const address = /(?:\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:.]+(?:%[^\]\s]+)?\]):\d+/i.source;
const device = new RegExp(`^(.+) \\((${address})\\)$`, 'is');
const captured = new RegExp(`^(?:(.*) · )?(${address}) → (${address})$`, 'is');

/** A client of the local broker: `esp32 (192.168.1.31:50123)`. */
export function deviceName(identifier: string, peer: string): string {
  return `${identifier} (${peer})`;
}

/** A connection in a capture of another program: `esp32 · 192.168.1.31:50123 → 192.168.1.2:1883`. */
export function capturedName(identifier: string, client: string, server: string): string {
  const ends = `${client} → ${server}`;
  return identifier === '' ? ends : `${identifier} · ${ends}`;
}

/** Reads what the two above write; any other name tells nothing but itself. */
export function readConnectionName(name: string): ConnectionName {
  const between = captured.exec(name);
  if (between) {
    const [, identifier, client = '', server] = between;
    return { identifier, origin: withoutPort(client), server };
  }
  const of = device.exec(name);
  return { identifier: of?.[1], origin: of?.[2] && withoutPort(of[2]), server: undefined };
}

/**
 * A name without what differs from one connection of a client to the next: `esp32`, `esp32 → 192.168.1.2:1883`; that of a
 * connection of our own as it is.
 */
export function steadyName(name: string): string {
  const { identifier, server } = readConnectionName(name);
  if (identifier === undefined) return name;
  return server === undefined ? identifier : `${identifier} → ${server}`;
}

/** All that a connection may be called by: its name, its {@link steadyName} and the Client Identifier in it. */
export function namesOf(name: string): readonly string[] {
  const { identifier } = readConnectionName(name);
  return identifier === undefined ? [name] : [...new Set([name, steadyName(name), identifier])];
}

/** The shortest name that all connections of a client answer to, and few others. */
export function shortName(name: string): string {
  return readConnectionName(name).identifier ?? name;
}

/** `192.168.1.31:50123` as `192.168.1.31`. */
function withoutPort(end: string): string {
  return end.replace(/:\d+$/, '');
}

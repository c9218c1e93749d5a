import { defaultPorts, type TransportName } from '../../contributions/networkSettings';

/** Why a text cannot be a server's name or address, or undefined. */
export function hostProblem(host: string): string | undefined {
  if (host === '') return 'A connection needs a host: a name or an address.';
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(host);
  if (scheme) return `Leave out "${scheme[0]}": only the name or address is needed.`;
  if (/\s/.test(host)) return 'A host has no spaces.';
  if (/^[^:]*:\d+$/.test(host)) return 'Leave out the port here: it has a field of its own.';
  return /[/@?#\\[\]]/.test(host) ? 'A host is a name or an address alone, such as 192.168.1.20.' : undefined;
}

/** Why a text cannot be a port, or undefined. */
export function portProblem(port: string): string | undefined {
  const number = /^\d+$/.test(port) ? Number(port) : 0;
  return number >= 1 && number <= 65535 ? undefined : 'A port is a whole number from 1 to 65535.';
}

/** What the URL of a server says. */
export interface ServerUrl {
  readonly transport: Exclude<TransportName, 'unix'>;
  readonly host: string;
  readonly port: number;
  /** Of a WebSocket; undefined where the URL has none. */
  readonly path: string | undefined;
  /** Undefined where the URL names nobody. */
  readonly userName: string | undefined;
  /** Undefined where the URL has none. It belongs into the secret storage, and into no message. */
  readonly password: string | undefined;
}

const transports: Readonly<Record<string, ServerUrl['transport']>> = {
  mqtt: 'tcp',
  tcp: 'tcp',
  mqtts: 'tls',
  ssl: 'tls',
  tls: 'tls',
  ws: 'ws',
  wss: 'wss',
};

/** Whether a text is meant to be a URL: of those alone {@link parseServerUrl} makes sense. */
export function isUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
}

/**
 * Reads a URL as other clients take it (`mqtts://ada:secret@host:8883`, `wss://host/mqtt`), or says as a sentence what is
 * wrong. A password that is part of it never stands in that sentence.
 */
export function parseServerUrl(text: string): ServerUrl | string {
  const [, scheme = '', rest = ''] = /^([^:]+):\/\/(.*)$/s.exec(text.trim()) ?? [];
  const transport = transports[scheme.toLowerCase()];
  if (transport === undefined) {
    return `"${scheme}://" is none of mqtt://, mqtts://, ws:// and wss://.`;
  }
  const [, authority = '', path = ''] = /^([^/?#]*)(.*)$/s.exec(rest) ?? [];
  // Of several "@" the last one ends the password: people paste it as it is.
  const end = authority.lastIndexOf('@');
  const user = parseUser(authority.slice(0, Math.max(0, end)));
  if (typeof user === 'string') return user;
  const server = authority.slice(end + 1);
  if (end < 0 && mayHideAUser(server, path, transport)) {
    return 'In a user name and a password "/", "?" and "#" are written %2F, %3F and %23, and in a path "@" is written %40.';
  }
  const [, bracketed, bare = '', port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d*))?$/.exec(server) ?? [];
  const host = bracketed ?? bare;
  const problem = hostProblem(host) ?? (port === undefined || port === '' ? undefined : portProblem(port));
  if (problem !== undefined) return problem;
  const hasPath = path !== '' && path !== '/';
  if (hasPath && transport !== 'ws' && transport !== 'wss') {
    return `A path goes with ws:// and wss:// only: leave out "${path}".`;
  }
  if (/[\s#]/.test(path)) return 'The path of a WebSocket has neither spaces nor "#".';
  return {
    transport,
    host,
    port: port === undefined || port === '' ? defaultPorts[transport] : Number(port),
    path: path === '' ? undefined : path.startsWith('?') ? `/${path}` : path,
    ...user,
  };
}

/**
 * Whether an "@" behind the server may end a password that has a "/" in it: part of that must become neither a host nor a
 * sentence. A digit may stand in a password as well as in a port, so that a port is no sign of a server.
 */
function mayHideAUser(server: string, path: string, transport: ServerUrl['transport']): boolean {
  if (!path.includes('@')) return false;
  const hasPath = transport === 'ws' || transport === 'wss';
  return !hasPath || !/^(\[[^\]]*\]|[^:]*)$/.test(server) || /:.*@/s.test(path);
}

function parseUser(text: string): Pick<ServerUrl, 'userName' | 'password'> | string {
  const [, name = '', password = ''] = /^([^:]*):?(.*)$/s.exec(text) ?? [];
  if (name === '' && password !== '') return 'A password stands behind its user name, as in ada:secret@host.';
  const given = (part: string) => (part === '' ? undefined : percentDecoded(part));
  return { userName: given(name), password: given(password) };
}

/** What `%40` and the like stand for; a text whose "%" are meant as such stays as it is. */
function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}

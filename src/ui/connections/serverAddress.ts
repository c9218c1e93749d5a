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

/** Reads a URL as other clients take it (`mqtts://host:8883`, `wss://host/mqtt`), or says as a sentence what is wrong. */
export function parseServerUrl(text: string): ServerUrl | string {
  const [, scheme = '', rest = ''] = /^([^:]+):\/\/(.*)$/s.exec(text.trim()) ?? [];
  const transport = transports[scheme.toLowerCase()];
  if (transport === undefined) {
    return `"${scheme}://" is none of mqtt://, mqtts://, ws:// and wss://.`;
  }
  const [, authority = '', path = ''] = /^([^/?#]*)(.*)$/s.exec(rest) ?? [];
  if (authority.includes('@')) return 'Leave user name and password out here: they are asked for below.';
  const [, bracketed, bare = '', port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d*))?$/.exec(authority) ?? [];
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
  };
}

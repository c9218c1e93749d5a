import {
  defaultPorts,
  defaultWebSocketPath,
  type NetworkSetting,
  type TransportName,
  transportNames,
} from '../../contributions/networkSettings';
import { addressText } from '../../transport/addressText';
import { parseProxyAddress } from '../../transport/proxyAddress';
import { choiceProblem, described, firstProblem, isRecord, textProblem } from './fieldProblems';
import { hostProblem, portProblem } from './serverAddress';
import { parseTls, type TlsProfile, toTlsSetting } from './tlsProfile';

/** The proxy of a connection: a URL without a password, `none`, or undefined for what VS Code's settings say. */
type ProxyChoice = string | undefined;

interface WebSocketProfile {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** How a connection gets to its server. */
export type NetworkProfile =
  | { readonly transport: 'tcp'; readonly proxy: ProxyChoice }
  | { readonly transport: 'tls'; readonly proxy: ProxyChoice; readonly tls: TlsProfile }
  | { readonly transport: 'ws'; readonly proxy: ProxyChoice; readonly webSocket: WebSocketProfile }
  | {
      readonly transport: 'wss';
      readonly proxy: ProxyChoice;
      readonly webSocket: WebSocketProfile;
      readonly tls: TlsProfile;
    }
  | { readonly transport: 'unix'; readonly socketPath: string };

/** Where a connection leads. Host and port are empty and 0 for a Unix socket. */
export interface Whereabouts {
  readonly host: string;
  readonly port: number;
  readonly network: NetworkProfile;
}

/** MQTT over TCP, through whatever proxy VS Code goes through. */
export const plainTcp: NetworkProfile = { transport: 'tcp', proxy: undefined };

const schemes = { tcp: '', tls: 'mqtts://', ws: 'ws://', wss: 'wss://' } as const;

/** Where a connection leads, for people: `host:1883`, `mqtts://host:8883`, `ws://host:80/mqtt`, `unix:/path`. */
export function addressOf({ host, port, network }: Whereabouts): string {
  if (network.transport === 'unix') return `unix:${network.socketPath}`;
  const path = 'webSocket' in network ? network.webSocket.path : '';
  return `${schemes[network.transport]}${addressText(host, port)}${path}`;
}

/** The server alone, without what is spoken to it: for where there is little room. */
export function serverOf({ host, port, network }: Whereabouts): string {
  return network.transport === 'unix' ? `unix:${network.socketPath}` : addressText(host, port);
}

/** Whether anybody may pose as the server, because its certificate is not checked. */
export function isInsecure({ network }: Pick<Whereabouts, 'network'>): boolean {
  return 'tls' in network && !network.tls.verify;
}

type Given = Readonly<Partial<Record<keyof NetworkSetting, unknown>>>;

/** Reads the way to the server, or says as a sentence which field is wrong. */
export function parseNetwork(given: Given): Whereabouts | string {
  const { transport = 'tcp' } = given;
  const problem = described('transport', choiceProblem(transport, transportNames));
  if (problem !== undefined) return problem;
  const name = transport as TransportName;
  return misplaced(given, name) ?? (name === 'unix' ? parseUnix(given) : parseHost(given, name));
}

/** The part of an entry that says the way to the server. */
export function toNetworkSetting({ host, port, network }: Whereabouts): NetworkSetting {
  const { transport } = network;
  if (transport === 'unix') return { transport, socketPath: network.socketPath };
  const tls = 'tls' in network ? toTlsSetting(network.tls) : undefined;
  return {
    ...(transport !== 'tcp' && { transport }),
    host,
    port,
    ...('webSocket' in network && toWebSocketSetting(network.webSocket)),
    ...(tls !== undefined && { tls }),
    ...(network.proxy !== undefined && { proxy: network.proxy }),
  };
}

/** Which transports each field belongs to, where not to all. */
const owners: Readonly<Partial<Record<keyof NetworkSetting, readonly TransportName[]>>> = {
  socketPath: ['unix'],
  host: ['tcp', 'tls', 'ws', 'wss'],
  port: ['tcp', 'tls', 'ws', 'wss'],
  proxy: ['tcp', 'tls', 'ws', 'wss'],
  path: ['ws', 'wss'],
  headers: ['ws', 'wss'],
  tls: ['tls', 'wss'],
};

/** A field of another transport: somebody who writes `tls` must not find out on the wire that it did not count. */
function misplaced(given: Given, transport: TransportName): string | undefined {
  for (const [field, transports] of Object.entries(owners)) {
    if (given[field as keyof NetworkSetting] === undefined || transports.includes(transport)) continue;
    const wanted = transports.map((name) => `"${name}"`).join(' or ');
    return `${field}: goes with "transport": ${wanted} only, and this one is "${transport}".`;
  }
  return undefined;
}

function parseUnix({ socketPath }: Given): Whereabouts | string {
  const problem = typeof socketPath === 'string' ? socketPathProblem(socketPath) : 'must be a text.';
  if (problem !== undefined) return `socketPath: ${problem}`;
  return { host: '', port: 0, network: { transport: 'unix', socketPath: socketPath as string } };
}

function parseHost(given: Given, transport: Exclude<TransportName, 'unix'>): Whereabouts | string {
  const { host, port = defaultPorts[transport], path = defaultWebSocketPath, headers = {}, proxy } = given;
  const problem = firstProblem([
    () => described('host', typeof host === 'string' ? hostProblem(host) : 'must be a text.'),
    () => described('port', typeof port === 'number' ? portProblem(String(port)) : 'must be a number.'),
    () => described('path', typeof path === 'string' ? pathProblem(path) : 'must be a text.'),
    () => described('headers', headersProblem(headers)),
    () =>
      described('proxy', textProblem(proxy) ?? (typeof proxy === 'string' ? proxyProblem(proxy) : undefined)),
  ]);
  if (problem !== undefined) return problem;
  const tls = parseTls(given.tls);
  if (typeof tls === 'string') return tls;
  const way = { proxy: proxy === '' ? undefined : (proxy as ProxyChoice) };
  const webSocket = { path: path as string, headers: headers as WebSocketProfile['headers'] };
  const networks: Readonly<Record<typeof transport, NetworkProfile>> = {
    tcp: { transport: 'tcp', ...way },
    tls: { transport: 'tls', ...way, tls },
    ws: { transport: 'ws', ...way, webSocket },
    wss: { transport: 'wss', ...way, webSocket, tls },
  };
  return { host: host as string, port: port as number, network: networks[transport] };
}

function toWebSocketSetting({ path, headers }: WebSocketProfile): NetworkSetting {
  return {
    ...(path !== defaultWebSocketPath && { path }),
    ...(Object.keys(headers).length > 0 && { headers }),
  };
}

/** Why a text cannot be the path of a Unix socket, or undefined. */
export function socketPathProblem(path: string): string | undefined {
  const absolute = path.startsWith('/') || path.startsWith('\\\\.\\pipe\\');
  return absolute && !path.includes('\0')
    ? undefined
    : 'A Unix socket has a whole path, such as /run/mosquitto.sock.';
}

/** Why a text cannot be the path of a WebSocket, or undefined. */
export function pathProblem(path: string): string | undefined {
  return /^\/[\x21-\x7e]*$/.test(path) && !path.includes('#')
    ? undefined
    : 'A path starts with a slash and has neither spaces nor "#", such as /mqtt.';
}

/** Why a text names no proxy, or undefined. */
function proxyProblem(proxy: string): string | undefined {
  if (proxy === '' || proxy === 'none') return undefined;
  const address = parseProxyAddress(proxy);
  if (typeof address === 'string') return address;
  return address.password === undefined
    ? undefined
    : 'Leave the password out: it is asked for, and kept in the secret storage.';
}

/** Headers that make the WebSocket, and are not for anybody to choose. */
const ownHeaders = /^(connection|upgrade|content-length|transfer-encoding|sec-websocket-.*)$/i;

function headersProblem(headers: unknown): string | undefined {
  if (!isRecord(headers)) return 'must be an object whose values are texts.';
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) return `"${name}" is no name of a header.`;
    if (ownHeaders.test(name)) return `"${name}" belongs to the WebSocket itself.`;

    if (typeof value !== 'string' || /[^\t\x20-\x7e\x80-\xff]/.test(value)) {
      return `the value of "${name}" must be a text on one line.`;
    }
  }
  return undefined;
}

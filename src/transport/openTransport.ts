import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { StepListener, Transport } from '../session/effects';
import { type Endpoint, endpointText, type HostEndpoint, plainTls, type Proxy } from './endpoint';
import { tunnelThroughHttp } from './httpProxy';
import { securityOf } from './peerCertificate';
import { Deadline } from './openingStep';
import { proxyStepFailure, proxyTlsFailure } from './proxyFailure';
import { socketFailure } from './socketFailure';
import { SocketTransport } from './socketTransport';
import { tunnelThroughSocks } from './socksProxy';
import { connectStream } from './tcpStream';
import { tlsFailure } from './tlsFailure';
import { loadTlsMaterial, type TlsMaterial } from './tlsMaterial';
import { secureStream } from './tlsStream';
import { openWebSocket } from './webSocketUpgrade';
import { WebSocketTransport } from './webSocketTransport';

export interface OpenOptions {
  /** How long it may take until everything is open, in milliseconds. */
  readonly timeout: number;
  readonly stepBegan?: StepListener | undefined;
}

/**
 * Opens a stream of bytes to a server. First the files that it needs are read: while one cannot be used nothing is
 * connected. Rejects with a {@link TransportFailureError} that says which step failed.
 */
export async function openTransport(
  endpoint: Endpoint,
  { timeout, stepBegan }: OpenOptions,
): Promise<Transport> {
  const expiry = new AbortController();
  const timer = setTimeout(() => expiry.abort(), timeout);
  try {
    const material = 'tls' in endpoint ? await loadTlsMaterial(endpoint.tls, expiry.signal) : undefined;
    return await open(endpoint, material, new Deadline(expiry.signal, stepBegan));
  } finally {
    clearTimeout(timer);
  }
}

async function open(
  endpoint: Endpoint,
  material: TlsMaterial | undefined,
  deadline: Deadline,
): Promise<Transport> {
  const peer = endpointText(endpoint);
  if (endpoint.kind === 'unix') {
    return new SocketTransport(await connectStream({ path: endpoint.path }, deadline), peer);
  }
  const bare = await reach(endpoint, deadline);
  const secure =
    'tls' in endpoint && material !== undefined
      ? await secureStream(
          {
            stream: bare,
            name: endpoint.tls.serverName ?? endpoint.host,
            material,
            applicationProtocols: endpoint.tls.applicationProtocols,
            verify: endpoint.tls.verify,
          },
          deadline,
        )
      : undefined;
  const stream: Socket | TLSSocket = secure ?? bare;
  const failureOf = secure === undefined ? socketFailure : tlsFailure;
  const security = secure && securityOf(secure);
  if (endpoint.kind !== 'ws' && endpoint.kind !== 'wss') {
    return new SocketTransport(stream, peer, failureOf, security);
  }
  const socket = await openWebSocket(stream, endpoint, endpoint.webSocket, endpoint.kind, deadline);
  return new WebSocketTransport(socket, stream, peer, failureOf, security);
}

/** A stream to the server's port, through the proxy where there is one. */
async function reach({ host, port, proxy }: HostEndpoint, deadline: Deadline): Promise<Socket> {
  if (proxy === undefined) return connectStream({ host, port }, deadline);
  const material = proxy.scheme === 'https' ? await loadTlsMaterial(plainTls, deadline.signal) : undefined;
  const bare = await connectStream({ host: proxy.host, port: proxy.port }, deadline, (error) =>
    proxyStepFailure(proxy, error),
  );
  if (proxy.scheme === 'socks5') return tunnelThroughSocks(bare, proxy, { host, port }, deadline);
  const stream = material === undefined ? bare : await secureProxy(bare, proxy, material, deadline);
  return tunnelThroughHttp(stream, proxy, { host, port }, deadline);
}

function secureProxy(
  stream: Socket,
  proxy: Proxy,
  material: TlsMaterial,
  deadline: Deadline,
): Promise<Socket> {
  return secureStream(
    { stream, name: proxy.host, material, applicationProtocols: [], verify: proxy.verify },
    deadline,
    (failure) => proxyTlsFailure(proxy, failure),
  );
}

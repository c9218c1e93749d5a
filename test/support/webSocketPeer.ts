import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Duplex } from 'node:stream';
import type { TlsOptions } from 'node:tls';
import { type WebSocket, WebSocketServer } from 'ws';
import { listening, type TestServer } from './tlsPeer';

export interface WebSocketPeerOptions {
  /** What it does with a WebSocket; by default it sends back what it gets. */
  readonly connected?: (socket: WebSocket, request: IncomingMessage) => void;
  /** Speaks TLS with these. */
  readonly tls?: TlsOptions;
  /** The path it is at; others get 404. */
  readonly path?: string;
  /** The subprotocol it selects; by default the first one that was offered. */
  readonly subprotocol?: string;
}

/** A server on 127.0.0.1 with a WebSocket at `/mqtt`. */
export function startWebSocketPeer(options: WebSocketPeerOptions = {}): Promise<TestServer> {
  const { path = '/mqtt', subprotocol, connected = echo } = options;
  const server = options.tls ? createSecureServer(options.tls) : createServer();
  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => subprotocol ?? [...offered][0] ?? false,
  });
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    if (request.url !== path) {
      stream.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => connected(socket, request));
  });
  return listening(server);
}

function echo(socket: WebSocket): void {
  socket.on('message', (data, binary) => socket.send(data as Buffer, { binary }));
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { WebSocketFailure } from '../../base/transportFailure';
import { destroyLater } from '../destroyLater';
import { tolerateErrors } from '../openingStep';
import { peerOf } from '../socketServer';
import type { PendingConnections } from './pendingConnections';

/** The largest message that is taken, in bytes: a whole MQTT packet at its largest, which a client may send as one. */
const largestMessage = 268_435_455 + 5;

/** What clients of 3.1.1 and 5.0 offer [MQTT-6.0.0-3], and those of 3.1. */
const subprotocols = ['mqtt', 'mqttv3.1'];

const badRequest = 400;
const upgradeRequired = 426;

/** Opens WebSockets on connections that a port has accepted, at any path. */
export class WebSocketAcceptor {
  private readonly server: Server;
  private readonly sockets = new WebSocketServer({
    noServer: true,
    // Compression would take 300 KiB for each connection.
    perMessageDeflate: false,
    maxPayload: largestMessage,
    // Text is refused whatever it is, and told by its bytes.
    skipUTF8Validation: true,
    handleProtocols: (offered) => subprotocolOf(offered) ?? false, // [MQTT-6.0.0-4]
  });

  constructor(
    private readonly pending: PendingConnections,
    private readonly onWebSocket: (socket: WebSocket, stream: Socket, peer: string) => void,
  ) {
    this.server = createServer((request, response) => this.requested(request, response));
    this.server.on('upgrade', (request, stream: Duplex, head: Buffer) => this.upgrade(request, stream, head));
    this.server.on('clientError', (error: Error & { rawPacket?: Buffer; code?: string }, stream: Duplex) => {
      const peer = peerOf(stream as Socket);
      if (error.rawPacket) pending.received(peer, error.rawPacket);
      pending.refuse(peer, { step: 'webSocket', code: 'notWebSocket', detail: error.code ?? error.message });
      stream.destroy();
    });
    this.sockets.on('wsClientError', (error, stream, request) => {
      const failure = { step: 'webSocket', code: 'notWebSocket', detail: error.message } as const;
      this.refuse(request, stream, badRequest, failure);
    });
  }

  /** @param stream a connection that has its entry among the pending ones already, if it came over TLS */
  accept(stream: Socket): void {
    tolerateErrors(stream);
    this.server.emit('connection', stream);
  }

  private upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
    if (subprotocolOf(offered) === undefined) {
      const said = offered.join(', ');
      const detail = said === '' ? 'no Sec-WebSocket-Protocol' : `Sec-WebSocket-Protocol: ${said}`;
      const failure = { step: 'webSocket', code: 'subprotocolRefused', detail } as const;
      return this.refuse(request, stream, badRequest, failure); // [MQTT-6.0.0-3]
    }
    this.sockets.handleUpgrade(request, stream, head, (socket) => {
      socket.binaryType = 'fragments';
      this.onWebSocket(socket, stream as Socket, peerOf(stream as Socket));
    });
  }

  private requested(request: IncomingMessage, response: ServerResponse): void {
    const { method = '', url = '' } = request;
    this.told(request, {
      step: 'webSocket',
      code: 'upgradeRefused',
      status: upgradeRequired,
      detail: `${method} ${url}`,
    });
    response.writeHead(upgradeRequired, {
      Connection: 'close, Upgrade',
      Upgrade: 'websocket',
      'Content-Type': 'text/plain',
    });
    destroyLater(request.socket);
    response.end('This port is for MQTT over WebSocket: connect with the subprotocol "mqtt".\n');
  }

  private refuse(request: IncomingMessage, stream: Duplex, status: number, failure: WebSocketFailure): void {
    this.told(request, failure);
    const body = `No MQTT over WebSocket: ${failure.detail}. Offer the subprotocol "mqtt".\n`;
    stream.end(
      `HTTP/1.1 ${status} Bad Request\r\nConnection: close\r\nContent-Type: text/plain\r\n` +
        `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
    destroyLater(stream);
  }

  /** The request goes along as it came, apart from white space that HTTP does not count. */
  private told(request: IncomingMessage, failure: WebSocketFailure): void {
    const peer = peerOf(request.socket);
    const { method = '', url = '', httpVersion, rawHeaders } = request;
    const lines = [`${method} ${url} HTTP/${httpVersion}`];
    for (let at = 0; at < rawHeaders.length; at += 2) {
      lines.push(`${rawHeaders[at] ?? ''}: ${rawHeaders[at + 1] ?? ''}`);
    }
    this.pending.received(peer, Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'));
    this.pending.refuse(peer, failure);
  }
}

function subprotocolOf(offered: Iterable<string>): string | undefined {
  const names = [...offered];
  return subprotocols.find((known) => names.includes(known));
}

import { TLSSocket } from 'node:tls';
import type { Listen } from '../../session/effects';
import { bindPort, listenOnSocket, peerOf } from '../socketServer';
import { securityOf } from '../peerCertificate';
import { socketFailure } from '../socketFailure';
import { SocketTransport } from '../socketTransport';
import { tlsFailure } from '../tlsFailure';
import { WebSocketTransport } from '../webSocketTransport';
import { PendingConnections } from './pendingConnections';
import type { ServerIdentity, ServerTls } from './serverTls';
import { TlsAcceptor } from './tlsAcceptor';
import { WebSocketAcceptor } from './webSocketAcceptor';

/** What is spoken on a port: MQTT itself, inside TLS, inside WebSocket, or inside both. */
export type ListenerProtocol = 'tcp' | 'tls' | 'ws' | 'wss';

/** The ports people expect each on. */
export const usualPorts: Readonly<Record<ListenerProtocol, number>> = {
  tcp: 1883,
  tls: 8883,
  ws: 8083,
  wss: 8084,
};

export type ListenerKind =
  | { readonly protocol: 'tcp' | 'ws' }
  | {
      readonly protocol: 'tls' | 'wss';
      readonly tls: ServerTls;
      /** Called once there is a way to show another certificate from then on. */
      readonly onRenewable?: (renew: (identity: ServerIdentity) => void) => void;
    };

/** How to listen for one of the protocols. */
export function listenFor(kind: ListenerKind): Listen {
  if (kind.protocol === 'tcp') return listenOnSocket;
  return async (options, onConnection, onRefused) => {
    const pending = new PendingConnections(onRefused, options.handshakeTimeout);
    const overWebSocket = new WebSocketAcceptor(pending, (socket, stream, peer) => {
      pending.done(peer);
      const isSecure = stream instanceof TLSSocket;
      const failureOf = isSecure ? tlsFailure : socketFailure;
      const security = isSecure ? securityOf(stream) : undefined;
      onConnection(new WebSocketTransport(socket, stream, peer, failureOf, security));
    });
    const acceptor =
      'tls' in kind &&
      new TlsAcceptor(kind.tls, pending, (socket, peer) => {
        if (kind.protocol === 'tls') {
          pending.done(peer);
          onConnection(new SocketTransport(socket, peer, tlsFailure, securityOf(socket)));
        } else {
          pending.reached(peer, 'webSocket');
          overWebSocket.accept(socket);
        }
      });
    const server = await bindPort(options, (socket) => {
      if (acceptor) return acceptor.accept(socket);
      pending.add(peerOf(socket), socket, 'webSocket');
      overWebSocket.accept(socket);
    });
    if (acceptor) kind.onRenewable?.((identity) => acceptor.renew(identity));
    return {
      ...server,
      close: () => {
        pending.close();
        return server.close();
      },
    };
  };
}

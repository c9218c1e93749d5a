import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { TransportFailureError } from '../base/transportFailure';
import type { Listen, ListenOptions, TransportServer } from '../session/effects';
import { addressText } from './addressText';
import { socketFailure } from './socketFailure';
import { SocketTransport } from './socketTransport';

/** How many connections may wait to be accepted: with the usual 511 a burst waits a second for lost handshakes. */
const backlog = 4096;

/**
 * After how many milliseconds of silence the system asks whether the other side is still there: a client without a Keep Alive
 * that lost its power would stay for ever.
 */
const keepAliveInitialDelay = 60_000;

/** Listens on a TCP port; 0 lets the system choose a free one. */
export const listenOnSocket: Listen = (options, onConnection) =>
  bindPort(options, (socket) => onConnection(new SocketTransport(socket, peerOf(socket))));

/** Binds a TCP port for whatever is spoken there; rejects with a {@link TransportFailureError}. */
export function bindPort(
  { host, port }: ListenOptions,
  onSocket: (socket: Socket) => void,
): Promise<TransportServer> {
  return new Promise((resolve, reject) => {
    const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay }, onSocket);
    const failed = (error: Error) => reject(new TransportFailureError(socketFailure(error)));
    server.once('error', failed);
    try {
      server.listen({ host, port, backlog }, () => {
        server.off('error', failed);
        const address = server.address() as AddressInfo;
        resolve({
          host: address.address,
          port: address.port,
          close: () => new Promise((closed) => void server.close(() => closed())),
        });
      });
    } catch (error) {
      reject(new TransportFailureError(socketFailure(error))); // A port out of range.
    }
  });
}

/** Where an accepted connection comes from. */
export function peerOf({ remoteAddress = 'unknown', remotePort = 0 }: Socket): string {
  return addressText(remoteAddress, remotePort);
}

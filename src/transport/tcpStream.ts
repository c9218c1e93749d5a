import { connect, type Socket } from 'node:net';
import { type TransportFailure, TransportFailureError } from '../base/transportFailure';
import { type Deadline, endedFault, takeStep, tolerateErrors } from './openingStep';
import { socketFailure } from './socketFailure';

export type StreamTarget = { readonly host: string; readonly port: number } | { readonly path: string };

/**
 * Connects to a TCP port or a Unix socket. A name with several addresses is tried at all of them, IPv6 and IPv4 in turn,
 * each a quarter of a second before the next one joins (RFC 8305).
 */
export function connectStream(
  target: StreamTarget,
  deadline: Deadline,
  failure: (error: unknown) => TransportFailure = streamFailure,
): Promise<Socket> {
  let socket: Socket;
  try {
    socket = 'path' in target ? connect(target) : connect({ ...target, autoSelectFamily: true });
  } catch (error) {
    return Promise.reject(new TransportFailureError(failure(error))); // A port out of range.
  }
  tolerateErrors(socket);
  return takeStep<Socket>({
    stream: socket,
    deadline,
    failure,
    run: (done) => {
      socket.once('connect', () => {
        // The handshakes to come need not wait for more either.
        socket.setNoDelay(true);
        done(socket);
      });
    },
  });
}

function streamFailure(error: unknown): TransportFailure {
  const ended = endedFault(error);
  return ended ? { step: 'tcp', ...ended } : socketFailure(error);
}

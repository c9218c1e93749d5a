import { connect, isIP, type Socket } from 'node:net';
import { type TransportFailure, TransportFailureError } from '../base/transportFailure';
import { type Deadline, DeadlineError, endedFault, takeStep, tolerateErrors } from './openingStep';
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
  let isResolving = 'host' in target && isIP(target.host) === 0;
  const failureNow = (error: unknown) => atNameResolution(failure(error), isResolving);
  return takeStep<Socket>({
    stream: socket,
    deadline,
    failure: failureNow,
    run: (done) => {
      socket.on('lookup', (error: Error | null) => {
        if (error !== null || !isResolving) return;
        isResolving = false;
        deadline.stepBegan(failureNow(new DeadlineError('no answer in time')));
      });
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

/** Time that runs out before the name has an address tells nothing of the host. Of a proxy only the name is told. */
function atNameResolution(failure: TransportFailure, isResolving: boolean): TransportFailure {
  const isLate = isResolving && failure.step === 'tcp' && failure.code === 'timedOut';
  return isLate ? { step: 'nameResolution', code: failure.code, detail: failure.detail } : failure;
}

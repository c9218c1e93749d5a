import { isIP, type Socket } from 'node:net';
import { checkServerIdentity, connect, type TLSSocket } from 'node:tls';
import type { TlsFailure, TransportFailure } from '../base/transportFailure';
import { type Deadline, takeStep, tolerateErrors } from './openingStep';
import { peerCertificate } from './peerCertificate';
import { tlsFailure } from './tlsFailure';
import type { TlsMaterial } from './tlsMaterial';

/** A handshake to make. */
export interface Handshake {
  /** A stream that is connected, to the server itself or through a proxy. */
  readonly stream: Socket;
  /** The name to ask for and to expect in the certificate. */
  readonly name: string;
  readonly material: TlsMaterial;
  readonly applicationProtocols: readonly string[];
  readonly verify: boolean;
}

/**
 * Speaks TLS on a stream. The certificate is checked here, before a byte of ours goes out: Node would end the socket
 * first and with it everything that is known of the certificate it refuses.
 */
export function secureStream(
  { stream, name, material, applicationProtocols, verify }: Handshake,
  deadline: Deadline,
  failure: (failure: TlsFailure) => TransportFailure = (same) => same,
): Promise<TLSSocket> {
  const socket = connect({
    ...material,
    socket: stream,
    // The name of a server may be no address in SNI (RFC 6066, section 3).
    ...(isIP(name) === 0 && { servername: name }),
    ...(applicationProtocols.length > 0 && { ALPNProtocols: [...applicationProtocols] }),
    checkServerIdentity: (_, certificate) => checkServerIdentity(name, certificate),
    rejectUnauthorized: false,
  });
  tolerateErrors(socket);
  return takeStep<TLSSocket>({
    stream: socket,
    deadline,
    failure: (error) => failure(tlsFailure(error)),
    run: (done, failed) => {
      socket.once('secureConnect', () => {
        if (socket.authorized || !verify) return done(socket);
        failed(failure(rejected(socket)));
      });
    },
  });
}

function rejected(socket: TLSSocket): TlsFailure {
  // The declared type is wrong: it is the code of the error.
  const detail = String(socket.authorizationError);
  const certificate = peerCertificate(socket.getPeerCertificate());
  return { step: 'tls', code: 'certificateRejected', detail, certificate };
}

import { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket, type TlsOptions } from 'node:tls';
import { type TlsFailure, TransportFailureError } from '../../base/transportFailure';
import { tolerateErrors } from '../openingStep';
import { peerCertificate } from '../peerCertificate';
import { peerOf } from '../socketServer';
import { longestDelay } from '../timerQueue';
import { tlsFailure } from '../tlsFailure';
import type { PendingConnections } from './pendingConnections';
import { secureVersions, type ServerIdentity, type ServerTls } from './serverTls';

/** The first byte of every record that begins a handshake (RFC 8446, 5.1). */
const handshakeRecord = 0x16;

/**
 * Shakes hands on connections that a port has accepted. The first bytes are looked at before OpenSSL has them, so that a
 * device which speaks something else is told by what it said.
 */
export class TlsAcceptor {
  private readonly server: Server;

  /** @throws TransportFailureError where certificate, key or ciphers cannot be used */
  constructor(
    private readonly tls: ServerTls,
    private readonly pending: PendingConnections,
    onSecure: (socket: TLSSocket, peer: string) => void,
  ) {
    try {
      this.server = createServer(serverOptions(tls));
    } catch (error) {
      throw new TransportFailureError({ step: 'tls', code: 'optionsInvalid', detail: textOf(error) });
    }
    this.server.on('secureConnection', (socket) => this.secured(socket, onSecure));
    this.server.on('tlsClientError', (error, socket) => {
      pending.refuse(peerUnder(socket), tlsFailure(error));
      socket.destroy();
    });
  }

  accept(socket: Socket): void {
    const peer = peerOf(socket);
    tolerateErrors(socket);
    this.pending.add(peer, socket, 'tls');
    socket.once('data', (chunk: Buffer) => {
      socket.pause();
      this.pending.received(peer, chunk);
      if (chunk[0] !== handshakeRecord) {
        this.pending.refuse(peer, { step: 'tls', code: 'notTls', detail: 'no TLS record' });
        socket.destroy();
        return;
      }
      socket.unshift(chunk);
      this.server.emit('connection', socket);
    });
  }

  /** Connections from now on are shown another certificate. */
  renew(identity: ServerIdentity): void {
    this.server.setSecureContext(serverOptions({ ...this.tls, identity }));
  }

  private secured(socket: TLSSocket, onSecure: (socket: TLSSocket, peer: string) => void): void {
    const peer = peerUnder(socket);
    const problem = certificateProblem(socket, this.tls);
    if (problem === undefined) return onSecure(socket, peer);
    tolerateErrors(socket);
    this.pending.refuse(peer, problem);
    socket.destroy();
  }
}

/**
 * Where a connection comes from, as the socket below its TLS knows it. Who does not trust a certificate often resets the
 * connection behind its alert; the system has forgotten the address by then, and the socket of TLS had never asked for it.
 */
function peerUnder(socket: TLSSocket): string {
  const { _parent: below } = socket as { _parent?: unknown };
  return peerOf(below instanceof Socket ? below : socket);
}

/** Who may come without a certificate, and shows one that is no good, is treated as if there were none: see `verified`. */
function certificateProblem(socket: TLSSocket, { clientCertificates }: ServerTls): TlsFailure | undefined {
  if (clientCertificates.mode !== 'require' || socket.authorized) return undefined;
  const certificate = peerCertificate(socket.getPeerCertificate());
  const detail = certificate === undefined ? 'CERTIFICATE_MISSING' : String(socket.authorizationError);
  return { step: 'tls', code: 'certificateRejected', detail, certificate };
}

function serverOptions({ identity, clientCertificates, minimumVersion, ciphers }: ServerTls): TlsOptions {
  return {
    cert: identity.certificate,
    key: identity.key,
    // The time that a handshake may take is that of the pending connections; 0 would be Node's own two minutes.
    handshakeTimeout: longestDelay,
    minVersion: secureVersions[minimumVersion],
    ...(ciphers !== undefined && { ciphers }),
    // The handshake is not the place to refuse: nobody would learn which certificate it was.
    rejectUnauthorized: false,
    requestCert: clientCertificates.mode !== 'none',
    ...(clientCertificates.mode !== 'none' && { ca: [...clientCertificates.ca] }),
  };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

import type { Server, Socket } from 'node:net';
import { createServer, type TlsOptions } from 'node:tls';

/** A server that a test started, and everybody who connected to it. */
export interface TestServer {
  readonly port: number;
  /** How many connections it accepted. */
  readonly accepted: () => number;
  close(): Promise<void>;
}

/** A TLS server on 127.0.0.1 that sends back what it gets. */
export function startTlsEcho(options: TlsOptions): Promise<TestServer> {
  const server = createServer(options, (socket) => {
    socket.on('error', () => socket.destroy());
    socket.pipe(socket);
  });
  server.on('tlsClientError', (_, socket) => socket.destroy());
  return listening(server);
}

/** Starts a server on a free port, or on a path, and ends it with all its connections. */
export async function listening(
  server: Server,
  where: { host?: string; path?: string } = {},
): Promise<TestServer> {
  const sockets = new Set<Socket>();
  let accepted = 0;
  server.on('connection', (socket: Socket) => {
    accepted++;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(where.path === undefined ? { host: '127.0.0.1', port: 0, ...where } : where, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    accepted: () => accepted,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A proxy on 127.0.0.1 that a test started. */
export interface TestProxy {
  readonly port: number;
  /** Where it was asked to connect, in order: `host:port`. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

export interface HttpProxyOptions {
  /** `user:password` that it lets through; everybody without it. */
  readonly credentials?: string;
  /** What it answers to everybody instead of connecting. */
  readonly refusal?: readonly [status: number, text: string];
  /** Reached over TLS. */
  readonly tls?: { readonly key: Buffer; readonly cert: Buffer };
}

/** An HTTP proxy with CONNECT and nothing else. */
export async function startHttpProxy(options: HttpProxyOptions = {}): Promise<TestProxy> {
  const asked: string[] = [];
  const server = options.tls ? createHttpsServer(options.tls) : createHttpServer();
  const wanted =
    options.credentials && `Basic ${Buffer.from(options.credentials, 'utf8').toString('base64')}`;
  server.on('connect', (request, socket: Socket, head: Buffer) => {
    asked.push(request.url ?? '');
    socket.on('error', () => socket.destroy());
    const answer = (status: number, text: string): void => {
      socket.end(`HTTP/1.1 ${status} ${text}\r\nContent-Length: 0\r\n\r\n`);
    };
    if (options.refusal) return answer(...options.refusal);
    if (wanted !== undefined && request.headers['proxy-authorization'] !== wanted) {
      return answer(407, 'Proxy Authentication Required');
    }
    const { hostname, port } = new URL(`http://${request.url}`);
    const target = connect(Number(port), hostname.replace(/^\[(.*)\]$/, '$1'));
    target.once('error', () => answer(502, 'Bad Gateway'));
    target.once('connect', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      target.write(head);
      join(socket, target);
    });
  });
  return running(server, asked);
}

/** A SOCKS 5 proxy that connects (RFC 1928), for everybody or for one user (RFC 1929). */
export async function startSocksProxy(
  options: { readonly credentials?: string; readonly refusal?: number } = {},
): Promise<TestProxy> {
  const asked: string[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    void serveSocks(socket, options, asked);
  });
  return running(server, asked);
}

async function serveSocks(
  socket: Socket,
  { credentials, refusal }: { readonly credentials?: string; readonly refusal?: number },
  asked: string[],
): Promise<void> {
  const take = reader(socket);
  const [, methods = 0] = await take(2);
  const offered = await take(methods);
  const method = credentials === undefined ? 0 : 2;
  if (!offered.includes(method)) return void socket.end(Buffer.of(5, 0xff));
  socket.write(Buffer.of(5, method));
  if (credentials !== undefined) {
    const text = async () => (await take((await take(1))[0] ?? 0)).toString('utf8');
    await take(1);
    const given = `${await text()}:${await text()}`;
    socket.write(Buffer.of(1, given === credentials ? 0 : 1));
    if (given !== credentials) return void socket.end();
  }
  const [, , , kind = 0] = await take(4);
  const host =
    kind === 3
      ? (await take((await take(1))[0] ?? 0)).toString('latin1')
      : kind === 1
        ? (await take(4)).join('.')
        : (await take(16)).toString('hex').replace(/(.{4})(?=.)/g, '$1:');
  const port = (await take(2)).readUInt16BE();
  asked.push(`${host}:${port}`);
  const answer = (reply: number): boolean => socket.write(Buffer.of(5, reply, 0, 1, 0, 0, 0, 0, 0, 0));
  if (refusal !== undefined) {
    answer(refusal);
    return void socket.end();
  }
  const target = connect(port, host);
  target.once('error', () => {
    answer(5);
    socket.end();
  });
  target.once('connect', () => {
    answer(0);
    join(socket, target);
  });
}

/** Takes so many bytes of a socket at a time, once they are there. */
function reader(socket: Socket): (count: number) => Promise<Buffer> {
  return (count) =>
    new Promise((resolve) => {
      const check = (): void => {
        const bytes = (count === 0 ? Buffer.alloc(0) : socket.read(count)) as Buffer | null;
        if (bytes === null) return void socket.once('readable', check);
        resolve(bytes);
      };
      check();
    });
}

function join(one: Socket, other: Socket): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on('error', () => to.destroy());
    from.on('close', () => to.destroy());
    from.pipe(to);
  }
}

async function running(server: Server, asked: readonly string[]): Promise<TestProxy> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

import type { Socket } from 'node:net';
import { SocksClient } from 'socks';
import { type ProxyFailure, TransportFailureError } from '../base/transportFailure';
import { type Proxy, proxyText } from './endpoint';
import { type Deadline, takeStep } from './openingStep';
import { proxyStepFailure } from './proxyFailure';

/** The replies of a SOCKS 5 proxy that does not connect (RFC 1928, section 6), as the package `socks` names them. */
const replies: Readonly<Record<string, number>> = {
  Failure: 1,
  NotAllowed: 2,
  NetworkUnreachable: 3,
  HostUnreachable: 4,
  ConnectionRefused: 5,
  TTLExpired: 6,
  CommandNotSupported: 7,
  AddressNotSupported: 8,
};

/** A name, user or password has its length in one byte. */
const longestText = 255;

/** The package's own patience, in milliseconds: longer than any deadline, which is kept here. */
const endless = 2_147_483_647;

/**
 * Asks a SOCKS 5 proxy for a connection. `stream` leads to the proxy, and to the server afterwards. The proxy resolves
 * the server's name: it may be known in its network alone.
 */
export function tunnelThroughSocks(
  stream: Socket,
  proxy: Proxy,
  target: { readonly host: string; readonly port: number },
  deadline: Deadline,
): Promise<Socket> {
  const { host, port, user, password = '' } = proxy;
  const tooLong = [target.host, user ?? '', password].some((text) => Buffer.byteLength(text) > longestText);
  if (tooLong) {
    stream.destroy();
    const detail = `SOCKS 5 has room for ${longestText} bytes of host, user name and password each`;
    return Promise.reject(
      new TransportFailureError({ step: 'proxy', code: 'addressInvalid', proxy: proxyText(proxy), detail }),
    );
  }
  return takeStep<Socket>({
    stream,
    deadline,
    failure: (error) => proxyStepFailure(proxy, error),
    run: (done, failed) => {
      SocksClient.createConnection({
        proxy: { host, port, type: 5, ...(user !== undefined && { userId: user, password }) },
        command: 'connect',
        destination: target,
        existing_socket: stream,
        timeout: endless,
      }).then(
        // The package lets the stream flow at the end of this turn, and nobody may have paused it by then.
        () => setImmediate(() => done(stream)),
        (error: unknown) => failed(socksFailure(proxy, error)),
      );
    },
  });
}

/** The package's errors differ by their text alone. */
function socksFailure(proxy: Proxy, error: unknown): ProxyFailure {
  const detail = error instanceof Error ? error.message : String(error);
  const base = { step: 'proxy', proxy: proxyText(proxy), detail } as const;
  const reply = /rejected connection - (\w+)/.exec(detail)?.[1];
  if (reply !== undefined) return { ...base, code: 'connectRefused', status: replies[reply] ?? 1 };
  if (/Authentication failed|no accepted authentication/.test(detail)) {
    return { ...base, code: 'authenticationRequired', sentCredentials: proxy.user !== undefined };
  }
  if (/initial handshake|invalid Socks5/.test(detail)) return { ...base, code: 'notProxy' };
  if (detail === 'Socket closed') return { ...base, code: 'closed' };
  return proxyStepFailure(proxy, error);
}

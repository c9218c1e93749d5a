import { request } from 'node:http';
import type { Socket } from 'node:net';
import type { ProxyFailure } from '../base/transportFailure';
import { addressText } from './addressText';
import { type Proxy, proxyText } from './endpoint';
import { type Deadline, takeStep } from './openingStep';
import { proxyStepFailure } from './proxyFailure';
import { errorCode } from './socketFailure';

/** How many bytes of headers a proxy may answer with. */
const mostHeaders = 16_384;

/** Asks an HTTP proxy for a tunnel (RFC 9110, section 9.3.6). `stream` leads to the proxy, and to the server afterwards. */
export function tunnelThroughHttp(
  stream: Socket,
  proxy: Proxy,
  target: { readonly host: string; readonly port: number },
  deadline: Deadline,
): Promise<Socket> {
  const address = proxyText(proxy);
  const authorization = authorizationOf(proxy);
  const failed = (error: unknown): ProxyFailure =>
    // What Node's parser says of an answer that is not HTTP.
    errorCode(error).startsWith('HPE_')
      ? { step: 'proxy', code: 'notProxy', proxy: address, detail: errorCode(error) }
      : proxyStepFailure(proxy, error);
  return takeStep<Socket>({
    stream,
    deadline,
    failure: failed,
    run: (done, refuse) => {
      const authority = addressText(target.host, target.port);
      const asking = request({
        method: 'CONNECT',
        path: authority,
        headers: { Host: authority, ...(authorization && { 'Proxy-Authorization': authorization }) },
        createConnection: () => stream,
        maxHeaderSize: mostHeaders,
        // VS Code sends the requests of extensions through a proxy of its own choice, unless they go to a local socket.
        socketPath: address,
      });
      asking.on('error', (error) => refuse(failed(error)));
      asking.once('response', ({ statusCode = 0, statusMessage = '' }) =>
        refuse(refused(statusCode, statusMessage)),
      );
      asking.once('connect', ({ statusCode = 0, statusMessage = '' }, _, head) => {
        if (statusCode < 200 || statusCode > 299) return refuse(refused(statusCode, statusMessage));
        // Nobody speaks first over a tunnel but the client; what came all the same is kept.
        if (head.length > 0) stream.unshift(head);
        done(stream);
      });
      asking.end();
    },
  });

  function refused(status: number, text: string): ProxyFailure {
    const detail = `HTTP ${status} ${text}`.trim();
    return status === 407
      ? {
          step: 'proxy',
          code: 'authenticationRequired',
          proxy: address,
          detail,
          sentCredentials: authorization !== undefined,
        }
      : { step: 'proxy', code: 'connectRefused', proxy: address, detail, status };
  }
}

function authorizationOf({ authorization, user, password }: Proxy): string | undefined {
  if (authorization !== undefined) return authorization;
  if (user === undefined) return undefined;
  return `Basic ${Buffer.from(`${user}:${password ?? ''}`, 'utf8').toString('base64')}`;
}

import type { NetworkEnds } from '../session/effects';

/** Where a stream of the network goes from and to; undefined where it has no addresses, such as a Unix socket. */
export function networkEnds(stream: object): NetworkEnds | undefined {
  const { localAddress, localPort, remoteAddress, remotePort } = stream as Readonly<Record<string, unknown>>;
  if (typeof localAddress !== 'string' || typeof localPort !== 'number') return undefined;
  if (typeof remoteAddress !== 'string' || typeof remotePort !== 'number') return undefined;
  return {
    local: { address: localAddress, port: localPort },
    remote: { address: remoteAddress, port: remotePort },
  };
}

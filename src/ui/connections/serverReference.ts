import { addressText } from '../../transport/addressText';
import { hostProblem, portProblem } from './serverAddress';

/** Another server, as the one that was connected to names it. */
export interface ReferredServer {
  readonly host: string;
  /** Undefined where the reference has none: the port stays what it was. */
  readonly port: number | undefined;
}

/**
 * Reads a Server Reference (5.0: 4.11): names with or without a port, separated by spaces. The first counts that can be
 * connected to; undefined where none can, since their format is not prescribed.
 */
export function parseServerReference(text: string): ReferredServer | undefined {
  for (const reference of text.split(' ')) {
    const [, bracketed, bare = '', port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(reference) ?? [];
    // An IPv6 address without a port needs no brackets.
    const host = bracketed ?? (/^[\da-f:.]+$/i.test(reference) && /:.*:/.test(reference) ? reference : bare);
    if (hostProblem(host) !== undefined || (port !== undefined && portProblem(port) !== undefined)) continue;
    return { host, port: port === undefined ? undefined : Number(port) };
  }
  return undefined;
}

export function referenceText({ host, port }: ReferredServer): string {
  return port === undefined ? host : addressText(host, port);
}

import type { Proxy } from './endpoint';

/** A proxy as its URL names it. */
export type ProxyAddress = Pick<Proxy, 'scheme' | 'host' | 'port' | 'user' | 'password'>;

const schemes: Readonly<Record<string, { readonly scheme: Proxy['scheme']; readonly port: number }>> = {
  'http:': { scheme: 'http', port: 80 },
  'https:': { scheme: 'https', port: 443 },
  'socks:': { scheme: 'socks5', port: 1080 },
  'socks5:': { scheme: 'socks5', port: 1080 },
  'socks5h:': { scheme: 'socks5', port: 1080 },
};

/** Reads the URL of a proxy, or says as a sentence why there is none in it. */
export function parseProxyAddress(text: string): ProxyAddress | string {
  const known = 'A proxy is a URL such as "http://proxy.example:3128" or "socks5://127.0.0.1:1080".';
  if (!URL.canParse(text.trim())) return known;
  const url = new URL(text.trim());
  const kind = schemes[url.protocol];
  if (kind === undefined) {
    return url.protocol.startsWith('socks4')
      ? 'SOCKS 4 is not supported: use a proxy that speaks SOCKS 5 or HTTP.'
      : known;
  }
  if (url.hostname === '') return known;
  const decoded = decodedCredentials(url);
  if (decoded === undefined)
    return 'The user name or password of the proxy holds a "%" that stands for nothing.';
  return {
    scheme: kind.scheme,
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? kind.port : Number(url.port),
    ...decoded,
  };
}

/**
 * What was written as the URL of a proxy as it may be shown: without whoever uses it. It need not be a URL, so all before the
 * last `@` counts as that, whatever else it might be.
 */
export function withoutCredentials(url: string): string {
  return url.replace(/^(\s*[a-z][a-z\d+.-]*:\/\/)?.*@/is, '$1');
}

function decodedCredentials({ username, password }: URL): Pick<Proxy, 'user' | 'password'> | undefined {
  try {
    return {
      ...(username !== '' && { user: decodeURIComponent(username) }),
      ...(password !== '' && { password: decodeURIComponent(password) }),
    };
  } catch (error) {
    // A `%` with something else behind it than a byte of UTF-8.
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

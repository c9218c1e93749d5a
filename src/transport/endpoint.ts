import { addressText } from './addressText';

/** The versions of TLS, as people call them. */
export type TlsVersionName = '1.0' | '1.1' | '1.2' | '1.3';

/** How TLS is spoken. Files are absolute paths. */
export interface TlsOptions {
  /** PEM files with the authorities that may have signed the server's certificate. None: those the computer trusts. */
  readonly ca: readonly string[];
  /** Trust the computer's authorities too, where `ca` names some. */
  readonly systemCertificates: boolean;
  /** The certificate this client shows, with its chain, and its key: PEM files. */
  readonly certificate?: string;
  readonly key?: string;
  /** Both in one PKCS #12 file, instead of the two above. */
  readonly pfx?: string;
  /** Opens `key` or `pfx`. */
  readonly passphrase?: string;
  /** The name to ask for (SNI) and to expect in the certificate, where it is not the host. */
  readonly serverName?: string;
  /** The application protocols to offer (ALPN). */
  readonly applicationProtocols: readonly string[];
  readonly minimumVersion: TlsVersionName;
  /** OpenSSL's list of cipher suites; without it Node's. */
  readonly ciphers?: string;
  /** With false any certificate of anybody is accepted: whoever sits in between reads and writes along. */
  readonly verify: boolean;
}

/** A proxy that is to connect to the server. `https` is an HTTP proxy that is itself reached over TLS. */
export interface Proxy {
  readonly scheme: 'http' | 'https' | 'socks5';
  readonly host: string;
  readonly port: number;
  readonly user?: string;
  readonly password?: string;
  /** A whole `Proxy-Authorization` header for HTTP, instead of user and password. */
  readonly authorization?: string;
  /** Whether the certificate of an `https` proxy has to be good. */
  readonly verify: boolean;
}

export interface HostEndpoint {
  /** A name, or an address of IPv4 or IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  readonly proxy?: Proxy;
}

/** What a WebSocket needs on top of its host. */
export interface WebSocketOptions {
  /** With its slash, and a query where there is one: `/mqtt`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** `mqtt` [MQTT-6.0.0-3]; servers that know 3.1 alone ask for `mqttv3.1`. */
  readonly subprotocol: 'mqtt' | 'mqttv3.1';
}

/** Where a server is and how to get there. */
export type Endpoint =
  | (HostEndpoint & { readonly kind: 'tcp' })
  | (HostEndpoint & { readonly kind: 'tls'; readonly tls: TlsOptions })
  | (HostEndpoint & { readonly kind: 'ws'; readonly webSocket: WebSocketOptions })
  | (HostEndpoint & {
      readonly kind: 'wss';
      readonly webSocket: WebSocketOptions;
      readonly tls: TlsOptions;
    })
  /** A Unix socket, or a named pipe of Windows. */
  | { readonly kind: 'unix'; readonly path: string };

/** TLS as it is without any wishes: the computer's authorities, TLS 1.2 at least, no client certificate. */
export const plainTls: TlsOptions = {
  ca: [],
  systemCertificates: true,
  applicationProtocols: [],
  minimumVersion: '1.2',
  verify: true,
};

/** Where an endpoint is, for people. */
export function endpointText(endpoint: Endpoint): string {
  if (endpoint.kind === 'unix') return endpoint.path;
  return addressText(endpoint.host, endpoint.port);
}

/** Where a proxy is, for people: without whoever uses it. */
export function proxyText({ scheme, host, port }: Pick<Proxy, 'scheme' | 'host' | 'port'>): string {
  return `${scheme}://${addressText(host, port)}`;
}

import type { SettingSchema } from './settingSchema';

export const transportNames = ['tcp', 'tls', 'ws', 'wss', 'unix'] as const;

/** How bytes get to the server: TCP, TLS, WebSocket, secure WebSocket, or a Unix socket. */
export type TransportName = (typeof transportNames)[number];

export const tlsVersionNames = ['1.0', '1.1', '1.2', '1.3'] as const;
export type TlsVersionName = (typeof tlsVersionNames)[number];

/** How TLS is spoken, as it stands in the settings. */
export interface TlsSetting {
  readonly ca?: string | readonly string[];
  readonly systemCertificates?: boolean;
  readonly certificate?: string;
  readonly key?: string;
  readonly pfx?: string;
  readonly serverName?: string;
  readonly alpn?: readonly string[];
  readonly minimumVersion?: TlsVersionName;
  readonly ciphers?: string;
  readonly verify?: boolean;
}

/** The way to the server, as it stands in the settings. */
export interface NetworkSetting {
  readonly transport?: TransportName;
  readonly host?: string;
  readonly port?: number;
  /** Of a Unix socket. */
  readonly socketPath?: string;
  /** Of a WebSocket. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly tls?: TlsSetting;
  /** A URL, or `none`. */
  readonly proxy?: string;
}

/** The port that a transport has where none is given; none for a Unix socket. */
export const defaultPorts = { tcp: 1883, tls: 8883, ws: 80, wss: 443, unix: 0 } as const satisfies Readonly<
  Record<TransportName, number>
>;

export const defaultWebSocketPath = '/mqtt';
export const defaultTlsVersion: TlsVersionName = '1.2';

const where =
  'An absolute path, one that starts with `${workspaceFolder}` or `~`, or one that starts at the workspace folder.';

const tlsProperties = {
  ca: {
    type: ['string', 'array'],
    items: { type: 'string' },
    markdownDescription: `PEM files with the authorities that may have signed the server's certificate. Left out, those that this computer trusts count. ${where}`,
  },
  systemCertificates: {
    type: 'boolean',
    markdownDescription:
      'Trust the authorities of this computer. On unless `ca` names others; with both, either may have signed. Off without `ca` leaves those that come with VS Code.',
  },
  certificate: {
    type: 'string',
    markdownDescription: `The certificate to show to the server: a PEM file, with the chain below it. ${where}`,
  },
  key: {
    type: 'string',
    markdownDescription: `The key of \`certificate\`: a PEM file. Left out, it is in the file of the certificate. A passphrase is asked for and kept in the secret storage. ${where}`,
  },
  pfx: {
    type: 'string',
    markdownDescription: `Certificate and key in one PKCS #12 file (\`.p12\`, \`.pfx\`), instead of \`certificate\` and \`key\`. ${where}`,
  },
  serverName: {
    type: 'string',
    minLength: 1,
    description:
      'The name to ask the server for (SNI) and to expect in its certificate, where it is not the host.',
  },
  alpn: {
    type: 'array',
    items: { type: 'string', minLength: 1 },
    markdownDescription: 'The application protocols to offer (ALPN), such as `mqtt` or `x-amzn-mqtt-ca`.',
  },
  minimumVersion: {
    type: 'string',
    enum: tlsVersionNames,
    default: defaultTlsVersion,
    description: 'The oldest version of TLS to accept.',
  },
  ciphers: {
    type: 'string',
    minLength: 1,
    description: "The cipher suites to offer, as OpenSSL's list. Left out, those that come with VS Code.",
  },
  verify: {
    type: 'boolean',
    default: true,
    markdownDescription:
      "Refuse a server whose certificate is not good. **Off is insecure**: anybody between here and the server can then read and change everything, password included, and the Connections view says so. To accept a certificate of one's own, name it in `ca` instead.",
  },
} as const satisfies Readonly<Record<keyof TlsSetting, SettingSchema>>;

export const networkProperties = {
  transport: {
    type: 'string',
    enum: transportNames,
    enumDescriptions: [
      'MQTT over TCP, in the clear.',
      'MQTT over TLS.',
      'MQTT over WebSocket, in the clear.',
      'MQTT over secure WebSocket, which is WebSocket over TLS.',
      'MQTT over a Unix socket, or a named pipe of Windows.',
    ],
    default: 'tcp',
    description: 'How to get to the server.',
  },
  host: {
    type: 'string',
    minLength: 1,
    description: "The server's name or address. Needed for everything but a Unix socket.",
  },
  port: {
    type: 'integer',
    minimum: 1,
    maximum: 65535,
    description:
      "The server's TCP port. Left out: 1883 for TCP, 8883 for TLS, 80 for WebSocket, 443 for secure WebSocket.",
  },
  socketPath: { type: 'string', minLength: 1, description: 'The path of the Unix socket.' },
  path: {
    type: 'string',
    default: defaultWebSocketPath,
    description: 'The path that the server has its WebSocket at.',
  },
  headers: {
    type: 'object',
    additionalProperties: { type: 'string' },
    description:
      'Headers to send when the WebSocket is opened. They stand here for everybody to read: nothing secret belongs here.',
  },
  tls: {
    type: 'object',
    additionalProperties: false,
    properties: tlsProperties,
    description: 'How TLS is spoken, and with which certificates.',
  },
  proxy: {
    type: 'string',
    markdownDescription:
      "The proxy to go through, such as `http://proxy.example:3128` or `socks5://ada@127.0.0.1:1080`, or `none`. Left out, VS Code's `http.proxy` counts, but for the hosts in `http.noProxy`. Its password is asked for and kept in the secret storage.",
  },
} as const satisfies Readonly<Record<keyof NetworkSetting, SettingSchema>>;

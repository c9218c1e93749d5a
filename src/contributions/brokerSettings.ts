import type { SettingSchema } from './settingSchema';
import { tlsVersionNames } from './networkSettings';

export const brokerListenerNames = ['tcp', 'tls', 'ws', 'wss'] as const;
export type BrokerListenerName = (typeof brokerListenerNames)[number];

export const anonymousNames = ['automatic', 'never', 'loopback', 'always'] as const;
export const clientCertificateNames = ['none', 'request', 'require'] as const;
export const certificateKeyNames = ['ec', 'rsa'] as const;

/** Of the computer: a broker opens ports and reads files, which is nothing for a workspace to decide. */
const scope = 'machine';

const port = (usual: number, what: string) =>
  ({
    type: 'integer',
    scope,
    default: usual,
    minimum: 1,
    maximum: 65_535,
    description: `The port of the local broker for ${what}, where that is among its listeners.`,
  }) as const;

const limit = (usual: number, [minimum, maximum]: readonly [number, number], description: string) =>
  ({ type: 'integer', scope, default: usual, minimum, maximum, markdownDescription: description }) as const;

type Definitions = Readonly<Record<string, SettingSchema & { readonly scope: 'machine' | 'window' }>>;

const anywhere = 'An absolute path, or one that starts with `~`.';

/** What the local broker is and who may use it: what people need first comes first. */
export const brokerUseSettings = {
  'broker.listeners': {
    type: 'array',
    scope,
    default: ['tcp'],
    uniqueItems: true,
    items: {
      type: 'string',
      enum: brokerListenerNames,
      enumDescriptions: [
        'MQTT over TCP.',
        'MQTT over TLS.',
        'MQTT over WebSocket.',
        'MQTT over secure WebSocket.',
      ],
    },
    description: 'What the local broker speaks, each on a port of its own.',
  },
  'broker.host': {
    type: 'string',
    scope,
    default: '127.0.0.1',
    markdownDescription:
      'The address that the local broker listens on. `127.0.0.1` is this computer alone; `0.0.0.0` is every network that it is in, `::` with IPv6 too. **Make Local Broker Reachable from the Network** asks first where there is no password.',
  },
  'broker.keepState': {
    type: 'boolean',
    scope,
    default: false,
    description:
      'Keep sessions and retained messages of the local broker on the disk, so that they are there again after it was stopped, or VS Code ended.',
  },
  'broker.quiet': {
    type: 'boolean',
    scope,
    default: false,
    description:
      'No notifications about devices that break the protocol or fight over a Client Identifier. The row "Problems" of the local broker lists them all the same.',
  },
  'broker.anonymous': {
    type: 'string',
    scope,
    default: 'automatic',
    enum: anonymousNames,
    enumDescriptions: [
      'Everybody while there are no users, then only from this computer.',
      'Nobody.',
      'From this computer.',
      'Everybody.',
    ],
    markdownDescription:
      'Who may come to the local broker without a user name. Users are added with **Add Local Broker User**; of their passwords only hashes are kept, in the secret storage.',
  },
  'broker.rules': {
    type: 'array',
    scope,
    default: [],
    markdownDescription:
      'Who may publish and subscribe to what at the local broker, by topic filter; in one `%u` is the user name and `%c` the Client Identifier. Without any rule everybody may do everything, with rules only what one of them allows. `#` does not cover `$SYS/#`, which needs to be allowed by itself.',
    items: {
      type: 'object',
      additionalProperties: false,
      properties: {
        user: {
          type: 'string',
          minLength: 1,
          description:
            'Whom the rule is about. Left out, everybody; "anonymous": true, those without a user name.',
        },
        anonymous: { type: 'boolean', description: 'About those without a user name.' },
        publish: {
          type: 'array',
          items: { type: 'string' },
          description: 'Filters of topics to publish to.',
        },
        subscribe: {
          type: 'array',
          items: { type: 'string' },
          description: 'Filters that may be subscribed to.',
        },
      },
      defaultSnippets: [
        {
          label: 'Own topics',
          body: { user: '${1:ada}', publish: ['devices/%c/#'], subscribe: ['devices/%c/#'] },
        },
      ],
    },
  },
  'broker.tcpPort': port(1883, 'TCP'),
  'broker.tlsPort': port(8883, 'TLS'),
  'broker.wsPort': port(8083, 'WebSocket'),
  'broker.wssPort': port(8084, 'secure WebSocket'),
  'broker.certificate': {
    type: 'string',
    scope,
    default: '',
    markdownDescription: `Your own certificate for the local broker's TLS: a PEM file, with the chain below it. Empty, one is made, signed by an authority of this computer: **Copy CA Certificate as PEM** has what devices have to trust. ${anywhere}`,
  },
  'broker.key': {
    type: 'string',
    scope,
    default: '',
    markdownDescription: `The key of \`broker.certificate\`: a PEM file without a passphrase. Empty, it is in the file of the certificate. ${anywhere}`,
  },
  'broker.certificateKey': {
    type: 'string',
    scope,
    default: 'ec',
    enum: certificateKeyNames,
    enumDescriptions: [
      'P-256, which nearly every device can.',
      'RSA 2048, for devices without elliptic curves.',
    ],
    description: "The kind of key that the local broker's made certificates have.",
  },
  'broker.clientCertificates': {
    type: 'string',
    scope,
    default: 'none',
    enum: clientCertificateNames,
    enumDescriptions: [
      'Clients are asked for none.',
      'They are asked, and may have none.',
      'Whoever shows none, or one that none of the authorities signed, is not let in.',
    ],
    markdownDescription:
      'Certificates of clients over TLS. A client with a good one is the user of its Common Name and needs no password.',
  },
  'broker.clientAuthorities': {
    type: 'string',
    scope,
    default: '',
    markdownDescription: `A PEM file with the authorities that may have signed the certificates of clients. ${anywhere}`,
  },
  'broker.minimumTlsVersion': {
    type: 'string',
    scope,
    default: '1.2',
    enum: tlsVersionNames,
    description: 'The oldest version of TLS that the local broker speaks.',
  },
} as const satisfies Definitions;

/** How much the local broker takes, and for how long. */
export const brokerLimitSettings = {
  'broker.maximumConnections': limit(
    20_000,
    [1, 1_000_000],
    'How many clients may be connected at once; one more is refused with 0x97 (quota exceeded).',
  ),
  'broker.maximumPacketSize': limit(
    268_435_460,
    [64, 268_435_460],
    'The largest packet that is taken, in bytes. CONNACK says so where it is less than the format allows.',
  ),
  'broker.unfinishedBytes': limit(
    536_870_912,
    [65_536, 17_179_869_184],
    'How many bytes there may be of packets that are not whole yet, of all clients together. Beyond that the client that has most of it is sent away with 0x97 (quota exceeded).',
  ),
  'broker.queuedMessages': limit(
    10_000,
    [1, 10_000_000],
    'How many QoS 1 and 2 messages may wait in one session.',
  ),
  'broker.queueBytes': limit(
    16_777_216,
    [1024, 17_179_869_184],
    'How many bytes of them. Publishers wait for a connected client that is slower; what is beyond for one that is away is dropped, and counted with it.',
  ),
  'broker.writeBufferBytes': limit(
    16_777_216,
    [1024, 17_179_869_184],
    'How many bytes of QoS 0 messages wait for a client that is slower than they come; what is beyond is dropped, and counted with it.',
  ),
  'broker.totalQueueBytes': limit(
    536_870_912,
    [65_536, 17_179_869_184],
    'How many bytes of messages may wait for all clients together. Beyond that nobody gets more than an equal part of it; what is dropped is counted with its client.',
  ),
  'broker.subscriptionsPerSession': limit(
    10_000,
    [1, 1_000_000],
    'How many subscriptions one session may have; one more is answered with 0x97 (quota exceeded).',
  ),
  'broker.subscriptionBytes': limit(
    268_435_456,
    [65_536, 17_179_869_184],
    'How many bytes all subscriptions may take. Beyond that who has an equal part of it gets no further ones (0x97, quota exceeded).',
  ),
  'broker.sessions': limit(
    100_000,
    [1, 10_000_000],
    'How many sessions there may be, of clients that are connected or not; who needs one more is refused with 0x97 (quota exceeded).',
  ),
  'broker.retainedMessages': limit(
    1_000_000,
    [0, 100_000_000],
    'How many retained messages there may be; one more is refused with 0x97 (quota exceeded).',
  ),
  'broker.retainedBytes': limit(
    268_435_456,
    [0, 17_179_869_184],
    'How many bytes retained messages may take, with their topics; what is beyond is refused with 0x97 (quota exceeded).',
  ),
  'broker.topicLevels': limit(200, [1, 32_768], 'How many levels a topic may have.'),
  'broker.receiveMaximum': limit(
    65_535,
    [1, 65_535],
    'How many QoS 1 and 2 messages a client may send before the first is acknowledged: the Receive Maximum of CONNACK.',
  ),
  'broker.topicAliasMaximum': limit(
    100,
    [0, 65_535],
    'The highest Topic Alias that a client may set; 0 offers none.',
  ),
  'broker.maximumQoS': limit(2, [0, 2], 'The highest QoS that clients may publish with, told in CONNACK.'),
  'broker.maximumKeepAlive': limit(
    0,
    [0, 65_535],
    'Seconds. A longer Keep Alive, or none, is replaced by this one (Server Keep Alive); 0 leaves the client its own.',
  ),
  'broker.maximumSessionExpiry': limit(
    4_294_967_295,
    [0, 4_294_967_295],
    'Seconds that a session is kept at most without a connection; 4294967295 sets no bound.',
  ),
  'broker.connectTimeout': limit(
    10,
    [1, 600],
    'Seconds that a client may take for the handshakes of TLS and WebSocket, and then to send CONNECT and be let in.',
  ),
  'broker.sysInterval': limit(
    10,
    [0, 3600],
    'How often the `$SYS` topics are published, in seconds; 0 publishes none.',
  ),
} as const satisfies Definitions;

/** The settings of the local broker, by the part of their id after `mqttWorkbench.`. */
export const brokerSettings = { ...brokerUseSettings, ...brokerLimitSettings } as const;

export type BrokerSettingName = keyof typeof brokerSettings;

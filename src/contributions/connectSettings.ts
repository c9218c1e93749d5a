import type { SettingSchema } from './settingSchema';

export const authenticationNames = ['none', 'scram-sha-1', 'scram-sha-256', 'scram-sha-512'] as const;
export type AuthenticationName = (typeof authenticationNames)[number];

/** User Properties as the settings have them; a list where a name comes several times. */
export type UserPropertiesSetting = Readonly<Record<string, string | readonly string[]>>;

/** How the text of a payload becomes bytes; a `.mqtt` file says the same behind `Body:`. */
export const payloadEncodings = ['text', 'hex', 'base64'] as const;
export type PayloadEncoding = (typeof payloadEncodings)[number];

/** The Will Message (3.1.2.5), as it stands in the settings. */
export interface WillSetting {
  readonly topic: string;
  readonly payload?: string;
  readonly payloadEncoding?: PayloadEncoding;
  readonly qos?: 0 | 1 | 2;
  readonly retain?: boolean;
  /** Seconds. */
  readonly delay?: number;
  /** Seconds. */
  readonly expiry?: number;
  readonly payloadFormatIndicator?: 0 | 1;
  readonly contentType?: string;
  readonly responseTopic?: string;
  /** `hex:…`, `base64:…`, or any other text for its UTF-8, as in a `.mqtt` file. */
  readonly correlationData?: string;
  readonly userProperties?: UserPropertiesSetting;
}

/** What CONNECT asks for that few connections need, as it stands in the settings. */
export interface ConnectSetting {
  readonly authentication?: AuthenticationName;
  /** Seconds. */
  readonly sessionExpiry?: number;
  readonly will?: WillSetting;
  readonly receiveMaximum?: number;
  /** Bytes. */
  readonly maximumPacketSize?: number;
  readonly topicAliasMaximum?: number;
  readonly qos2InFlightBefore5?: number;
  readonly userProperties?: UserPropertiesSetting;
  readonly requestResponseInformation?: boolean;
}

/**
 * How long a 5.0 server is asked to keep the Session of a connection that resumes it, in seconds: over a lost network or a
 * lunch break, but not for ever. Servers of older versions are not asked.
 */
export const defaultSessionExpiry = 3600;

const uint32 = { type: 'integer', minimum: 0, maximum: 4_294_967_295 } as const;

const userProperties = {
  type: 'object',
  additionalProperties: { type: ['string', 'array'], items: { type: 'string' } },
} as const;

const willProperties = {
  topic: { type: 'string', minLength: 1, description: 'The topic to publish the will to.' },
  payload: {
    type: 'string',
    default: '',
    markdownDescription: 'The payload, written as `payloadEncoding` says; 65535 bytes at most.',
  },
  payloadEncoding: {
    type: 'string',
    enum: payloadEncodings,
    enumDescriptions: [
      'The payload is the text in UTF-8.',
      'Two hexadecimal digits for each byte, with or without spaces between bytes.',
      'Base64 (RFC 4648, section 4).',
    ],
    default: 'text',
    description: 'How the payload is written here.',
  },
  qos: { type: 'integer', minimum: 0, maximum: 2, default: 0, description: 'The QoS to publish it at.' },
  retain: { type: 'boolean', default: false, description: 'Whether it becomes the retained message.' },
  delay: {
    ...uint32,
    default: 0,
    description: 'How many seconds the server waits, in which the connection may come back. 5.0 only.',
  },
  expiry: { ...uint32, description: 'After how many seconds the published will expires. 5.0 only.' },
  payloadFormatIndicator: {
    type: 'integer',
    minimum: 0,
    maximum: 1,
    description:
      'What is said of the payload: 1 for text in UTF-8, 0 for bytes of any kind, which is the same as nothing. 5.0 only.',
  },
  contentType: { type: 'string', description: 'What the payload is, such as text/plain. 5.0 only.' },
  responseTopic: { type: 'string', minLength: 1, description: 'The topic for a response. 5.0 only.' },
  correlationData: {
    type: 'string',
    markdownDescription:
      'What tells whoever asked to which request a response belongs: a text, or bytes as `hex:01 02` or `base64:AQI=`. 5.0 only.',
  },
  userProperties: { ...userProperties, description: 'User Properties of the will, by name. 5.0 only.' },
} as const satisfies Readonly<Record<keyof WillSetting, SettingSchema>>;

export const connectProperties = {
  authentication: {
    type: 'string',
    enum: authenticationNames,
    enumDescriptions: [
      'User name and password stand in CONNECT.',
      'SCRAM with SHA-1, for servers that have nothing newer.',
      'SCRAM with SHA-256.',
      'SCRAM with SHA-512.',
    ],
    default: 'none',
    markdownDescription:
      'How to prove who one is. With SCRAM, user name and password are used for the proof and do not stand in CONNECT: the password is never sent, and the server has to prove that it knows it. MQTT 5.0 only; with `"version": "automatic"` no older one is fallen back to.',
  },
  sessionExpiry: {
    ...uint32,
    markdownDescription: `How many seconds the server is to keep the session after the connection ends; 4294967295 is without end. Left out: ${defaultSessionExpiry} where \`cleanStart\` is off, and 0 where it is on. 5.0 only.`,
  },
  will: {
    type: 'object',
    required: ['topic'],
    additionalProperties: false,
    properties: willProperties,
    description: 'The message that the server publishes when the connection breaks.',
  },
  receiveMaximum: {
    type: 'integer',
    minimum: 1,
    maximum: 65_535,
    description:
      'How many messages of QoS 1 and 2 the server may send before they are acknowledged. Left out: 65535. 5.0 only.',
  },
  maximumPacketSize: {
    type: 'integer',
    minimum: 1,
    maximum: 268_435_460,
    description:
      'The largest packet to take, in bytes: the connection is closed on a larger one. Only MQTT 5.0 tells the server.',
  },
  topicAliasMaximum: {
    type: 'integer',
    minimum: 0,
    maximum: 65_535,
    description:
      'How many topic aliases the server may use. Left out: 16. Each takes up to 64 KiB. 5.0 only.',
  },
  qos2InFlightBefore5: {
    type: 'integer',
    minimum: 1,
    maximum: 65_535,
    description:
      'How many QoS 2 messages may be in flight, where the server cannot say how many it takes: some acknowledge what is beyond their own bound and drop it. What is published behind one that waits for this waits too. Left out: 20, as many as Mosquitto takes. 3.1 and 3.1.1 only.',
  },
  userProperties: {
    ...userProperties,
    description:
      'User Properties of CONNECT, by name. They stand here for everybody to read: nothing secret belongs here. 5.0 only.',
  },
  requestResponseInformation: {
    type: 'boolean',
    default: false,
    description: 'Ask the server for a topic to receive responses at. 5.0 only.',
  },
} as const satisfies Readonly<Record<keyof ConnectSetting, SettingSchema>>;

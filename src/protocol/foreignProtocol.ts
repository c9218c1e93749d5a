import { equalBytes } from '../base/bytes';
import { encodeUtf8 } from '../base/utf8';
import type { Sender } from './dissectionContext';
import type { Violation } from './violations';

/** What else than MQTT a client may have spoken. */
export type ForeignProtocol = 'tls' | 'http' | 'ssh' | 'proxy' | 'amqp';

/** `undecided`: what has come so far may still turn out to be one of them, and is no CONNECT yet. */
export type FirstBytesKind = ForeignProtocol | 'undecided' | 'other';

const connectByte = 0x10;
const handshakeRecord = 0x16;
const tlsMajor = 0x03;

/** The methods of HTTP that reach a port by mistake (RFC 9110, 9.3; PRI is the preface of HTTP/2). */
const methods = ['GET', 'POST', 'PUT', 'HEAD', 'OPTIONS', 'PATCH', 'DELETE', 'CONNECT', 'TRACE', 'PRI'];

/**
 * How SSH begins (RFC 4253, 4.2), and AMQP (its 1.0, 2.2), and the header that a load balancer puts before a connection in both
 * of its versions.
 */
const beginnings: readonly (readonly [ForeignProtocol, Uint8Array])[] = [
  ['ssh', encodeUtf8('SSH-')],
  ['amqp', encodeUtf8('AMQP')],
  ['proxy', encodeUtf8('PROXY ')],
  ['proxy', encodeUtf8('\r\n\r\n\0\r\nQUIT\n')],
  ...methods.map((method) => ['http', encodeUtf8(`${method} `)] as const),
];

/**
 * Tells from its first bytes what a client speaks that does not speak MQTT: the record of a ClientHello (RFC 8446, 5.1), which
 * would be a CONNECT with flags that are reserved, the method of an HTTP request, or how else a protocol begins that reaches
 * the port of another.
 */
export function foreignProtocol(bytes: Uint8Array): FirstBytesKind {
  const [first, second] = bytes;
  if (first === undefined) return 'undecided';
  if (first === handshakeRecord) {
    if (second === undefined) return 'undecided';
    return second === tlsMajor ? 'tls' : 'other';
  }
  for (const [kind, beginning] of beginnings) {
    const length = Math.min(bytes.length, beginning.length);
    if (!equalBytes(bytes.subarray(0, length), beginning.subarray(0, length))) continue;
    return length === beginning.length ? kind : 'undecided';
  }
  return 'other';
}

const httpAnswerStart = encodeUtf8('HTTP/1.');

/**
 * Whether bytes that are no packet are what a server answers in HTTP to a request that was none either (RFC 9112, 4): that breaks
 * no rule of MQTT, and is not what a client sent.
 * @param direction which way they went; an answer in HTTP that was received comes from what is no broker
 */
export function isHttpAnswer(direction: 'in' | 'out' | undefined, bytes: Uint8Array): boolean {
  return direction === 'out' && equalBytes(bytes.subarray(0, httpAnswerStart.length), httpAnswerStart);
}

const names: Readonly<Record<ForeignProtocol, string>> = {
  tls: 'TLS',
  http: 'HTTP',
  ssh: 'SSH',
  proxy: 'the PROXY protocol',
  amqp: 'AMQP',
};

/** What bytes are that are no packet, for people. Whether their port was for them, nobody knows who has the bytes alone. */
export interface ForeignBytes {
  /** In place of the packet type. */
  readonly label: string;
  readonly message: string;
  /** What is told of it besides, where its port is one for MQTT. */
  readonly violation: Violation;
}

const shownAs: Readonly<Record<ForeignProtocol, Pick<ForeignBytes, 'label' | 'message'>>> = {
  tls: { label: 'TLS hello', message: 'A ClientHello of TLS instead of CONNECT' },
  http: { label: 'HTTP request', message: 'A request in HTTP instead of CONNECT' },
  ssh: { label: 'SSH', message: 'The greeting of SSH instead of CONNECT' },
  proxy: { label: 'PROXY header', message: 'A header of the PROXY protocol instead of CONNECT' },
  amqp: { label: 'AMQP', message: 'The header of AMQP instead of CONNECT' },
};

/**
 * What bytes are that are no packet and with which a connection begins; undefined where that is not known.
 * @param sender of packets that went the same way; where that is known there was a CONNECT, and these are not instead of it
 */
export function foreignBytes(bytes: Uint8Array, sender: Sender | undefined): ForeignBytes | undefined {
  if (sender !== undefined) return undefined;
  const kind = foreignProtocol(bytes);
  const violation = foreignViolation(bytes);
  return kind === 'undecided' || kind === 'other' || !violation ? undefined : { ...shownAs[kind], violation };
}

/** What somebody speaks on a port that is for TLS or WebSocket, by its first bytes; undefined where that is not known. */
export function spokenThere(bytes: Uint8Array): string | undefined {
  if (bytes[0] === connectByte) return 'plain MQTT';
  const kind = foreignProtocol(bytes);
  return kind === 'undecided' || kind === 'other' ? undefined : names[kind];
}

/** The rule that is broken by what is no MQTT at all, as far as that can be told [MQTT-3.1.0-1]. */
export function foreignViolation(firstBytes: Uint8Array): Violation | undefined {
  const kind = foreignProtocol(firstBytes);
  switch (kind) {
    case 'tls':
      return { id: 'tlsOnPlainPort', offset: 0 };
    case 'http':
      return { id: 'httpOnPlainPort', offset: 0, value: firstLine(firstBytes) };
    case 'ssh':
      return { id: 'sshOnMqttPort', offset: 0, value: firstLine(firstBytes) };
    case 'proxy':
      return { id: 'proxyHeaderOnMqttPort', offset: 0 };
    case 'amqp':
      return { id: 'amqpOnMqttPort', offset: 0 };
    default:
      return undefined;
  }
}

/** How much of the first line of a request or of what SSH says is shown, in bytes. */
const shownBytes = 80;

function firstLine(bytes: Uint8Array): string {
  const text = String.fromCharCode(...bytes.subarray(0, shownBytes));
  return (/^[^\r\n]*/.exec(text)?.[0] ?? '').replace(/[^\x20-\x7e]/g, '?');
}

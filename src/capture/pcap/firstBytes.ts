import { decodeUtf8 } from '../../base/utf8';
import { isConnect } from './plausiblePacket';

/** What a side of a connection says first. */
export type Opening =
  | { readonly is: 'mqtt' }
  | { readonly is: 'tls'; readonly serverName: string | undefined; readonly offersMqtt: boolean }
  /** A request to speak WebSocket; `end` is the offset after its head. */
  | { readonly is: 'webSocket'; readonly offersMqtt: boolean; readonly end: number }
  | { readonly is: 'other' }
  /** Too few bytes to tell. */
  | { readonly is: 'undecided' };

/** A head of HTTP or a ClientHello that is longer is not read. */
export const longestOpening = 32 * 1024;

const request = 'GET ';
const other: Opening = { is: 'other' };
const undecided: Opening = { is: 'undecided' };

export function openingOf(bytes: Uint8Array): Opening {
  if (bytes.length === 0) return undecided;
  const connect = isConnect(bytes);
  if (connect === true) return { is: 'mqtt' };
  if (isTlsRecord(bytes)) return tlsOpening(bytes);
  const http = begins(bytes, request);
  if (http === true) return webSocketOpening(bytes);
  return connect === undefined || http === undefined ? undecided : other;
}

/** A record of TLS: handshake, alert, change of cipher or data, of version 1.0 to 1.3 (RFC 8446, 5.1). */
function isTlsRecord(bytes: Uint8Array): boolean {
  const [type = 0, major = 0, minor = 0xff] = bytes;
  return type >= 0x14 && type <= 0x17 && major === 3 && minor <= 4;
}

/** The offset after a head of HTTP, undefined where it is not all there. */
export function headEnd(bytes: Uint8Array): number | undefined {
  for (let at = 3; at < bytes.length; at++) {
    if (bytes[at] !== 0x0a || bytes[at - 1] !== 0x0d || bytes[at - 2] !== 0x0a) continue;
    if (bytes[at - 3] === 0x0d) return at + 1;
  }
  return undefined;
}

/** Whether an answer of HTTP switches to WebSocket (RFC 6455, 4.2.2). */
export function switchesProtocols(bytes: Uint8Array): boolean {
  return /^HTTP\/1\.1 101\b/.test(ascii(bytes.subarray(0, 64)));
}

function webSocketOpening(bytes: Uint8Array): Opening {
  const end = headEnd(bytes);
  if (end === undefined) return bytes.length < longestOpening ? undecided : other;
  const head = ascii(bytes.subarray(0, end));
  if (!/^upgrade:[^\r\n]*\bwebsocket\b/im.test(head)) return other;
  return { is: 'webSocket', offersMqtt: /^sec-websocket-protocol:[^\r\n]*\bmqtt/im.test(head), end };
}

/** Server Name Indication and ALPN of a ClientHello (RFC 6066, 3; RFC 7301), as far as its first record has them. */
function tlsOpening(bytes: Uint8Array): Opening {
  const recordEnd = 5 + uint16(bytes, 3);
  if (bytes[0] === 0x16 && bytes.length < Math.min(recordEnd, longestOpening)) return undecided;
  let serverName: string | undefined;
  let offersMqtt = false;
  for (const [type, content] of bytes[0] === 0x16 ? extensions(bytes) : []) {
    if (type === 0) serverName = decodeUtf8(content.subarray(5, 5 + uint16(content, 3)));
    if (type === 16) offersMqtt = /mqtt/.test(ascii(content));
  }
  return { is: 'tls', serverName, offersMqtt };
}

function extensions(bytes: Uint8Array): readonly (readonly [type: number, content: Uint8Array])[] {
  // Behind the record's and the handshake's header, the version and the random bytes.
  let at = 5 + 4 + 2 + 32;
  at += 1 + (bytes[at] ?? 0);
  at += 2 + uint16(bytes, at);
  at += 1 + (bytes[at] ?? 0);
  const end = Math.min(bytes.length, at + 2 + uint16(bytes, at));
  const found: (readonly [number, Uint8Array])[] = [];
  at += 2;
  while (at + 4 <= end) {
    const length = uint16(bytes, at + 2);
    found.push([uint16(bytes, at), bytes.subarray(at + 4, Math.min(end, at + 4 + length))]);
    at += 4 + length;
  }
  return found;
}

function begins(bytes: Uint8Array, text: string): boolean | undefined {
  for (let index = 0; index < text.length; index++) {
    if (index === bytes.length) return undefined;
    if (bytes[index] !== text.charCodeAt(index)) return false;
  }
  return true;
}

function uint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

function ascii(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
}

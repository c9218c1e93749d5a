import type { Violation } from './violations';

/** What else than MQTT a client may have spoken. */
export type ForeignProtocol = 'tls' | 'http';

/** `undecided`: what has come so far may still turn out to be one of them, and is no CONNECT yet. */
export type FirstBytesKind = ForeignProtocol | 'undecided' | 'other';

const handshakeRecord = 0x16;
const tlsMajor = 0x03;
const space = 0x20;

/** The methods of HTTP that reach a port by mistake (RFC 9110, 9.3; PRI is the preface of HTTP/2). */
const methods = ['GET', 'POST', 'PUT', 'HEAD', 'OPTIONS', 'PATCH', 'DELETE', 'CONNECT', 'TRACE', 'PRI'];

/**
 * Tells from its first bytes what a client speaks that does not speak MQTT: the record of a ClientHello (RFC 8446, 5.1), which
 * would be a CONNECT with flags that are reserved, or the method of an HTTP request.
 */
export function foreignProtocol(bytes: Uint8Array): FirstBytesKind {
  const [first, second] = bytes;
  if (first === undefined) return 'undecided';
  if (first === handshakeRecord) {
    if (second === undefined) return 'undecided';
    return second === tlsMajor ? 'tls' : 'other';
  }
  for (const method of methods) {
    const kind = requestOf(bytes, method);
    if (kind !== 'other') return kind;
  }
  return 'other';
}

/** The rule that is broken by what is no MQTT at all, as far as that can be told [MQTT-3.1.0-1]. */
export function foreignViolation(firstBytes: Uint8Array): Violation | undefined {
  const kind = foreignProtocol(firstBytes);
  if (kind === 'tls') return { id: 'tlsOnPlainPort', offset: 0 };
  return kind === 'http' ? { id: 'httpOnPlainPort', offset: 0, value: requestLine(firstBytes) } : undefined;
}

/** How much of the first line of an HTTP request is shown, in bytes. */
const shownBytes = 80;

function requestLine(bytes: Uint8Array): string {
  const text = String.fromCharCode(...bytes.subarray(0, shownBytes));
  return (/^[^\r\n]*/.exec(text)?.[0] ?? '').replace(/[^\x20-\x7e]/g, '?');
}

/** Whether a request with this method begins like that; `undecided` where all that came is a part of the method. */
function requestOf(bytes: Uint8Array, method: string): FirstBytesKind {
  for (let index = 0; index <= method.length; index++) {
    const byte = bytes[index];
    if (byte === undefined) return 'undecided';
    if (byte !== (index === method.length ? space : method.charCodeAt(index))) return 'other';
  }
  return 'http';
}

import type { Span } from '../base/spans';
import type { ProtocolVersion } from '../protocol/controlPacket';
import { dissect, type FieldNode } from '../protocol/dissect';

/** Fields that prove who somebody is: of CONNECT the Password (3.1.3.6), and of both packets Authentication Data (3.15.2.2.3). */
const secretFields: ReadonlySet<string> = new Set(['Password', 'Authentication Data']);

/** CONNECT is packet type 1, AUTH is 15 (2.1.2); CONNACK carries the server's half of an authentication. */
const packetTypesWithSecrets: ReadonlySet<number> = new Set([1, 2, 15]);

/**
 * How many bytes of such a packet are read in search of secrets. A longer one is either made to keep its reader busy or
 * has large fields before the password; what lies behind is concealed as a whole.
 */
const longestRead = 64 * 1024;

/** What stands for a byte that is not shown: an asterisk, so that the field stays well-formed. */
const substitute = 0x2a;

export interface ConcealedBytes {
  readonly bytes: Uint8Array;
  readonly concealed: readonly Span[];
}

/**
 * A packet without its secrets, for places that may not see them: a webview, an export. Lengths and every other byte
 * stay as they were captured. Returns `bytes` itself where there is nothing to conceal, else a copy.
 */
export function concealSecrets(bytes: Uint8Array, version: ProtocolVersion): ConcealedBytes {
  if (!packetTypesWithSecrets.has((bytes[0] ?? 0) >> 4)) return { bytes, concealed: [] };
  const concealed: Span[] = [];
  collectSecrets(dissect(bytes.subarray(0, longestRead), { version }).fields, concealed);
  if (bytes.length > longestRead) concealed.push({ start: longestRead, end: bytes.length });
  if (concealed.length === 0) return { bytes, concealed };
  const copy = bytes.slice();
  for (const { start, end } of concealed) copy.fill(substitute, start, end);
  return { bytes: copy, concealed };
}

function collectSecrets(fields: readonly FieldNode[], found: Span[]): void {
  for (const field of fields) {
    if (!secretFields.has(field.label)) {
      collectSecrets(field.children, found);
      continue;
    }
    // What comes last: after a property's identifier and after the length.
    let content = field;
    for (let last = content.children.at(-1); last; last = last.children.at(-1)) content = last;
    if (content.label !== 'Length' && content.label !== 'Identifier')
      found.push({ start: content.start, end: content.end });
  }
}

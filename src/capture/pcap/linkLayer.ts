/** What a frame carries: a packet of the Internet Protocol from `start` on, or something that can be none. */
export type LinkContent = number | 'other' | 'unsupported';

export const linkTypes = {
  null: 0,
  ethernet: 1,
  rawBsd: 12,
  rawOpenBsd: 14,
  raw: 101,
  loop: 108,
  cooked: 113,
  ipv4: 228,
  ipv6: 229,
  upperPdu: 252,
  cooked2: 276,
} as const;

const etherTypes = { ipv4: 0x0800, ipv6: 0x86dd, pppoeSession: 0x8864 } as const;
/** 802.1Q, 802.1ad and what stood for it before. */
const vlanTags: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100]);
const pppProtocols: ReadonlySet<number> = new Set([0x0021, 0x0057]);
/** Address families of IPv4 and, on the systems that write these headers, of IPv6. */
const families: ReadonlySet<number> = new Set([2, 10, 24, 28, 30]);

/** Where the Internet Protocol begins in a frame: `other` for what is none, `unsupported` for link types not known here. */
export function internetStart(linkType: number, bytes: Uint8Array): LinkContent {
  switch (linkType) {
    case linkTypes.ethernet:
      return afterEtherType(bytes, 12);
    case linkTypes.cooked:
      return afterEtherType(bytes, 14);
    case linkTypes.cooked2:
      return isInternet(uint16(bytes, 0)) ? 20 : 'other';
    case linkTypes.null:
    case linkTypes.loop:
      return families.has(family(bytes)) ? 4 : 'other';
    case linkTypes.raw:
    case linkTypes.rawBsd:
    case linkTypes.rawOpenBsd:
    case linkTypes.ipv4:
    case linkTypes.ipv6:
      return 0;
    default:
      return 'unsupported';
  }
}

function afterEtherType(bytes: Uint8Array, at: number): LinkContent {
  let next = at;
  while (vlanTags.has(uint16(bytes, next))) next += 4;
  const type = uint16(bytes, next);
  if (isInternet(type)) return next + 2;
  if (type === etherTypes.pppoeSession && pppProtocols.has(uint16(bytes, next + 8))) return next + 10;
  return 'other';
}

function isInternet(type: number): boolean {
  return type === etherTypes.ipv4 || type === etherTypes.ipv6;
}

/** In the byte order of the machine that captured, whichever that was. */
function family(bytes: Uint8Array): number {
  const [first = 0, second = 0, third = 0, fourth = 0] = bytes;
  return first === 0 && second === 0
    ? (third << 8) | fourth
    : third === 0 && fourth === 0
      ? (second << 8) | first
      : -1;
}

/** -1 where the bytes end before. */
export function uint16(bytes: Uint8Array, at: number): number {
  return at + 2 <= bytes.length ? ((bytes[at] as number) << 8) | (bytes[at + 1] as number) : -1;
}

/** The caller has asked the length. */
export function uint32(bytes: Uint8Array, at: number): number {
  return (uint16(bytes, at) * 0x1_0000 + uint16(bytes, at + 2)) >>> 0;
}

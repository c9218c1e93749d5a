import { concatBytes } from '../../base/bytes';
import { beginsPublish, declaredEnd, isFirstByte, parses } from './plausiblePacket';
import type { Side } from './tcpConversation';

/** What a segment of one side brought. */
export interface SideBytes {
  readonly side: Side;
  readonly bytes: Uint8Array;
}

/** What speaks for MQTT in a connection whose CONNECT nobody captured. */
export interface Evidence {
  /** 0 where nothing does, {@link convincing} where it can hardly be anything else. */
  readonly weight: number;
  /** The side whose packets only a client sends, or whose peer sends what only a server does. */
  readonly client: Side | undefined;
}

/** Two short packets one behind the other, or one that is long enough to be none by chance. */
export const convincing = 2;
/** Packets of two and four bytes are found in any protocol now and then. */
const shortest = 8;

/** Packet Types that only a client sends, and only a server (table 2-1). */
const fromClients: ReadonlySet<number> = new Set([8, 10, 12]);
const fromServers: ReadonlySet<number> = new Set([9, 11, 13]);

const nothing: Evidence = { weight: 0, client: undefined };

/** Weighs what both sides of a connection sent since the capture began, in the order in which it came. */
export function evidenceOfMqtt(segments: readonly SideBytes[]): Evidence {
  const sides = ([0, 1] as const).map((side) => {
    const own = segments.filter((each) => each.side === side).map(({ bytes }) => bytes);
    return evidenceOfSide(own, side);
  });
  const clients = new Set(sides.flatMap(({ client }) => client ?? []));
  if (clients.size > 1) return nothing;
  const [client] = clients;
  return { weight: sides.reduce((sum, { weight }) => sum + weight, 0), client };
}

/** The first segments may be the end of a packet: after them one begins with one, and all is packets from there. */
function evidenceOfSide(segments: readonly Uint8Array[], side: Side): Evidence {
  const bytes = concatBytes(segments);
  let start = 0;
  for (const segment of segments) {
    const evidence = isFirstByte(segment[0] ?? 0) ? evidenceFrom(bytes, start, side) : nothing;
    if (evidence.weight > 0) return evidence;
    start += segment.length;
  }
  return nothing;
}

/** Packet after packet to the end of the bytes, the last of which may go on beyond it. */
function evidenceFrom(bytes: Uint8Array, start: number, side: Side): Evidence {
  let weight = 0;
  let client: Side | undefined;
  let at = start;
  while (at < bytes.length) {
    const first = bytes[at] as number;
    if (!isFirstByte(first)) return nothing;
    const end = declaredEnd(bytes, at);
    if (end < 0 || end > bytes.length) {
      const rest = bytes.subarray(at);
      return end > 0 && beginsPublish(rest) ? { weight: weight + 1, client } : { weight, client };
    }
    if (!parses(bytes, at, end, undefined)) return nothing;
    const sender = senderOf(first >> 4, side);
    if (sender !== undefined && client !== undefined && sender !== client) return nothing;
    client ??= sender;
    weight += end - at >= shortest ? convincing : 1;
    at = end;
  }
  return { weight, client };
}

function senderOf(packetType: number, side: Side): Side | undefined {
  if (fromClients.has(packetType)) return side;
  return fromServers.has(packetType) ? (side === 0 ? 1 : 0) : undefined;
}

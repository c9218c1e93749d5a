import type { ProtocolVersion } from '../protocol/controlPacket';
import type { CapturedBytes } from './packetSegment';

/**
 * What a row of the log is: a whole packet; bytes that are no packet (garbage, the answer of an HTTP server); the
 * beginning of a packet that the end of the connection, or a gap of a capture, cut off; or a note about the place, as
 * `encodeNote` writes it.
 */
export type RowKind = (typeof rowKinds)[number];

/** The order is that of the flags column and of snapshots. */
export const rowKinds = ['packet', 'unframed', 'incomplete', 'note'] as const;

const withoutContextFlag = 1 << 5;
const decodedFlag = 1 << 6;
const endsPreviousFlag = 1 << 7;
/** Of unframed bytes that were not decoded. */
const firstFlag = withoutContextFlag;
const secretFlag = endsPreviousFlag;
const restFlags = firstFlag | secretFlag;
/** Of an incomplete packet. */
const cutFlag = endsPreviousFlag;
/** Of unframed bytes that were decoded: no other packet is needed to read them in any case. */
const decodedSecretFlag = withoutContextFlag;

type Flags = Pick<
  CapturedBytes,
  'direction' | 'kind' | 'version' | 'withoutContext' | 'decoded' | 'endsPrevious' | 'cut' | 'rest'
>;

/**
 * Bit 0: sent; bits 2-1: kind; bits 4-3: version less 3; bit 5: without context; bit 6: decoded; bit 7: ends previous, of
 * an incomplete packet: cut. Of unframed bytes that were not decoded, bit 5: framing ends with them; bit 7: they may be the
 * rest of a secret; both: they are cut.
 * Takes no rest of the object: making one costs more than all else that entering a short packet does.
 */
export function packFlags(captured: Flags): number {
  const { direction, kind, version, withoutContext, decoded, endsPrevious, cut, rest } = captured;
  const flags = (direction === 'out' ? 1 : 0) | (rowKinds.indexOf(kind) << 1) | ((version - 3) << 3);
  // What came over a connection needs no context and ends nothing.
  if (kind === 'unframed' && !decoded)
    return flags | (rest === 'first' ? firstFlag : rest === 'secret' ? secretFlag : cut ? restFlags : 0);
  const origin = (decoded ? decodedFlag : 0) | (endsPrevious ? endsPreviousFlag : 0);
  if (kind === 'unframed') return flags | origin | (rest === 'secret' ? decodedSecretFlag : 0);
  const end = kind === 'incomplete' && cut ? cutFlag : 0;
  return flags | origin | end | (withoutContext ? withoutContextFlag : 0);
}

/** The kind of a row, of a value of the flags column: for scans, in which an object for each row takes long. */
export function rowKindOf(flags: number): RowKind {
  return rowKinds[(flags >> 1) & 3] as RowKind;
}

/** The version of a row, as {@link rowKindOf} the kind. */
export function versionOf(flags: number): ProtocolVersion {
  return (((flags >> 3) & 3) + 3) as ProtocolVersion;
}

/** What a value of the flags column says. */
export function unpackFlags(flags: number): Flags {
  const kind = rowKindOf(flags);
  const direction = flags & 1 ? 'out' : 'in';
  const version = versionOf(flags);
  if (kind === 'unframed' && (flags & decodedFlag) === 0) {
    if ((flags & restFlags) === restFlags) return { direction, kind, version, cut: true };
    const rest = flags & secretFlag ? 'secret' : flags & firstFlag ? 'first' : undefined;
    return { direction, kind, version, ...(rest && { rest }) };
  }
  const isUnframed = kind === 'unframed';
  return {
    direction,
    kind,
    version,
    ...(isUnframed && flags & decodedSecretFlag && { rest: 'secret' }),
    ...((isUnframed || flags & withoutContextFlag) && { withoutContext: true }),
    ...(flags & decodedFlag && { decoded: true }),
    ...(flags & endsPreviousFlag && (kind === 'incomplete' ? { cut: true } : { endsPrevious: true })),
  };
}

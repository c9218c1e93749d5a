import type { Acknowledgement, AcknowledgementType } from '../controlPacket';
import { noProperties } from '../properties';

const acknowledgementTypes: readonly (AcknowledgementType | undefined)[] = [
  ...[undefined, undefined, undefined, undefined],
  ...(['PUBACK', 'PUBREC', 'PUBREL', 'PUBCOMP'] as const),
];

/** PUBACK, PUBREC, PUBREL or PUBCOMP of four bytes, the form every version shares. */
export function readPlainAcknowledgement(
  bytes: Uint8Array,
  start: number,
  end: number,
): Acknowledgement | undefined {
  if (end - start !== 4 || bytes[start + 1] !== 2) return undefined;
  const first = bytes[start] as number;
  const type = acknowledgementTypes[first >> 4];
  if (type === undefined || (first & 0x0f) !== (type === 'PUBREL' ? 2 : 0)) return undefined;
  const packetIdentifier = ((bytes[start + 2] as number) << 8) | (bytes[start + 3] as number);
  if (packetIdentifier === 0) return undefined;
  return { type, packetIdentifier, reasonCode: 0, properties: noProperties };
}

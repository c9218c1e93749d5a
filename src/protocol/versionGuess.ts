import type { ProtocolVersion } from './controlPacket';
import type { VersionSource } from './dissectStream';
import { versionNames } from './versionNames';

/** How a version was guessed, as a sentence. */
export function describeGuess(
  version: ProtocolVersion,
  { parsed, packets }: Extract<VersionSource, { readonly from: 'guess' }>,
): string {
  return `Version guessed: ${versionNames[version]}, ${reason(parsed, packets)}.`;
}

function reason(parsed: number, packets: number): string {
  if (packets === 0) return 'as no packet is found';
  if (parsed === 0) return 'but no version parses';
  if (parsed < packets) return `as ${parsed} of ${packets} packets parse`;
  return packets === 1 ? 'as the packet parses' : `as all ${packets} packets parse`;
}

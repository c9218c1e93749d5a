import type { ForeignFormat } from './captureFormat';

const ascii = (text: string): readonly number[] => Array.from(text, (character) => character.charCodeAt(0));

const beginnings: readonly (readonly [bytes: readonly number[], format: ForeignFormat])[] = [
  [[0x1f, 0x8b], 'gzip'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'zstd'],
  [[0x04, 0x22, 0x4d, 0x18], 'lz4'],
  [ascii('PK\x03\x04'), 'zip'],
  // RFC 1761.
  [ascii('snoop\0\0\0'), 'snoop'],
  [ascii('GMBU'), 'netmon'],
  [ascii('RTSS'), 'netmon'],
  [ascii('TRSNIFF data'), 'sniffer'],
  [ascii('XCP\0'), 'sniffer'],
  // Records of pcap with more in front, as some kernels of Linux once wrote them.
  [[0xa1, 0xb2, 0xcd, 0x34], 'modifiedPcap'],
  [[0x34, 0xcd, 0xb2, 0xa1], 'modifiedPcap'],
];

/** What begins so and is no pcap or pcapng; undefined for anything that is not known. `byte` is asked for the first twelve. */
export function foreignFormat(byte: (at: number) => number | undefined): ForeignFormat | undefined {
  return beginnings.find(([bytes]) => bytes.every((each, at) => byte(at) === each))?.[1];
}

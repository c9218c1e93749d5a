const kinds: ReadonlyMap<number, 'pcap' | 'pcapng'> = new Map([
  [0xa1b2c3d4, 'pcap'],
  [0xd4c3b2a1, 'pcap'],
  // Times in nanoseconds.
  [0xa1b23c4d, 'pcap'],
  [0x4d3cb2a1, 'pcap'],
  [0x0a0d0d0a, 'pcapng'],
]);

/** Which capture file of Wireshark or tcpdump begins with these bytes, be it whole or not; undefined for any others. */
export function captureFileKind(bytes: Uint8Array): 'pcap' | 'pcapng' | undefined {
  if (bytes.length < 4) return undefined;
  return kinds.get(new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0));
}

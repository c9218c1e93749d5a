import { uint16, uint32 } from './linkLayer';
import type { Endpoint } from './endpoints';

/** A message that a dissector of Wireshark exported (link type 252). */
export interface ExportedPdu {
  /** The dissector that reads it. */
  readonly protocol: string;
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly start: number;
}

/** Tags of epan/exported_pdu.h. */
const tags = {
  end: 0,
  dissector: 12,
  source4: 20,
  destination4: 21,
  source6: 22,
  destination6: 23,
  sourcePort: 25,
  destinationPort: 26,
} as const;
const unknownAddress = new Uint8Array(4);

/** Undefined where the tags break off. */
export function readExportedPdu(bytes: Uint8Array): ExportedPdu | undefined {
  let protocol = '';
  let [source, destination]: [Uint8Array, Uint8Array] = [unknownAddress, unknownAddress];
  let [sourcePort, destinationPort] = [0, 0];
  let at = 0;
  while (at + 4 <= bytes.length) {
    const tag = uint16(bytes, at);
    const length = uint16(bytes, at + 2);
    const end = at + 4 + length;
    if (end > bytes.length) return undefined;
    const value = bytes.subarray(at + 4, end);
    at = end;
    switch (tag) {
      case tags.end:
        return {
          protocol,
          source: { address: source, port: sourcePort },
          destination: { address: destination, port: destinationPort },
          start: at,
        };
      case tags.dissector:
        // Padded with zeros to a multiple of four bytes.
        protocol = String.fromCharCode(...value.subarray(0, 64)).replace(/\0+$/, '');
        break;
      case tags.source4:
      case tags.source6:
        if (length === 4 || length === 16) source = value;
        break;
      case tags.destination4:
      case tags.destination6:
        if (length === 4 || length === 16) destination = value;
        break;
      case tags.sourcePort:
        if (length >= 4) sourcePort = uint32(value, 0);
        break;
      case tags.destinationPort:
        if (length >= 4) destinationPort = uint32(value, 0);
        break;
      default:
    }
  }
  return undefined;
}

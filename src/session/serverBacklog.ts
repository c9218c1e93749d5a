import { packetTypeNames } from '../protocol/controlPacket';
import type { Violation } from '../protocol/violations';
import type { ForeignProtocol } from './serverContract';

/** How many bytes may arrive before the client is accepted: CONNECT with every field full, and something sent along. */
const mostBytes = 1_048_576;

/** Why what arrives before a client is accepted is not taken. */
export interface Unacceptable {
  readonly violation: Violation;
  /** It is not MQTT, so that there is no answer it could understand. */
  readonly isStrange: boolean;
  readonly foreign: ForeignProtocol | undefined;
}

/** What a client sends before it is accepted. */
export class ServerBacklog {
  /** Packets that came between CONNECT and its answer. */
  private packets: Uint8Array[] = [];
  private bytes = 0;

  /** Looks at a chunk, of which the first is looked at most closely; returns what is wrong. */
  arrived(chunk: Uint8Array): Unacceptable | undefined {
    if (this.bytes === 0) {
      // Something else than MQTT shows in its first byte, long before a Remaining Length made of text is complete.
      const foreign = foreignProtocol(chunk);
      const type = packetTypeNames[(chunk[0] ?? 0) >> 4] ?? '';
      if (type !== 'CONNECT') {
        const violation = { id: 'firstPacketNotConnect', offset: 0, value: type } as const; // [MQTT-3.1.0-1]
        return { violation, isStrange: true, foreign };
      }
      if (foreign) {
        // The type of TLS's records is that of CONNECT, with bits that are reserved.
        const violation = { id: 'reservedFlags', offset: 0, value: '0110 instead of 0000' } as const;
        return { violation, isStrange: true, foreign };
      }
    }
    this.bytes += chunk.length;
    if (this.bytes <= mostBytes) return undefined;
    const violation = { id: 'packetTooLarge', offset: 1, value: this.bytes } as const;
    return { violation, isStrange: false, foreign: undefined };
  }

  hold(packet: Uint8Array): void {
    this.packets.push(packet);
  }

  take(): readonly Uint8Array[] {
    const { packets } = this;
    this.packets = [];
    return packets;
  }
}

const httpMethods = ['GET ', 'POST', 'PUT ', 'HEAD', 'OPTI', 'DELE', 'PATC', 'CONN', 'PRI '];

/** What a client speaks whose first bytes are no CONNECT, where that can be told. */
export function foreignProtocol(firstBytes: Uint8Array): ForeignProtocol | undefined {
  const [first, second] = firstBytes;
  // A record of TLS: a handshake, in a version from SSL 3.0 on.
  if (first === 0x16 && (second === 0x03 || second === undefined)) return 'tls';
  const text = String.fromCharCode(...firstBytes.subarray(0, 4));
  return httpMethods.includes(text) ? 'http' : undefined;
}

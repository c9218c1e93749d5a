import { concatBytes, noBytes } from '../base/bytes';
import { packetTypeNames } from '../protocol/controlPacket';
import { foreignProtocol, foreignViolation } from '../protocol/foreignProtocol';
import type { Violation } from '../protocol/violations';

/** How much is kept to tell what it is, and to show the first line of a request, in bytes. */
const keptBytes = 80;

/**
 * What a client sends first: something else than MQTT shows in its first bytes, long before a Remaining Length made of text is
 * complete.
 */
export class ConnectDetection {
  private bytes: Uint8Array = noBytes;
  private isConnect = false;

  /** Adds what came; returns what is wrong with it, and undefined while it may still become a CONNECT [MQTT-3.1.0-1]. */
  add(chunk: Uint8Array): Violation | undefined {
    if (this.isConnect) return undefined;
    this.bytes = concatBytes([this.bytes, chunk.subarray(0, keptBytes)]).subarray(0, keptBytes);
    const kind = foreignProtocol(this.bytes);
    if (kind === 'undecided') return undefined;
    if (kind !== 'other') return foreignViolation(this.bytes);
    const type = packetTypeNames[(this.bytes[0] ?? 0) >> 4] ?? '';
    this.isConnect = type === 'CONNECT';
    return this.isConnect ? undefined : { id: 'firstPacketNotConnect', offset: 0, value: type };
  }
}

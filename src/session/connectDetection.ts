import { concatBytes, noBytes } from '../base/bytes';
import { packetTypeNames } from '../protocol/controlPacket';
import { type ForeignProtocol, foreignProtocol, foreignViolation } from '../protocol/foreignProtocol';
import { connectIdentifier } from '../protocol/connectIdentifier';
import { connectVersion } from '../protocol/connectVersion';
import type { ProtocolVersion } from '../protocol/controlPacket';
import type { Violation } from '../protocol/violations';

/** How much is kept to tell what it is, and who says so where a CONNECT never is in order, in bytes. */
const keptBytes = 1024;

/** What is not MQTT, and what it is where that is known. */
export interface Strange {
  readonly violation: Violation;
  readonly foreign: ForeignProtocol | undefined;
}

/**
 * What a client sends first: something else than MQTT shows in its first bytes, long before a Remaining Length made of text is
 * complete.
 */
export class ConnectDetection {
  /** The version that the CONNECT names, as far as what came first goes that far. */
  get version(): ProtocolVersion | undefined {
    return this.isConnect ? connectVersion(this.bytes) : undefined;
  }

  /** The Client Identifier in it, under the same condition. */
  get clientIdentifier(): string | undefined {
    return this.isConnect ? connectIdentifier(this.bytes) : undefined;
  }

  private bytes: Uint8Array = noBytes;
  private isConnect = false;

  /** Adds what came; returns what is wrong with it, and undefined while it may still become a CONNECT [MQTT-3.1.0-1]. */
  add(chunk: Uint8Array): Strange | undefined {
    if (this.bytes.length < keptBytes)
      this.bytes = concatBytes([this.bytes, chunk.subarray(0, keptBytes - this.bytes.length)]);
    if (this.isConnect) return undefined;
    const kind = foreignProtocol(this.bytes);
    if (kind === 'undecided') return undefined;
    const violation = foreignViolation(this.bytes);
    if (kind !== 'other') return violation && { violation, foreign: kind };
    const type = packetTypeNames[(this.bytes[0] ?? 0) >> 4] ?? '';
    this.isConnect = type === 'CONNECT';
    if (this.isConnect) return undefined;
    const value = type === 'RESERVED' ? 'of the forbidden type 0' : type;
    return { violation: { id: 'firstPacketNotConnect', offset: 0, value }, foreign: undefined };
  }
}

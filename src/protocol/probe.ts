import { readWholePacket } from './codec';
import type { ControlPacket, ProtocolVersion } from './controlPacket';
import { WireReader } from './wireReader';

/** A reader for bytes that may be no packet. It throws one and the same error, because failing is its normal work. */
export class Probe extends WireReader {
  /** The packet, or undefined where the bytes break a rule. */
  packet(bytes: Uint8Array, start: number, end: number, version: ProtocolVersion): ControlPacket | undefined {
    try {
      return readWholePacket(this, bytes, start, end, version);
    } catch (error) {
      if (error === refusal) return undefined;
      throw error;
    }
  }

  accepts(bytes: Uint8Array, start: number, end: number, version: ProtocolVersion): boolean {
    return this.packet(bytes, start, end, version) !== undefined;
  }

  /** How many bytes of the last packet were looked at. */
  get consumed(): number {
    return this.at - this.origin;
  }

  protected override violateAt(): void {
    throw refusal;
  }
}

const refusal = new Error('Not a packet');

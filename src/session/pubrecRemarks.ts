import type { Pubrec } from '../protocol/controlPacket';
import { noProperties } from '../protocol/properties';
import { propertiesSize } from '../protocol/propertySize';

/** How many bytes of what PUBRECs say are kept; of more than that only the Reason Codes are. */
const mostBytes = 1_048_576;

/** What PUBRECs said that took their message, beyond that: PUBCOMP mostly says nothing more. */
export class PubrecRemarks {
  private readonly remarks = new Map<number, Pubrec>();
  private bytes = 0;

  note(packet: Pubrec): void {
    const { packetIdentifier, reasonCode, properties } = packet;
    const size = propertiesSize(properties);
    const fits = this.bytes + size <= mostBytes;
    if (!fits && reasonCode === 0) return;
    if (fits) this.bytes += size;
    this.remarks.set(packetIdentifier, fits ? packet : { ...packet, properties: noProperties });
  }

  /** What was said of a message, which ends here. */
  take(packetIdentifier: number): Pubrec | undefined {
    const remark = this.remarks.get(packetIdentifier);
    if (!remark) return undefined;
    this.remarks.delete(packetIdentifier);
    this.bytes -= propertiesSize(remark.properties);
    return remark;
  }
}

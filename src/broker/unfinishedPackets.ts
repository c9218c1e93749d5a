import type { DisconnectCause } from '../session/serverContract';

const quotaExceeded = 0x97;

/** Whoever sends a packet. */
export interface PacketSender {
  disconnectNow(reasonCode: number, reasonString: undefined, cause: DisconnectCause): void;
}

/**
 * What has come of the packets that are not whole yet, of all connections together. Where that is beyond the bound the
 * connection that has most of it has to go: many of them would take gigabytes, as large as packets may be.
 */
export class UnfinishedPackets {
  private readonly sizes = new Map<PacketSender, number>();
  private total = 0;

  /** @param most the bound, in bytes */
  constructor(public most: number) {}

  /** All of it, in bytes. */
  get bytes(): number {
    return this.total;
  }

  /** So many bytes of one's packet are there; 0 where none has begun, or its connection is over. */
  set(sender: PacketSender, bytes: number): void {
    const before = this.sizes.get(sender) ?? 0;
    this.total += bytes - before;
    if (bytes > 0) this.sizes.set(sender, bytes);
    else this.sizes.delete(sender);
    if (bytes > before && this.total > this.most)
      this.largest()?.disconnectNow(quotaExceeded, undefined, 'unfinishedBytes');
  }

  private largest(): PacketSender | undefined {
    let found: PacketSender | undefined;
    let most = 0;
    for (const [sender, bytes] of this.sizes) if (bytes > most) [found, most] = [sender, bytes];
    return found;
  }
}

/** How many chunks back packets are found: while a client waits to be let in it may send more. */
const chunksBack = 64;

/** In which rows of the log the packets are that came on a connection lately, which the broker counts. */
export class ReceivedRows {
  /** Of the last chunks, as a ring: which packet of its connection is first in it, from 1, and in which row. */
  private readonly firstPackets = new Float64Array(chunksBack);
  private readonly firstRows = new Float64Array(chunksBack);
  private chunks = 0;
  private packets = 0;

  /** A chunk came, whose packets are in the rows `[first, end)`. */
  came(first: number, end: number): void {
    if (first === end) return;
    const at = this.chunks++ % chunksBack;
    this.firstPackets[at] = this.packets + 1;
    this.firstRows[at] = first;
    this.packets += end - first;
  }

  /** The row of a packet; undefined where it came too long ago, or has not come. */
  of(packet: number): number | undefined {
    if (packet > this.packets) return undefined;
    for (let chunk = this.chunks - 1; chunk >= Math.max(0, this.chunks - chunksBack); chunk--) {
      const at = chunk % chunksBack;
      const firstPacket = this.firstPackets[at] as number;
      if (firstPacket <= packet) return (this.firstRows[at] as number) + packet - firstPacket;
    }
    return undefined;
  }
}

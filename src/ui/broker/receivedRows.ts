/** How many chunks back packets are found at least: while a client waits to be let in it may send more. */
const chunksBack = 64;

/** Where a chunk begins: which packet of its connection is first in it, from 1, and in which row. */
interface ReceivedChunk {
  readonly packet: number;
  readonly row: number;
}

/** In which rows of the log the packets are that came on a connection lately, which the broker counts. */
export class ReceivedRows {
  private readonly chunks: ReceivedChunk[] = [];
  private packets = 0;

  /** A chunk came, whose packets are in the rows `[first, end)`. */
  came(first: number, end: number): void {
    if (first === end) return;
    if (this.chunks.length === 2 * chunksBack) this.chunks.splice(0, chunksBack);
    this.chunks.push({ packet: this.packets + 1, row: first });
    this.packets += end - first;
  }

  /** The row of a packet; undefined where it came too long ago, or has not come. */
  of(packet: number): number | undefined {
    if (packet > this.packets) return undefined;
    for (let index = this.chunks.length - 1; index >= 0; index--) {
      const chunk = this.chunks[index];
      if (chunk && chunk.packet <= packet) return chunk.row + packet - chunk.packet;
    }
    return undefined;
  }
}

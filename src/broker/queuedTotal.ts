import type { HeldTotal } from '../session/heldTotal';

/**
 * What waits for all clients together. Beyond the bound only those take more that have less than their equal part of it, so
 * that one client that floods or does not read costs the others nothing: so much more than the bound is there at most.
 */
export class QueuedTotal implements HeldTotal {
  bytes = 0;

  /**
   * @param most the bound, in bytes
   * @param sessions how many clients there are, connected or with a Session
   */
  constructor(
    public most: number,
    private readonly sessions: () => number,
  ) {}

  isBeyond(own: number, part = 1): boolean {
    return this.bytes > this.most && own > (this.most / Math.max(1, this.sessions())) * part;
  }
}

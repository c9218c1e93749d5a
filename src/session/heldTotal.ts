/** What several stores hold together, and whether that is enough. */
export interface HeldTotal {
  /** All of it. */
  bytes: number;
  /**
   * Whether they hold so much that one of them, which holds `own` bytes of it, is to take no more.
   * @param part of what it may hold, from 0 to 1
   */
  isBeyond(own: number, part?: number): boolean;
}

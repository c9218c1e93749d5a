/** About what a level takes in a tree of topics, in bytes: some hundred times more than it takes on the wire. */
export const levelBytes = 200;

/** About what a subscription takes in memory, in bytes. */
export function subscriptionBytes(topicFilter: string): number {
  let levels = 1;
  for (let at = topicFilter.indexOf('/'); at >= 0; at = topicFilter.indexOf('/', at + 1)) levels++;
  return topicFilter.length + levels * levelBytes;
}

/**
 * Whether a Topic Name or Topic Filter has more levels than the broker takes. A string of 64 KiB can have 65,536 of them; each
 * is a step of a search and an object in memory. The protocol sets no bound and lets a server refuse (0x8F, 0x90).
 */
export function isTooDeep(topic: string, mostLevels: number): boolean {
  if (topic.length < mostLevels) return false;
  let levels = 1;
  for (let at = topic.indexOf('/'); at >= 0; at = topic.indexOf('/', at + 1)) {
    if (++levels > mostLevels) return true;
  }
  return false;
}

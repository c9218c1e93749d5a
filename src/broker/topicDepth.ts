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

import { grouped } from '../../src/base/grouped';
import type { LogState } from '../../src/inspector/contract';
import type { Density } from '../../src/inspector/panelContract';
import type { Announcer } from './announcer';

/** Tells of packets that made room for newer ones, and of a log that was cleared. */
export function announceLog(announcer: Announcer, before: LogState | undefined, now: LogState): void {
  if (before && now.evictedPackets > before.evictedPackets) {
    announcer.seldom(
      'evicted',
      `${grouped(now.evictedPackets)} older packets dropped for the capture budget`,
    );
  }
  if (before && before.first < before.end && now.first === now.end)
    announcer.atOnce('The packet log is empty');
}

/** Tells of packets that break rules, once they are counted. */
export function announceDensity(announcer: Announcer, { violations, unread }: Density): void {
  const count = violations.reduce((sum, each) => sum + each, 0);
  if (count === 0 || unread > 0) return;
  announcer.seldom('violations', brokenRules(count));
}

/** How many packets break rules, in words. */
export function brokenRules(packets: number): string {
  if (packets === 0) return 'no packet breaks a rule';
  return packets === 1 ? '1 packet breaks a rule' : `${grouped(packets)} packets break rules`;
}

import { LogAnalysis } from '../../capture/analysis/analysis';
import type { PacketLog } from '../../capture/packetLog';

/** Weak both ways: an analysis lasts as long as its log, and as an inspector that asked for it. */
const analyses = new WeakMap<PacketLog, WeakRef<LogAnalysis>>();

/** The analysis of a log, which is read once however many inspectors show the log. */
export function sharedAnalysis(log: PacketLog): LogAnalysis {
  const known = analyses.get(log)?.deref();
  if (known) return known;
  const made = new LogAnalysis(log);
  analyses.set(log, new WeakRef(made));
  return made;
}

import type { LogRow } from '../../src/inspector/contract';
import type { DissectionContext } from '../../src/protocol/dissect';

/** All that is known of a row before its bytes are read. */
export function rowContext({ version, topic, length, context }: LogRow): DissectionContext {
  const { requestedFilters, ...decided } = context;
  // Without the start of the connection nobody can say that an alias was never given.
  const aliasesKnown = topic !== undefined || context.connect !== undefined;
  return {
    ...decided,
    version,
    size: length,
    ...(requestedFilters !== undefined && { openRequests: { get: () => requestedFilters } }),
    ...(aliasesKnown && { topicAliases: { get: () => topic, has: () => topic !== undefined } }),
  };
}

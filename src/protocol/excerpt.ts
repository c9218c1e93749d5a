import type { Dissection } from './dissect';
import type { DissectionContext } from './dissectionContext';
import type { Violation, ViolationId } from './violations';
import type { ProtocolVersion } from './controlPacket';

/** What earlier packets of its connection decided about a captured packet. */
export interface CapturedContext extends Omit<
  DissectionContext,
  'version' | 'topicAliases' | 'openRequests' | 'identifiers'
> {
  /** Of SUBACK and UNSUBACK: how many Topic Filters were asked for. */
  readonly requestedFilters?: number;
}

/** A captured packet whose beginning is dissected. */
export interface CapturedPacket {
  readonly version: ProtocolVersion;
  /** Of a PUBLISH: its topic, also where the packet itself has only a Topic Alias. */
  readonly topic: string | undefined;
  /** Bytes of the whole packet. */
  readonly length: number;
  readonly context: CapturedContext;
}

/** All that is known of a captured packet before its bytes are read. */
export function excerptContext({ version, topic, length, context }: CapturedPacket): DissectionContext {
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

/** What the end of an excerpt looks like where the packet itself goes on: no fault of the packet's. */
const cutMarks: ReadonlySet<ViolationId> = new Set<ViolationId>([
  'remainingLengthBeyondBytes',
  'truncated',
  'lengthBeyondPacket',
  'propertyLengthBeyondPacket',
  'payloadNotUtf8',
]);

/** The violations of a packet, of which no more than an excerpt was dissected where `cut`. */
export function excerptViolations(
  { violations }: Pick<Dissection, 'violations'>,
  cut: boolean,
): readonly Violation[] {
  return cut ? violations.filter(({ id }) => !cutMarks.has(id)) : violations;
}

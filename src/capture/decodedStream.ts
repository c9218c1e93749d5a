import type { StreamDissection } from '../protocol/dissectStream';
import type { PacketLog } from './packetLog';
import { PublishTopics } from './publishTopics';

/** The rows that `logStream` made. */
export interface LoggedStream {
  /** Sequence number of the first row, undefined where there were no bytes. */
  readonly first: number | undefined;
}

/**
 * Enters bytes that came over no connection, such as a dump from a log, into the packet log under a name of their own,
 * so that they are looked at like any other packet. What belongs to no packet becomes rows too, in its place.
 */
export function logStream(
  log: PacketLog,
  name: string,
  bytes: Uint8Array,
  stream: StreamDissection,
  at: number,
): LoggedStream {
  const connection = log.openConnection(name);
  const topics = new PublishTopics();
  const packets = stream.packets.map(({ start, end, dissection: { version, packet, violations } }) => {
    const cutOff = violations.some(({ id }) => id === 'remainingLengthBeyondBytes');
    const kind = cutOff ? ('incomplete' as const) : ('packet' as const);
    return { start, end, kind, version, isPublish: packet?.type === 'PUBLISH' };
  });
  const skipped = stream.skipped.map(({ start, end }) => ({
    start,
    end,
    kind: 'unframed' as const,
    version: stream.version,
    isPublish: false,
  }));
  let first: number | undefined;
  for (const row of [...packets, ...skipped].sort((a, b) => a.start - b.start)) {
    const { start, end, kind, version } = row;
    const topic = row.isPublish ? topics.topicOf(bytes, start, end, version) : undefined;
    const sequence = log.append({ at, direction: 'in', connection, kind, version, topic }, bytes, start, end);
    first ??= sequence;
  }
  log.closeConnection(connection);
  log.announce();
  return { first };
}

import type { Span } from '../base/spans';
import type { Sender } from '../protocol/dissectionContext';
import type { StreamDissection } from '../protocol/dissectStream';
import { shortLengthBefore } from '../protocol/shortLength';
import type { Direction } from '../session/effects';
import type { PacketLog } from './packetLog';
import { PublishTopics } from './publishTopics';

/** The rows that `logStream` made. */
export interface LoggedStream {
  /** Sequence number of the first row, undefined where there were no bytes. */
  readonly first: number | undefined;
}

/** A dump is read as its device sees it. Where nobody knows the sender, the packet was received by whoever wrote it. */
function directionOf(sender: Sender | undefined): Direction {
  return sender === 'client' ? 'out' : 'in';
}

/**
 * Enters bytes that came over no connection, such as a dump from a log, into the packet log under a name of their own,
 * so that they are looked at like any other packet. What belongs to no packet becomes rows too, in its place. Each CONNECT
 * begins another connection of that name. Where the dump does not tell who sent a packet, or has only one side's, its rows
 * are held against no others.
 */
export function logStream(
  log: PacketLog,
  name: string,
  bytes: Uint8Array,
  stream: StreamDissection,
  at: number,
): LoggedStream {
  let connection = log.openConnection(name);
  let topics = new PublishTopics();
  let hasPackets = false;
  const packets = stream.packets.map(({ start, end, sender, dissection }) => {
    const { version, packetType: type, violations } = dissection;
    const cutOff = violations.some(({ id }) => id === 'remainingLengthBeyondBytes');
    const kind = cutOff ? ('incomplete' as const) : ('packet' as const);
    const withoutContext = sender === undefined || stream.oneSided;
    return { start, end, kind, version, type, direction: directionOf(sender), withoutContext, decoded: true };
  });
  const endsPrevious = (span: Span) => shortLengthBefore(stream, span, bytes) !== undefined;
  const skipped = stream.skipped.map(({ start, end }) => ({
    start,
    end,
    kind: 'unframed' as const,
    version: stream.version,
    type: undefined,
    // What a client sent may hold a password: that it is concealed must not depend on a guess.
    direction: directionOf('client'),
    withoutContext: true,
    decoded: true,
    endsPrevious: endsPrevious({ start, end }),
  }));
  let first: number | undefined;
  const rows = [...packets, ...skipped].sort((a, b) => a.start - b.start);
  // The first connection may have bytes in front of its CONNECT, and none but the first may have no CONNECT.
  let hasConnect = rows.find(({ kind }) => kind !== 'unframed')?.type === 'CONNECT';
  for (const row of rows) {
    const { start, end, type, ...captured } = row;
    if (type === 'CONNECT' && hasPackets) {
      log.closeConnection(connection);
      connection = log.openConnection(name);
      topics = new PublishTopics();
      hasConnect = true;
    }
    hasPackets ||= captured.kind !== 'unframed';
    const topic = type === 'PUBLISH' ? topics.topicOf(bytes, start, end, captured.version) : undefined;
    // Entered with the row, since it stays longer than the CONNECT.
    const rest = captured.kind === 'unframed' && hasConnect ? { rest: 'secret' as const } : {};
    const sequence = log.append({ ...captured, ...rest, at, connection, topic }, bytes, start, end);
    first ??= sequence;
  }
  log.closeConnection(connection);
  log.announce();
  return { first };
}

import type { ApplicationContext } from './applicationStream';
import { ApplicationStream } from './applicationStream';
import type { Endpoint } from './endpoints';
import type { TcpSegment } from './tcpSegment';
import type { Side } from './tcpConversation';
import { TcpConversation } from './tcpConversation';
import type { TcpCounts } from './tcpSide';
import type { ConnectionMark } from './workbenchMarks';
import { readConnectionMark, readRemarkMarks, readRowMark } from './workbenchMarks';

interface Conversation {
  readonly tcp: TcpConversation;
  readonly application: ApplicationStream;
  readonly keys: readonly [string, string];
}

interface Entry {
  readonly conversation: Conversation;
  readonly side: Side;
}

/** Beyond this many connections the ones that began first are forgotten, closed or not. */
const mostConversations = 50_000;

/** The connections of a capture by their two ends. */
export class ConversationTable {
  /** Each conversation twice, under the key of either side's segments. */
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly context: ApplicationContext,
    private readonly counts: TcpCounts,
  ) {}

  segment(
    source: Uint8Array,
    destination: Uint8Array,
    segment: TcpSegment,
    comments: readonly string[],
    at: number,
  ): void {
    const key = keyOf(source, segment.sourcePort, destination, segment.destinationPort);
    let entry = this.entries.get(key);
    if (entry && isAnother(entry, segment, at)) {
      this.forget(entry.conversation, at);
      entry = undefined;
    }
    if (!entry) {
      // An acknowledgement of nothing known, or the end of it, begins no conversation.
      if (segment.payload.length + segment.missing === 0 && !segment.syn) return;
      const from = { address: source, port: segment.sourcePort };
      const to = { address: destination, port: segment.destinationPort };
      entry = { conversation: this.open(from, to, readConnectionMark(comments), at), side: 0 };
    }
    const { conversation, side } = entry;
    const { tcp, application } = conversation;
    if (application.isLeft) {
      // Only whether another one begins is of interest.
      if (segment.syn || segment.fin || segment.rst)
        tcp.segment(side, { ...segment, payload: none, missing: 0 }, at);
      return;
    }
    if (comments.length === 0) {
      tcp.segment(side, segment, at);
      return;
    }
    const mark = readRowMark(comments);
    const remarks = application.isOurs ? readRemarkMarks(comments) : [];
    const remarked = remarks.length > 0 ? { ...segment, remarks } : segment;
    if (mark) application.withMark(mark, side, at, () => tcp.segment(side, remarked, at, true));
    else tcp.segment(side, remarked, at);
    if (mark?.hole !== undefined && !mark.more) tcp.skip(side, mark.hole);
  }

  /** A message that came without the segments it was in. */
  message(source: Endpoint, destination: Endpoint, bytes: Uint8Array, at: number): void {
    const key = keyOf(source.address, source.port, destination.address, destination.port);
    const entry = this.entries.get(key) ?? {
      conversation: this.open(source, destination, undefined, at),
      side: 0 as const,
    };
    entry.conversation.application.assumeMqtt();
    entry.conversation.application.data(entry.side, bytes, at);
  }

  /** The capture ends. */
  close(at: number): void {
    for (const { conversation, side } of this.entries.values()) {
      if (side === 0) conversation.tcp.close(at, false);
    }
    this.entries.clear();
  }

  private open(from: Endpoint, to: Endpoint, mark: ConnectionMark | undefined, at: number): Conversation {
    // The frame's bytes go: the addresses stay.
    const ends = [copyOf(from), copyOf(to)] as const;
    const application = new ApplicationStream(this.context, ends, mark);
    const tcp = new TcpConversation(application, this.counts);
    const keys = [
      keyOf(from.address, from.port, to.address, to.port),
      keyOf(to.address, to.port, from.address, from.port),
    ] as const;
    const conversation = { tcp, application, keys };
    this.entries.set(keys[1], { conversation, side: 1 });
    this.entries.set(keys[0], { conversation, side: 0 });
    if (this.entries.size > 2 * mostConversations) {
      for (const oldest of this.entries.values()) {
        this.forget(oldest.conversation, at);
        break;
      }
    }
    return conversation;
  }

  private forget(conversation: Conversation, at: number): void {
    conversation.tcp.close(at);
    for (const key of conversation.keys) this.entries.delete(key);
  }
}

function isAnother({ conversation, side }: Entry, segment: TcpSegment, at: number): boolean {
  const { tcp, application } = conversation;
  if (tcp.isAnother(side, segment)) return true;
  // Of what is left alone nobody followed the sequence numbers.
  return !application.wasLeft && tcp.isAnotherUnannounced(side, segment, at);
}

const none = new Uint8Array(0);

function copyOf({ address, port }: Endpoint): Endpoint {
  return { address: address.slice(), port };
}

/** Two bytes a character: made for every segment. */
function keyOf(
  source: Uint8Array,
  sourcePort: number,
  destination: Uint8Array,
  destinationPort: number,
): string {
  if (source.length === 4 && destination.length === 4) {
    return String.fromCharCode(
      pair(source, 0),
      pair(source, 2),
      sourcePort,
      pair(destination, 0),
      pair(destination, 2),
      destinationPort,
    );
  }
  let key = String.fromCharCode(sourcePort, destinationPort);
  for (let at = 0; at < source.length; at += 2) key += String.fromCharCode(pair(source, at));
  for (let at = 0; at < destination.length; at += 2) key += String.fromCharCode(pair(destination, at));
  return key;
}

function pair(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}

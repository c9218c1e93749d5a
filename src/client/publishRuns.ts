import type { ProtocolVersion, Publish } from '../protocol/controlPacket';
import { noBytes } from '../base/bytes';
import { noProperties } from '../protocol/properties';
import { ProtocolViolation, violationOfSide } from '../protocol/violations';
import { againstAnnounced } from '../session/announced';
import type { Negotiated } from '../session/negotiated';
import { PublishRun } from '../session/publishRun';
import type { MessageToPublish, PublishOutcome } from './clientMessages';
import type { SharedTicket, Tickets } from './tickets';

/** Only its topic, payload and Retain differ from message to message. */
type WrittenPacket = { -readonly [K in keyof Publish]: Publish[K] };

/**
 * Publishes QoS 0 messages that have nothing to say but a topic and a payload. Those of one turn are written one behind the
 * other and share a promise: it costs more than all the rest of such a message.
 */
export class PublishRuns {
  private run: PublishRun | undefined;
  private shared: SharedTicket<PublishOutcome> | undefined;
  /** How many bytes the payload has that was added to the run last; -1 where there is no message that {@link packet} is like. */
  private lastLength = -1;
  /** What was added last, but for its payload. */
  private readonly packet: WrittenPacket = {
    type: 'PUBLISH',
    dup: false,
    qos: 0,
    retain: false,
    topicName: '',
    packetIdentifier: 0,
    properties: noProperties,
    payload: noBytes,
  };

  constructor(
    private readonly tickets: Tickets,
    private readonly submit: (run: PublishRun) => void,
  ) {}

  /** Something else goes out: what is published from now on comes behind it. */
  end(): void {
    this.run = undefined;
  }

  /** Whether a message has nothing to say but its topic and payload, and nothing depends on the order of sending. */
  takes({ qos, properties }: MessageToPublish, { topicAliasMaximum }: Negotiated): boolean {
    return !qos && (!properties || properties === noProperties) && topicAliasMaximum === 0;
  }

  /** @param size what it counts against the bound of the queue, in bytes */
  publish(
    message: MessageToPublish,
    size: number,
    version: ProtocolVersion,
    negotiated: Negotiated,
  ): Promise<PublishOutcome> {
    const { packet, run, shared } = this;
    const { topicName, payload, retain = false } = message;
    if (
      run &&
      shared &&
      payload.length === this.lastLength &&
      topicName === packet.topicName &&
      retain === packet.retain &&
      run.hasRoom(size)
    ) {
      packet.payload = payload;
      run.addAlike(packet, version, negotiated.maximumPacketSize);
      packet.payload = noBytes;
      return this.tickets.share(shared, size);
    }
    this.lastLength = -1;
    packet.topicName = topicName;
    packet.payload = payload;
    packet.retain = retain;
    try {
      if (packet.retain) {
        const violation = againstAnnounced(packet, negotiated.properties);
        if (violation) throw new ProtocolViolation(violation);
      }
      const published = this.add(size, version, negotiated.maximumPacketSize);
      this.lastLength = payload.length;
      return published;
    } catch (error) {
      if (!(error instanceof ProtocolViolation)) throw error;
      return Promise.reject(new ProtocolViolation(violationOfSide(error.violation, 'client')));
    } finally {
      packet.payload = noBytes;
    }
  }

  private add(size: number, version: ProtocolVersion, mostBytes: number): Promise<PublishOutcome> {
    const { run, shared, packet } = this;
    if (run && shared && run.hasRoom(size)) {
      run.add(packet, version, mostBytes);
      return this.tickets.share(shared, size);
    }
    // The writer of a run that is written is empty, and large enough by now.
    const begun = new PublishRun(run?.isTaken && run.size === 0 ? run.packets : undefined);
    begun.add(packet, version, mostBytes);
    const ticket = this.tickets.issueShared<PublishOutcome>('passing', size);
    begun.ticket = ticket.number;
    this.run = begun;
    this.shared = ticket;
    this.submit(begun);
    return ticket.promise;
  }
}

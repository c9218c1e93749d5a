import { noBytes } from '../base/bytes';
import type { PacketWriter } from '../protocol/codec';
import type { ProtocolVersion } from '../protocol/controlPacket';
import type { OutboundMessage } from './inflightStore';
import type { OutboundFlow } from './outboundFlow';

/** A longer run is not kept, in bytes: more is not written at once either. */
const longestRun = 65_536;

/** A shorter one costs as much as its messages. */
const fewestMessages = 4;

/**
 * The QoS 0 messages that one connection was sent last, as they went out. Of a fan-out the next connection gets the very same
 * ones, and then they are one copy for it instead of one for each message. All connections of a server have one together.
 */
export class SharedRun {
  private messages: readonly OutboundMessage[] = [];
  private version: ProtocolVersion = 4;
  private bytes: Uint8Array = noBytes;
  /** How many of them are payload. */
  private payload = 0;

  /**
   * Sends the messages to a client, as {@link OutboundFlow.publish} would one after another. Returns what is to leave before
   * what is written, and nobody may change: their bytes, where there was nothing before them.
   * @param ahead what was to leave first until now
   */
  publish(
    messages: readonly OutboundMessage[],
    flow: OutboundFlow,
    out: PacketWriter,
    version: ProtocolVersion,
    at: number,
    ahead: Uint8Array,
  ): Uint8Array {
    if (ahead.length > 0 || messages.length < fewestMessages || !flow.takesRuns(longestRun)) {
      for (const message of messages) flow.publish(message, at);
      return ahead;
    }
    const before = out.length;
    if (this.isOf(messages, version)) {
      if (before === 0 && flow.passRun(messages.length, this.payload)) return this.bytes;
      if (flow.publishRun(this.bytes, messages.length, this.payload)) return noBytes;
    }
    const { writtenMessages: written, writtenPayload } = flow;
    for (const message of messages) flow.publish(message, at);
    const areAllWritten = flow.writtenMessages === written + messages.length;
    if (!areAllWritten || out.length - before > longestRun || !messages.every((each) => each.isSameForAll)) {
      return noBytes;
    }
    this.messages = [...messages];
    this.version = version;
    this.payload = flow.writtenPayload - writtenPayload;
    if (before > 0) {
      this.bytes = out.copyFrom(before);
      return noBytes;
    }
    return (this.bytes = out.take());
  }

  private isOf(messages: readonly OutboundMessage[], version: ProtocolVersion): boolean {
    const { messages: own } = this;
    if (own.length !== messages.length || (version === 5) !== (this.version === 5)) return false;
    for (let index = 0; index < own.length; index++) if (own[index] !== messages[index]) return false;
    return true;
  }
}

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

  /** Sends the messages to a client, as {@link OutboundFlow.publish} would one after another. */
  publish(
    messages: readonly OutboundMessage[],
    flow: OutboundFlow,
    out: PacketWriter,
    version: ProtocolVersion,
    at: number,
  ): void {
    if (messages.length < fewestMessages || !flow.takesRuns(longestRun)) {
      for (const message of messages) flow.publish(message, at);
      return;
    }
    if (this.isOf(messages, version) && flow.publishRun(this.bytes, messages.length)) return;
    const before = out.length;
    const written = flow.writtenMessages;
    for (const message of messages) flow.publish(message, at);
    const areAllWritten = flow.writtenMessages === written + messages.length;
    if (areAllWritten && out.length - before <= longestRun && messages.every((each) => each.isSameForAll)) {
      this.messages = [...messages];
      this.version = version;
      this.bytes = out.copyFrom(before);
    }
  }

  private isOf(messages: readonly OutboundMessage[], version: ProtocolVersion): boolean {
    const { messages: own } = this;
    if (own.length !== messages.length || (version === 5) !== (this.version === 5)) return false;
    for (let index = 0; index < own.length; index++) if (own[index] !== messages[index]) return false;
    return true;
  }
}

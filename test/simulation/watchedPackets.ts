import { encodeUtf8 } from '../../src/base/utf8';
import type { ControlPacket, ProtocolVersion } from '../../src/protocol/controlPacket';
import { PacketFramer } from '../../src/protocol/packetFramer';
import { ProtocolViolation } from '../../src/protocol/violations';
import { line } from '../support/packets';
import { decode } from './codec';
import { numberIn } from './messages';
import { OwedAnswers } from './owedAnswers';

type Each = (packet: ControlPacket, size: number) => void;

/** The packets that one side of a Network Connection reads and writes, whole and in order, and the answers it owes for them. */
export class WatchedPackets {
  readonly answers = new OwedAnswers();
  private readonly written = new PacketFramer();
  private readonly arrived = new PacketFramer();

  constructor(
    private readonly version: ProtocolVersion,
    private readonly complain: (what: string) => void,
  ) {}

  wrote(bytes: Uint8Array, each: Each): void {
    this.frames(this.written, bytes, each);
    if (this.written.isMidPacket) this.complain('wrote a part of a packet');
  }

  read(bytes: Uint8Array, each: Each): void {
    this.frames(this.arrived, bytes, each);
  }

  /** An acknowledgement was written. */
  answered(type: 'PUBACK' | 'PUBREC' | 'PUBCOMP', packetIdentifier: number): void {
    const problem = this.answers.answer(type, packetIdentifier);
    if (problem !== undefined) this.complain(problem);
  }

  private frames(framer: PacketFramer, bytes: Uint8Array, each: Each): void {
    try {
      framer.push(bytes, (buffer, start, end) => each(decode(buffer, this.version, start, end), end - start));
    } catch (error) {
      if (!(error instanceof ProtocolViolation)) throw error;
      this.complain(`has to do with a packet that is none: ${error.violation.id}`);
    }
  }
}

/** A packet as the transcript has it: of a message it says which it is. */
export function transcriptLine(packet: ControlPacket): string {
  if (packet.type !== 'PUBLISH') return line(packet);
  const { payload } = packet;
  return line({
    ...packet,
    payload: encodeUtf8(`message ${numberIn(payload) ?? '?'}, ${payload.length} bytes`),
  });
}

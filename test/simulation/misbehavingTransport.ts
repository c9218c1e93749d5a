import { decode } from './codec';
import type { ControlPacket, ProtocolVersion } from '../../src/protocol/controlPacket';
import { PacketFramer } from '../../src/protocol/packetFramer';
import type { Transport, TransportListener } from '../../src/session/effects';
import { encodeAll } from '../support/packets';

/** What a client does wrong, said about the packets of one of its connections. */
export interface Misbehaviour {
  /** What leaves instead of the packets of one write. */
  out?(packets: readonly ControlPacket[]): readonly ControlPacket[];
  /** What the client sees instead of a packet; `answer` sends one of its own. */
  in?(packet: ControlPacket, answer: (packet: ControlPacket) => void): readonly ControlPacket[];
  /** It never lets go of its connection. */
  readonly clings?: boolean;
}

/** A transport whose client behaves as badly as it was told to. */
export class MisbehavingTransport implements Transport {
  readonly peer: string;
  private readonly framer = new PacketFramer();

  constructor(
    private readonly inner: Transport,
    private readonly version: ProtocolVersion,
    private readonly fault: Misbehaviour,
  ) {
    this.peer = inner.peer;
  }

  start(listener: TransportListener): void {
    const answer = (packet: ControlPacket) => void this.inner.write(encodeAll([packet], this.version));
    this.inner.start({
      bytes: (chunk) => {
        if (!this.fault.in) return listener.bytes(chunk);
        const seen: ControlPacket[] = [];
        this.framer.push(chunk, (buffer, start, end) => {
          const packet = decode(buffer.slice(start, end), this.version);
          seen.push(...(this.fault.in?.(packet, answer) ?? [packet]));
        });
        if (seen.length > 0) listener.bytes(encodeAll(seen, this.version));
      },
      drained: () => listener.drained(),
      progressed: () => listener.progressed?.(),
      closed: (failure) => listener.closed(failure),
    });
  }

  write(bytes: Uint8Array): boolean {
    if (!this.fault.out) return this.inner.write(bytes);
    const packets: ControlPacket[] = [];
    new PacketFramer().push(bytes, (buffer, start, end) =>
      packets.push(decode(buffer, this.version, start, end)),
    );
    const changed = encodeAll(this.fault.out(packets), this.version);
    return changed.length === 0 || this.inner.write(changed);
  }

  pauseReading(paused: boolean): void {
    this.inner.pauseReading(paused);
  }

  end(): void {
    if (!this.fault.clings) this.inner.end();
  }

  dispose(): void {
    if (!this.fault.clings) this.inner.dispose();
  }
}

import type { ProtocolVersion } from '../protocol/controlPacket';
import type { ForeignProtocol } from '../protocol/foreignProtocol';
import type { Violation } from '../protocol/violations';
import { ConnectDetection } from './connectDetection';

/** How many bytes may arrive before the client is accepted: CONNECT with every field full, and something sent along. */
const mostBytes = 1_048_576;

/** Why what arrives before a client is accepted is not taken. */
export interface Unacceptable {
  readonly violation: Violation;
  /** It is not MQTT, so that there is no answer it could understand. */
  readonly isStrange: boolean;
  readonly foreign: ForeignProtocol | undefined;
}

/** What came between CONNECT and its answer. */
export interface HeldBack {
  readonly packets: readonly Uint8Array[];
  /** Why what came behind them is no packet, where it is none. */
  readonly violation: Violation | undefined;
}

/** What a client sends before it is accepted. */
export class ServerBacklog {
  private packets: Uint8Array[] = [];
  private violation: Violation | undefined;
  private bytes = 0;
  private readonly firstBytes = new ConnectDetection();

  /** Looks at a chunk; returns what is wrong. */
  arrived(chunk: Uint8Array): Unacceptable | undefined {
    const strange = this.firstBytes.add(chunk); // [MQTT-3.1.0-1]
    if (strange) return { ...strange, isStrange: true };
    this.bytes += chunk.length;
    if (this.bytes <= mostBytes) return undefined;
    const violation = { id: 'packetTooLarge', offset: 1, value: this.bytes, subject: 'client' } as const;
    return { violation, isStrange: false, foreign: undefined };
  }

  /** The version that the CONNECT names, which may be too long to become whole. */
  get version(): ProtocolVersion | undefined {
    return this.firstBytes.version;
  }

  /** Who it says that it is from, be it in order or not. */
  get clientIdentifier(): string | undefined {
    return this.firstBytes.clientIdentifier;
  }

  hold(packet: Uint8Array): void {
    this.packets.push(packet);
  }

  /** What follows the packets that are held breaks a rule; nothing of it is taken from then on. */
  breaks(violation: Violation): void {
    this.violation = violation;
  }

  get isBroken(): boolean {
    return this.violation !== undefined;
  }

  take(): HeldBack {
    const { packets, violation } = this;
    this.packets = [];
    this.violation = undefined;
    return { packets, violation };
  }
}

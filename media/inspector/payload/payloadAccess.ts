import type { ChartSeries } from '../../../src/inspector/chartContract';
import type { TopicStep } from '../../../src/inspector/payloadContract';
import type { PayloadMode } from '../../../src/payload/payloadMode';
import { packetContents } from '../packetContents';
import type { ByteSource } from '../byteSource';
import type { LoadedPacket } from '../packetLoader';

/** What the payload pane may ask of the panel that it is in. */
export interface PayloadAccess {
  /** The previous or next message of the topic of a packet. */
  neighbour(sequence: number, step: TopicStep): Promise<number | undefined>;
  load(sequence: number): Promise<LoadedPacket | undefined>;
  /** Selects a packet and brings it in sight. */
  show(sequence: number): void;
  remember(topic: string, mode: PayloadMode): Promise<boolean>;
  chart(series: ChartSeries): void;
  /** Adds a filter to the one that is set. */
  narrow(filter: string): void;
  failed(error: unknown): void;
  /** What else can be done with a payload as a whole, each with a name and a codicon. */
  readonly actions: readonly PayloadAction[];
}

export interface PayloadAction {
  readonly label: string;
  readonly icon: string;
  readonly run: (sequence: number) => void;
}

/** The payload of a packet that was loaded; undefined where it has none. */
export function payloadOfPacket({ row, head, bytes }: LoadedPacket): ByteSource | undefined {
  return packetContents(row, head, bytes).payload?.bytes;
}

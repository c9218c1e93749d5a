import type { QoS } from '../../src/protocol/controlPacket';

/** A message of the workload. Its number says everything about it, so that a payload is enough to know it again. */
export interface PlannedMessage {
  /** Counts up in the order of publishing. */
  readonly number: number;
  readonly topicName: string;
  readonly qos: QoS;
  /** Bytes of payload. */
  readonly size: number;
  /** When it is published, in milliseconds after the start. */
  readonly at: number;
  /** Message Expiry Interval in seconds, 5.0 only. */
  readonly expiry?: number;
  /** The Topic Alias its publisher wants, 5.0 only. */
  readonly alias?: number;
}

export function payloadOf({ number, size }: PlannedMessage): Uint8Array {
  const payload = new Uint8Array(Math.max(size, 3)).fill(number & 0xff, 3);
  payload[0] = number >> 16;
  payload[1] = number >> 8;
  payload[2] = number;
  return payload;
}

/** The number of the message with that payload, or undefined where a byte of it has changed. */
export function numberIn(payload: Uint8Array): number | undefined {
  const [high, middle, low] = payload;
  if (high === undefined || middle === undefined || low === undefined) return undefined;
  for (let at = 3; at < payload.length; at++) if (payload[at] !== low) return undefined;
  return (high << 16) | (middle << 8) | low;
}

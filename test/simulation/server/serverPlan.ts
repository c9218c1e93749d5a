import type { QoS } from '../../../src/protocol/controlPacket';

/** How a scripted server behaves. Probabilities are 0 to 1, times in milliseconds. */
export interface ServerPlan {
  readonly receiveMaximum: number | undefined;
  readonly maximumPacketSize: number | undefined;
  readonly topicAliasMaximum: number;
  readonly maximumQoS: QoS;
  /** Seconds. */
  readonly serverKeepAlive: number | undefined;
  /** How long an acknowledgement takes. */
  readonly answers: readonly [number, number];
  /** A CONNECT is refused because the server is busy. */
  readonly busy: number;
  /** A CONNECT gets no answer at all. */
  readonly silent: number;
  /** Every so manieth message is refused with a Reason Code, 5.0 only; 0 refuses none. */
  readonly refusesEvery: number;
  /** The server uses Topic Aliases where it may. */
  readonly aliases: number;
  /** Each message gets the lowest Packet Identifier that is free, and not the next one. */
  readonly reusesIdentifiers: boolean;
}

/** Whether the server takes a message: always the same answer for the same message. */
export function isRefused(plan: ServerPlan, version: number, number: number): boolean {
  return version === 5 && plan.refusesEvery > 0 && number % plan.refusesEvery === 0;
}

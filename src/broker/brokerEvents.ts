import type { ProtocolVersion } from '../protocol/controlPacket';
import type { ServerEnding } from '../session/serverContract';

/** Something of the broker itself broke while it served a client; the client was told 0x83 where there is a word for it. */
export interface BrokerFailure {
  /** Undefined where no CONNECT arrived. */
  readonly clientIdentifier: string | undefined;
  readonly peer: string;
  readonly error: unknown;
}

/** A client was let in. */
export interface ClientConnected {
  readonly clientIdentifier: string;
  readonly peer: string;
  readonly version: ProtocolVersion;
  readonly sessionPresent: boolean;
}

/** A connection is over, whether or not its client was let in. */
export interface ConnectionEnded {
  /** Undefined where no CONNECT arrived. */
  readonly clientIdentifier: string | undefined;
  readonly version: ProtocolVersion | undefined;
  readonly peer: string;
  readonly ending: ServerEnding;
  /** Messages that were not sent to this client because it was away or too slow for them, or took no packets that large. */
  readonly droppedMessages: number;
}

import { type Disposable, Emitter } from '../base/lifecycle';
import type { ProtocolVersion } from '../protocol/controlPacket';
import type { ServerEnding } from '../session/serverContract';

/** Something of the broker itself broke while it served a client; the client was told 0x83 where there is a word for it. */
export interface BrokerFailure {
  /** Undefined where no CONNECT arrived, or no client is to blame. */
  readonly clientIdentifier: string | undefined;
  readonly peer: string;
  readonly error: unknown;
}

/** A client was let in. */
export interface ClientConnected {
  readonly clientIdentifier: string;
  readonly userName: string | undefined;
  readonly peer: string;
  /** The name of the listener it came in by. */
  readonly listener: string;
  readonly version: ProtocolVersion;
  readonly sessionPresent: boolean;
}

/** Whose a connection is. */
export interface ConnectionOwner {
  /** Undefined where no CONNECT arrived. */
  readonly clientIdentifier: string | undefined;
  /** Of a client that was not let in, what CONNECT says, and nobody has proved. */
  readonly userName: string | undefined;
  readonly version: ProtocolVersion | undefined;
  readonly peer: string;
  readonly listener: string;
}

/** A connection is over, whether or not its client was let in: `ending` says whether it was refused or broke a rule. */
export interface ConnectionEnded extends ConnectionOwner {
  readonly ending: ServerEnding;
  /** Messages that were not sent to this client because it was away or too slow for them, or took no packets that large. */
  readonly droppedMessages: number;
}

/** A client came with an identifier that another connection was using, which was sent away. */
export interface SessionTakenOver {
  readonly clientIdentifier: string;
  readonly fromPeer: string;
  readonly byPeer: string;
  /** How often that has happened to this Session: two devices that fight over one identifier come to many soon. */
  readonly count: number;
}

/** Access control did not let a client do something. */
export interface ActionDenied {
  readonly clientIdentifier: string;
  readonly userName: string | undefined;
  readonly peer: string;
  readonly action: 'publish' | 'subscribe';
  /** The Topic Name or Topic Filter. */
  readonly topic: string;
}

/** What a broker tells. */
export class BrokerEmitters implements Disposable {
  readonly connected = new Emitter<ClientConnected>();
  readonly disconnected = new Emitter<ConnectionEnded>();
  readonly failed = new Emitter<BrokerFailure>();
  readonly takenOver = new Emitter<SessionTakenOver>();
  readonly denied = new Emitter<ActionDenied>();

  dispose(): void {
    const { connected, disconnected, failed, takenOver, denied } = this;
    for (const each of [connected, disconnected, failed, takenOver, denied]) each.dispose();
  }
}

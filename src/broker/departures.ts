import type { Disposable } from '../base/lifecycle';
import type { ServerEnding } from '../session/serverContract';
import type { BrokerConnection } from './brokerConnection';
import type { BrokerLimits } from './brokerOptions';
import type { BrokerSession } from './brokerSession';
import type { Exchange } from './exchange';
import type { SessionStore } from './sessionStore';
import type { StateKeeper } from './stateKeeper';
import type { Totals } from './totals';
import type { WillSchedule } from './willSchedule';

const normalDisconnection = 0x00;

interface Remains {
  readonly sessions: SessionStore;
  readonly exchange: Exchange;
  readonly keeper: StateKeeper;
  readonly wills: WillSchedule;
  readonly totals: Totals;
  readonly limits: Pick<BrokerLimits, 'maximumSessionExpiry'>;
}

/** What becomes of a Session and its will when the connection ends, and when the client is back. */
export class Departures implements Disposable {
  constructor(private readonly remains: Remains) {}

  /** @returns how many messages the client did not get */
  ended(
    connection: BrokerConnection,
    ending: ServerEnding,
    at: number,
  ): { readonly droppedMessages: number } {
    const { session } = connection;
    const { totals } = this.remains;
    connection.protocol.sender?.dropUnsent();
    totals.ended(connection);
    if (!session) return { droppedMessages: connection.droppedMessages };
    const droppedMessages = connection.droppedMessages + session.droppedMessages;
    session.earlierDropped += droppedMessages;
    session.droppedMessages = 0;
    session.connection = undefined;
    if (ending.kind === 'protocol') session.violations++;
    if (ending.kind === 'disconnectedByClient') {
      const { reasonCode, properties } = ending.disconnect;
      if (reasonCode === normalDisconnection) session.will = undefined; // [MQTT-3.14.4-3]
      const { sessionExpiryInterval: asked = session.expiryInterval } = properties;
      // CONNACK promised what it has, though the limit may be lower by now.
      const most = Math.max(this.remains.limits.maximumSessionExpiry, session.expiryInterval);
      session.expiryInterval = Math.min(asked, most);
    }
    session.leftAt = at;
    this.remains.exchange.left(session);
    this.leave(session, at);
    return { droppedMessages };
  }

  /** A Session of the time before a restart: what was to happen meanwhile happens now. */
  resume(session: BrokerSession, at: number): void {
    // Nobody saw its connection end.
    session.leftAt ??= at;
    this.leave(session, session.leftAt);
  }

  /**
   * The Session is in use again, or a new one in place of the one before.
   * @returns how many messages found no room while the client was away
   */
  returned(session: BrokerSession, before: BrokerSession | undefined): number {
    const { sessions, wills, totals } = this.remains;
    sessions.keep(session);
    wills.cancel(session);
    const droppedMessages = before?.droppedMessages ?? 0;
    totals.dropped(droppedMessages);
    if (before === session) {
      session.earlierDropped += droppedMessages;
      session.droppedMessages = 0;
    }
    return droppedMessages;
  }

  dispose(): void {
    this.remains.wills.dispose();
  }

  private leave(session: BrokerSession, at: number): void {
    const { wills, sessions, keeper } = this.remains;
    if (session.will) wills.start(session, at, () => keeper.changed(session));
    keeper.changed(session);
    sessions.leave(session, at);
  }
}

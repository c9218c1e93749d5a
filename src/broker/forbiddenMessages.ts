import { inSlices, type Pace } from '../base/slices';
import type { OutboundMessage } from '../session/inflightStore';
import type { BrokerSession } from './brokerSession';
import type { OutgoingPublish } from './routedMessage';

/** How many leave a queue together: it is gone through as a whole each time. */
const mostTogether = 1_000;

interface Rules {
  /** False where everybody may have everything. */
  areAsked(): boolean;
  /** Whether the client that uses a Session, or did last, may have messages of a topic. */
  isFor(session: BrokerSession, topicName: string): boolean;
}

/** Takes out of Sessions what waits there for clients that may not have it. */
export class ForbiddenMessages {
  private round = 0;
  private isLooking = false;

  constructor(private readonly rules: Rules) {}

  /**
   * The rules are others. With a pace that is done in slices, and what is not looked at yet is when its turn comes: see
   * {@link withholds}. Resolves when all is done, or other rules have come meanwhile.
   */
  async rulesChanged(sessions: Iterable<BrokerSession>, pace: Pace | undefined): Promise<void> {
    const round = ++this.round;
    this.isLooking = pace !== undefined && this.rules.areAsked();
    if (!this.rules.areAsked()) return;
    if (!pace) {
      for (const session of sessions) this.take(session, (each) => this.isForbidden(session, each));
      return;
    }
    const steps = this.all(sessions);
    try {
      await inSlices(() => steps.next().done === true, { pace, wanted: () => round === this.round });
    } finally {
      if (round === this.round) this.isLooking = false;
    }
  }

  /** A client goes on with a Session that somebody else may have used: what was sent to that one is looked at too. */
  resumed(session: BrokerSession): void {
    if (!this.rules.areAsked()) return;
    this.take(session, (each) => this.isForbidden(session, each));
    const { outbound } = session.state;
    for (const [packetIdentifier, message] of [...outbound.unacknowledged].filter(([, each]) =>
      this.isForbidden(session, each),
    )) {
      // At QoS 2 the client may know the identifier: PUBREL ends that.
      if (message.qos === 2) outbound.release(packetIdentifier);
      else outbound.removeSent(packetIdentifier);
    }
  }

  /** Whether a message must not be sent, although it waits still. */
  withholds(session: BrokerSession, message: OutboundMessage): boolean {
    return this.isLooking && this.isForbidden(session, message);
  }

  /** Ends what goes on. */
  stop(): void {
    this.round++;
  }

  private *all(sessions: Iterable<BrokerSession>): Generator<void, void> {
    for (const session of sessions) {
      yield* this.within(session);
      yield;
    }
  }

  private *within(session: BrokerSession): Generator<void, void> {
    const { client } = session;
    let forbidden = new Set<OutboundMessage>();
    for (const message of [...session.state.outbound.queue]) {
      if (this.isForbidden(session, message)) forbidden.add(message);
      if (forbidden.size === mostTogether) {
        this.take(session, (each) => forbidden.has(each));
        forbidden = new Set();
      }
      yield;
      // Somebody else has the Session by now, and all that waits was looked at for that one.
      if (session.client !== client) return;
    }
    if (forbidden.size > 0) this.take(session, (each) => forbidden.has(each));
  }

  private take({ state }: BrokerSession, unwanted: (message: OutboundMessage) => boolean): void {
    const { outbound } = state;
    for (const message of outbound.takeOut(unwanted)) outbound.forget(message);
  }

  private isForbidden(session: BrokerSession, message: OutboundMessage): boolean {
    return !this.rules.isFor(session, (message as OutgoingPublish).message.packet.topicName);
  }
}

import type { QoS } from '../protocol/controlPacket';
import type { BrokerSession, BrokerSubscription } from './brokerSession';

/** One shared subscription, `$share/name/filter`, and the Sessions that have it (4.8.2). */
export class ShareGroup {
  private readonly subscriptions = new Map<BrokerSession, BrokerSubscription>();
  private members: readonly BrokerSession[] = [];
  private next = 0;

  /**
   * @param topicFilter with `$share/` and the ShareName
   * @param filter the Topic Filter behind the ShareName
   */
  constructor(
    readonly topicFilter: string,
    readonly filter: string,
  ) {}

  get isEmpty(): boolean {
    return this.members.length === 0;
  }

  /** Adds or replaces; returns whether the Session was no member. */
  add(session: BrokerSession, subscription: BrokerSubscription): boolean {
    const isNew = !this.subscriptions.has(session);
    this.subscriptions.set(session, subscription);
    if (isNew) this.members = [...this.members, session];
    return isNew;
  }

  remove(session: BrokerSession): boolean {
    const removed = this.subscriptions.delete(session);
    if (removed) this.members = this.members.filter((member) => member !== session);
    return removed;
  }

  /** What the member subscribed with, which it gets its messages by [MQTT-4.8.2-3]. */
  of(session: BrokerSession): BrokerSubscription | undefined {
    return this.subscriptions.get(session);
  }

  /** Whether another member than this one is connected. */
  hasConnected(except: BrokerSession): boolean {
    return this.members.some((member) => member !== except && member.connection !== undefined);
  }

  /**
   * Who gets the next message: the members that are connected and can take it, in turn; else one that is connected; else one
   * that keeps it until it is back.
   * @param qos of the message: one at QoS 0 is for nobody who is away
   * @param canTake whether a member takes more messages
   * @param isMeant whether a member may get it at all; if absent each
   */
  choose(
    qos: QoS,
    canTake: (session: BrokerSession) => boolean,
    isMeant?: (session: BrokerSession) => boolean,
  ): BrokerSession | undefined {
    const { members } = this;
    let connected: BrokerSession | undefined;
    let away: BrokerSession | undefined;
    for (let step = 0; step < members.length; step++) {
      const index = (this.next + step) % members.length;
      const member = members[index];
      if (!member || isMeant?.(member) === false) continue;
      if (member.connection) {
        if (canTake(member)) {
          this.next = (index + 1) % members.length;
          return member;
        }
        connected ??= member;
      } else if (qos > 0 && (this.subscriptions.get(member)?.qos ?? 0) > 0) away ??= member;
    }
    this.next = (this.next + 1) % Math.max(1, members.length);
    return connected ?? away;
  }
}

import { decode } from './codec';
import type { ProtocolVersion } from '../../src/protocol/controlPacket';
import { WatchedConnection } from './watchedConnection';
import type { LinkTap } from './simulatedLink';
import type { KeptSession } from '../../src/session/sessionJournal';
import { numberIn } from './messages';
import type { Observer } from './observer';
import type { Timeline } from './timeline';

/** A QoS 1 or 2 message on its way from the client, by its Packet Identifier. */
export interface Exchange {
  readonly number: number;
  readonly qos: 1 | 2;
  /** Which of the messages of this session it was, in the order of their first PUBLISH. */
  readonly order: number;
  /** Which PUBREC of this session answered it; undefined before. */
  recorded: number | undefined;
}

export interface WatchOptions {
  readonly timeline: Timeline;
  readonly observer: Observer;
  readonly version: ProtocolVersion;
}

/**
 * Looks over a client's shoulder: it sees what the client writes the moment it does, and what has arrived the moment the
 * client sees it. So what the client must keep to can be told exactly, whatever the link does with the bytes. This is the
 * client's half of the Session State (4.1), written down once more.
 */
export class ClientWatch {
  /** By Packet Identifier. */
  readonly exchanges = new Map<number, Exchange>();
  /** Messages the server has acknowledged or taken over, so that they must not be sent again. */
  readonly handedOver = new Set<number>();
  /** The last message that was new, by topic and QoS. */
  readonly newest = new Map<string, number>();
  /** When a message that expires was published, in milliseconds since the epoch, and for how many seconds it is good. */
  readonly expiries = new Map<number, { readonly since: number; readonly expiry: number }>();
  /** Messages that have left at least once. */
  readonly sent = new Set<number>();
  /** Messages whose `publish()` rejected without a word that they are kept: none of them may leave from then on. */
  readonly givenUp = new Set<number>();
  /** The QoS 2 message that came last with a Packet Identifier. */
  readonly received = new Map<number, number>();
  /** How often it was lost that a QoS 2 message had come. */
  readonly forgotten = new Map<number, number>();
  /** Which order each message of this session has, also after its acknowledgement, which a client may forget. */
  readonly orders = new Map<number, number>();
  /** Which PUBREC of this session came last with a Packet Identifier, also after its PUBCOMP. */
  readonly releases = new Map<number, number>();
  published = 0;
  recorded = 0;
  connections: WatchedConnection[] = [];

  constructor(readonly options: WatchOptions) {}

  connection(): LinkTap {
    const connection = new WatchedConnection(this, this.connections.length + 1);
    this.connections.push(connection);
    return connection;
  }

  get current(): WatchedConnection | undefined {
    return this.connections[this.connections.length - 1];
  }

  hasExpired(number: number): boolean {
    const expiring = this.expiries.get(number);
    return expiring !== undefined && this.options.timeline.now() >= expiring.since + expiring.expiry * 1000;
  }

  /** The server has not answered it for the last time. */
  isUnderWay(number: number): boolean {
    for (const exchange of this.exchanges.values()) if (exchange.number === number) return true;
    return false;
  }

  /** A message that was sent cannot be sent again. */
  exchangeEnds(number: number): void {
    for (const [packetIdentifier, exchange] of this.exchanges) {
      if (exchange.number === number) this.exchanges.delete(packetIdentifier);
    }
  }

  /** The Session is gone, on one side or on both. */
  forgetSession(): void {
    this.exchanges.clear();
    this.orders.clear();
    this.releases.clear();
    this.newest.clear();
  }

  /**
   * A client that begins anew, or has failed to keep something, knows what its store knows and nothing else: what it was
   * about to send may never have been seen, and what it has seen it may have forgotten.
   */
  goBackTo({ messages, released }: KeptSession): void {
    const before = new Map(this.exchanges);
    this.exchanges.clear();
    for (const packetIdentifier of released) {
      const known = before.get(packetIdentifier) ?? { number: 0, qos: 2, order: 0, recorded: undefined };
      known.recorded ??= this.releases.get(packetIdentifier) ?? ++this.recorded;
      this.exchanges.set(packetIdentifier, known);
    }
    for (const { packetIdentifier, packet } of messages) {
      const publish = decode(packet, 5);
      const number = publish.type === 'PUBLISH' && publish.qos > 0 ? numberIn(publish.payload) : undefined;
      if (number === undefined || publish.type !== 'PUBLISH' || publish.qos === 0) continue;
      this.handedOver.delete(number);
      if (packetIdentifier === 0) continue;
      const order = this.orders.get(number) ?? ++this.published;
      this.orders.set(number, order);
      this.exchanges.set(packetIdentifier, { number, qos: publish.qos, order, recorded: undefined });
    }
  }

  /**
   * What was handed on and could not be kept comes again, as the server was never told of it. Nothing else would do: what is
   * kept first and handed on afterwards gets lost where the process ends in between.
   */
  forgetReceived(identifiers: ReadonlySet<number>): void {
    for (const identifier of identifiers) {
      const number = this.received.get(identifier);
      if (number !== undefined) this.forgotten.set(number, (this.forgotten.get(number) ?? 0) + 1);
    }
  }

  /** What the client still owes although everything has come to rest. */
  lookForDebts(): void {
    const { observer } = this.options;
    for (const debt of this.current?.debts ?? []) observer.finding(`the client owes ${debt}`);
    for (const [identifier, { number }] of this.exchanges) {
      observer.finding(`message ${number} is still under way as #${identifier}`);
    }
  }
}

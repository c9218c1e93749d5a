import type { Connack, Connect, ControlPacket, Publish } from '../../src/protocol/controlPacket';
import type { ClientWatch, Exchange } from './clientWatch';
import { numberIn } from './messages';
import type { LinkFault, LinkTap, Way } from './simulatedLink';
import { transcriptLine, WatchedPackets } from './watchedPackets';
import { WatchedSilence } from './watchedSilence';

/** Everything one Network Connection of a client has to keep to. */
export class WatchedConnection implements LinkTap {
  private readonly packets: WatchedPackets;
  private connect: Connect | undefined;
  private connack: Connack | undefined;
  private saidGoodbye = false;
  private hasLeft = false;
  private readonly silence: WatchedSilence;

  /** Packet Identifiers of PUBLISH packets that were sent on this connection and are not complete. */
  private readonly open = new Set<number>();
  private readonly requests = new Set<number>();
  private readonly sentHere = new Set<number>();
  private readonly owesPubrel = new Set<number>();
  private lastAgain = 0;
  private lastReleased = 0;
  private readonly aliases = new Map<number, string>();

  constructor(
    private readonly watch: ClientWatch,
    private readonly number: number,
  ) {
    this.silence = new WatchedSilence(this.now);
    this.packets = new WatchedPackets(this.version, (what) => this.complain(what));
  }

  get debts(): string[] {
    return [
      ...this.packets.answers.all,
      ...[...this.owesPubrel].map((identifier) => `PUBREL #${identifier}`),
    ];
  }

  /** See {@link WatchedSilence.isDeafTooLong}. */
  get isDeafTooLong(): boolean {
    return this.silence.isDeafTooLong(this.now);
  }

  wrote(bytes: Uint8Array): void {
    if (this.hasLeft) this.complain('wrote to a connection it had left');
    this.checkSilence();
    this.silence.wrote(this.now);
    this.packets.wrote(bytes, (packet, size) => {
      this.note('>', packet);
      this.sent(packet, size);
    });
  }

  read(bytes: Uint8Array): void {
    if (this.hasLeft) return; // Whatever comes is nobody's any more.
    this.packets.read(bytes, (packet) => {
      this.note('<', packet);
      this.received(packet);
    });
  }

  left(): void {
    if (this.hasLeft) return;
    this.hasLeft = true;
    this.checkSilence();
    if (this.isDeafTooLong) this.complain('has found out too late that nothing arrives any more (3.1.2.10)');
    this.watch.options.observer.note(() => `${this.name} client has left the connection`);
  }

  busy(until: number): void {
    this.silence.busy(until);
  }

  struck(_fault: LinkFault['kind'], loses: readonly Way[]): void {
    if (loses.includes('down')) this.silence.deaf(this.now);
  }

  private get now(): number {
    return this.watch.options.timeline.now();
  }

  private get version() {
    return this.watch.options.version;
  }

  private get name(): string {
    return `[${this.number}]`;
  }

  private checkSilence(): void {
    const problem = this.silence.problem(this.now);
    if (problem !== undefined) this.complain(problem);
  }

  private sent(packet: ControlPacket, size: number): void {
    if (this.saidGoodbye) this.complain(`sent ${packet.type} after DISCONNECT [MQTT-3.14.4-2]`);
    if (packet.type === 'CONNECT') return this.sentConnect(packet);
    if (!this.connack) return this.complain(`sent ${packet.type} before CONNACK`);
    const most = this.connack.properties.maximumPacketSize ?? Infinity;
    if (size > most) this.complain(`sent ${size} bytes where ${most} are allowed [MQTT-3.2.2-15]`);
    switch (packet.type) {
      case 'PUBLISH':
        return this.sentPublish(packet);
      case 'PUBACK':
      case 'PUBREC':
      case 'PUBCOMP':
        return this.packets.answered(packet.type, packet.packetIdentifier);
      case 'PUBREL':
        return this.sentPubrel(packet.packetIdentifier);
      case 'SUBSCRIBE':
      case 'UNSUBSCRIBE':
        this.checkIdentifierIsFree(packet.packetIdentifier);
        this.requests.add(packet.packetIdentifier);
        return;
      case 'DISCONNECT':
        this.saidGoodbye = true;
        return;
      default:
        return;
    }
  }

  private sentConnect(connect: Connect): void {
    if (this.connect) this.complain('sent CONNECT twice [MQTT-3.1.0-2]');
    this.connect = connect;
    if (connect.cleanStart) this.watch.forgetSession();
  }

  private sentPublish(packet: Publish): void {
    const { qos, packetIdentifier, dup } = packet;
    const topicName = this.topicOf(packet);
    const number = numberIn(packet.payload);
    if (number === undefined) return this.complain('sent a message nobody has published');
    if (qos > this.maximumQoS) this.complain(`sent QoS ${qos} [MQTT-3.2.2-11]`);
    this.checkExpiry(number, packet);
    if (this.watch.givenUp.has(number)) this.complain(`sent message ${number} after it had given it up`);
    this.watch.sent.add(number);
    if (qos === 0) return this.checkOrder(`${topicName} 0`, number);
    const exchange = this.watch.exchanges.get(packetIdentifier);
    if (exchange?.number === number) this.sentAgain(exchange, packet);
    else if (exchange) {
      this.complain(
        `used #${packetIdentifier} for message ${number} while ${exchange.number} has it [MQTT-2.2.1-3]`,
      );
    } else this.sentFirst(number, qos, packet, topicName);
    if (this.sentHere.has(packetIdentifier) && dup) {
      this.complain(`sent message ${number} twice on one connection [MQTT-4.4.0-1]`);
    }
    this.sentHere.add(packetIdentifier);
    this.open.add(packetIdentifier);
    const most = this.connack?.properties.receiveMaximum ?? 65_535;
    if (this.open.size > most) {
      this.complain(`has ${this.open.size} messages under way where ${most} are allowed [MQTT-3.3.4-7]`);
    }
  }

  private sentFirst(number: number, qos: 1 | 2, packet: Publish, topicName: string): void {
    const { exchanges, handedOver } = this.watch;
    if (packet.dup) this.complain(`sent message ${number} for the first time with DUP [MQTT-3.3.1-1]`);
    if (handedOver.has(number)) this.complain(`sent message ${number} again after its acknowledgement`);
    for (const other of exchanges.values()) {
      if (other.number === number) this.complain(`sent message ${number} with a second Packet Identifier`);
    }
    this.checkIdentifierIsFree(packet.packetIdentifier);
    this.checkOrder(`${topicName} ${qos}`, number);
    const order = ++this.watch.published;
    this.watch.orders.set(number, order);
    exchanges.set(packet.packetIdentifier, { number, qos, order, recorded: undefined });
  }

  private sentAgain(exchange: Exchange, { qos, dup, packetIdentifier }: Publish): void {
    const { number, order, recorded } = exchange;
    if (!dup) this.complain(`sent message ${number} again without DUP [MQTT-3.3.1-1]`);
    if (qos !== exchange.qos) this.complain(`sent message ${number} again at another QoS`);
    if (recorded !== undefined) this.complain(`sent message ${number} again after PUBREC [MQTT-4.3.3-6]`);
    if (order < this.lastAgain) this.complain(`sent #${packetIdentifier} again out of order [MQTT-4.6.0-1]`);
    this.lastAgain = order;
  }

  /** What has expired does not begin its way, and what goes has the seconds it waited taken off [MQTT-3.3.2-6]. */
  private checkExpiry(number: number, { dup, properties }: Publish): void {
    const expiring = this.version === 5 ? this.watch.expiries.get(number) : undefined;
    if (!expiring) return;
    if (!dup && this.watch.hasExpired(number)) this.complain(`sent message ${number}, which has expired`);
    const left = expiring.expiry - Math.floor((this.now - expiring.since) / 1000);
    if (properties.messageExpiryInterval === Math.max(left, 1)) return;
    this.complain(
      `sent message ${number} with ${properties.messageExpiryInterval ?? 'no'} s of ${left} [MQTT-3.3.2-6]`,
    );
  }

  /** New messages of a topic and QoS leave in the order of publishing (4.6). */
  private checkOrder(topicAndQos: string, number: number): void {
    const newest = this.watch.newest.get(topicAndQos) ?? 0;
    if (number <= newest) this.complain(`sent message ${number} after ${newest} of the same topic (4.6)`);
    this.watch.newest.set(topicAndQos, number);
  }

  private checkIdentifierIsFree(identifier: number): void {
    if (!this.watch.exchanges.has(identifier) && !this.requests.has(identifier)) return;
    this.complain(`used #${identifier} which is in use [MQTT-2.2.1-3]`);
  }

  /** What the server takes, as far as the client knows. */
  get maximumQoS(): number {
    return this.connack?.properties.maximumQoS ?? 2;
  }

  private topicOf({ topicName, properties }: Publish): string {
    const alias = properties.topicAlias;
    if (alias === undefined) return topicName;
    const most = this.connack?.properties.topicAliasMaximum ?? 0;
    if (alias > most) this.complain(`sent Topic Alias ${alias} where ${most} is the highest [MQTT-3.3.2-9]`);
    if (topicName !== '') this.aliases.set(alias, topicName);
    const known = this.aliases.get(alias);
    if (known === undefined)
      this.complain(`sent Topic Alias ${alias}, which stands for nothing here [MQTT-3.3.2-7]`);
    return known ?? '';
  }

  private sentPubrel(identifier: number): void {
    const exchange = this.watch.exchanges.get(identifier);
    const takesQoS2 = this.maximumQoS === 2;
    // One the server takes no more: its PUBCOMP tells whether it had it, and it is not sent again either way.
    if (exchange?.qos === 2 && exchange.recorded === undefined && !takesQoS2) {
      this.receivedPubrec(identifier, 0);
    }
    const recorded = exchange?.recorded;
    if (!this.owesPubrel.delete(identifier)) return this.complain(`sent PUBREL #${identifier} for no PUBREC`);
    if (recorded === undefined) return; // For a PUBREC of something that is over.
    if (recorded < this.lastReleased) this.complain(`sent PUBREL #${identifier} out of order [MQTT-4.6.0-4]`);
    this.lastReleased = recorded;
  }

  private received(packet: ControlPacket): void {
    const { exchanges } = this.watch;
    switch (packet.type) {
      case 'CONNACK':
        return this.receivedConnack(packet);
      case 'PUBLISH':
        return this.receivedPublish(packet);
      case 'PUBREL':
        this.packets.answers.add('PUBCOMP', packet.packetIdentifier);
        return;
      case 'PUBACK':
        if (exchanges.get(packet.packetIdentifier)?.qos === 1) this.complete(packet.packetIdentifier);
        return;
      case 'PUBREC':
        return this.receivedPubrec(packet.packetIdentifier, packet.reasonCode);
      case 'PUBCOMP':
        if (exchanges.get(packet.packetIdentifier)?.recorded !== undefined)
          this.complete(packet.packetIdentifier);
        return;
      case 'SUBACK':
      case 'UNSUBACK':
        this.requests.delete(packet.packetIdentifier);
        return;
      default:
        return;
    }
  }

  private receivedPublish({ qos, packetIdentifier, payload }: Publish): void {
    if (qos === 0) return;
    this.packets.answers.add(qos === 1 ? 'PUBACK' : 'PUBREC', packetIdentifier);
    const number = numberIn(payload);
    if (qos === 2 && number !== undefined) this.watch.received.set(packetIdentifier, number);
  }

  private receivedConnack(connack: Connack): void {
    if (connack.reasonCode !== 0) return;
    this.connack = connack;
    this.silence.begin(connack.properties.serverKeepAlive ?? this.connect?.keepAlive ?? 0, this.now);
    // 3.1 has no Session Present.
    if (!connack.sessionPresent && this.version !== 3) this.watch.forgetSession();
    for (const [identifier, { recorded }] of this.watch.exchanges) {
      if (recorded !== undefined) this.owesPubrel.add(identifier);
    }
  }

  private receivedPubrec(identifier: number, reasonCode: number): void {
    const exchange = this.watch.exchanges.get(identifier);
    if (reasonCode >= 0x80) return this.complete(identifier);
    this.owesPubrel.add(identifier);
    if (!exchange || exchange.recorded !== undefined) return;
    this.watch.handedOver.add(exchange.number);
    exchange.recorded = ++this.watch.recorded;
    this.watch.releases.set(identifier, exchange.recorded);
  }

  private complete(identifier: number): void {
    const exchange = this.watch.exchanges.get(identifier);
    if (exchange) this.watch.handedOver.add(exchange.number);
    this.watch.exchanges.delete(identifier);
    this.open.delete(identifier);
    this.sentHere.delete(identifier);
  }

  private note(direction: '<' | '>', packet: ControlPacket): void {
    this.watch.options.observer.note(() => `${this.name} ${direction} ${transcriptLine(packet)}`);
  }

  private complain(what: string): void {
    this.watch.options.observer.finding(`${this.name} the client ${what}`);
  }
}

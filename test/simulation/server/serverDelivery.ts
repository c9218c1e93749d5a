import { encode } from '../codec';
import type { Connect, ControlPacket, Publish } from '../../../src/protocol/controlPacket';
import { a } from '../../support/packets';
import { payloadOf } from '../messages';
import type { ServerWorld } from './scriptedServer';
import type { Routed, ServerRecord } from './serverRecord';
import type { OwedMessage, ServerSession } from './serverSession';

const packetIdentifierNotFound = 0x92;

export interface DeliveryOptions {
  readonly world: ServerWorld;
  readonly record: ServerRecord;
  readonly session: ServerSession;
  readonly connect: Connect;
  /** Sends whole packets. */
  readonly write: (bytes: Uint8Array) => void;
  /** The client did what it must not do. */
  readonly complain: (what: string) => void;
}

/** What a server sends to one client over one Network Connection, from PUBLISH to the last acknowledgement (4.3, 4.9). */
export class ServerDelivery {
  private readonly aliases = new Map<string, number>();
  /** Packet Identifiers of PUBLISH packets that were sent on this connection and are not complete (4.9). */
  private readonly open = new Set<number>();
  /** Messages of an earlier connection that are still to be sent again. */
  private readonly again: OwedMessage[];

  constructor(private readonly options: DeliveryOptions) {
    this.again = options.session.owed.filter(({ state }) => state === 'sent');
  }

  /** Takes up what an earlier connection left. */
  resume(): void {
    for (const { state, packetIdentifier } of this.options.session.owed) {
      if (state === 'released') this.pubrel(packetIdentifier, 0);
    }
    this.send();
  }

  /** Sends what is owed as far as the client's Receive Maximum goes [MQTT-3.3.4-9]. */
  send(): void {
    const { owed } = this.options.session;
    while (this.again[0] && this.mayPublish) {
      const next = this.again.shift();
      if (next && owed.includes(next)) this.publish(next, true);
    }
    for (const each of [...owed]) {
      if (each.state !== 'waiting') continue;
      if (each.qos > 0 && (this.again.length > 0 || !this.mayPublish)) return;
      this.publish(each, false);
    }
  }

  acknowledged(type: 'PUBACK' | 'PUBREC' | 'PUBCOMP', identifier: number, reasonCode: number): void {
    const owed = this.options.session.find(identifier);
    if (!owed) {
      // PUBREC for what is not known any more: 4.3.3 has it answered all the same.
      if (type === 'PUBREC') this.pubrel(identifier, this.version === 5 ? packetIdentifierNotFound : 0);
      return;
    }
    if (type === 'PUBREC' && reasonCode < 0x80 && owed.qos === 2) {
      owed.state = 'released';
      return this.pubrel(identifier, 0);
    }
    const isLast = type === 'PUBREC' || (type === 'PUBACK') === (owed.qos === 1);
    if (!isLast) return this.options.complain(`answered a QoS ${owed.qos} message with ${type}`);
    this.open.delete(identifier);
    this.complete(owed);
    this.send();
  }

  private get version() {
    return this.options.world.version;
  }

  private get mayPublish(): boolean {
    return this.open.size < (this.options.connect.properties.receiveMaximum ?? 65_535);
  }

  private publish(owed: OwedMessage, dup: boolean): void {
    const { session, connect, world, write } = this.options;
    if (owed.qos > 0 && owed.packetIdentifier === 0)
      owed.packetIdentifier = session.nextIdentifier(world.plan.reusesIdentifiers);
    const { topicName } = owed.message;
    const topicAlias = this.aliasFor(topicName);
    const bytes = encode(this.packet(owed, dup, topicAlias), this.version);
    const routed = this.routed(owed);
    // What the client cannot take is dropped as if it had been sent [MQTT-3.1.2-25].
    if (bytes.length > (connect.properties.maximumPacketSize ?? Infinity)) {
      if (routed) routed.isTooLarge = true;
      return this.complete(owed);
    }
    if (topicAlias !== undefined) {
      for (const [topic, alias] of this.aliases) if (alias === topicAlias) this.aliases.delete(topic);
      this.aliases.set(topicName, topicAlias);
    }
    if (owed.qos === 0) this.complete(owed);
    else {
      owed.state = 'sent';
      this.open.add(owed.packetIdentifier);
    }
    if (routed) routed.wasSent = true;
    write(bytes);
  }

  private packet(owed: OwedMessage, dup: boolean, topicAlias: number | undefined): Publish {
    const { message, qos, subscriptionIdentifiers, packetIdentifier } = owed;
    const isKnown = topicAlias !== undefined && this.aliases.get(message.topicName) === topicAlias;
    return a.publish(isKnown ? '' : message.topicName, qos, packetIdentifier, {
      dup: dup && qos > 0,
      properties: {
        ...(topicAlias !== undefined && { topicAlias }),
        ...(this.version === 5 &&
          subscriptionIdentifiers.length > 0 && { subscriptionIdentifiers: [...subscriptionIdentifiers] }),
      },
      payload: payloadOf(message),
    });
  }

  private aliasFor(topicName: string): number | undefined {
    const { world, connect } = this.options;
    const most = connect.properties.topicAliasMaximum ?? 0;
    if (most === 0 || !world.chance.is(world.plan.aliases)) return undefined;
    return this.aliases.get(topicName) ?? world.chance.between(1, most);
  }

  private complete(owed: OwedMessage): void {
    this.options.session.remove(owed);
    const routed = this.routed(owed);
    if (routed) routed.isComplete = true;
  }

  private routed({ message }: OwedMessage): Routed | undefined {
    return this.options.record.routed.get(message.number);
  }

  private pubrel(packetIdentifier: number, reasonCode: number): void {
    const packet: ControlPacket = a.acknowledgement('PUBREL', packetIdentifier, reasonCode);
    this.options.write(encode(packet, this.version));
  }
}

import { PacketWriter, decode } from '../../../src/protocol/codec';
import type {
  Connack,
  Connect,
  ControlPacket,
  Disconnect,
  Publish,
  Subscribe,
  Unsubscribe,
} from '../../../src/protocol/controlPacket';
import { PacketFramer } from '../../../src/protocol/packetFramer';
import type { Properties } from '../../../src/protocol/properties';
import { ProtocolViolation } from '../../../src/protocol/violations';
import type { Transport } from '../../../src/session/effects';
import { numberIn, payloadOf } from '../messages';
import { Answers } from './answers';
import type { ScriptedServer } from './scriptedServer';
import { isRefused } from './serverPlan';
import type { Routed } from './serverRecord';
import type { OwedMessage, ServerSession } from './serverSession';

const neverExpires = 0xffffffff;
const sessionTakenOver = 0x8e;
const packetIdentifierNotFound = 0x92;
const quotaExceeded = 0x97;

/** One Network Connection of the scripted server, from CONNECT to its end. */
export class ServerConversation {
  clientIdentifier: string | undefined;
  private connect: Connect | undefined;
  private session: ServerSession | undefined;
  private isOver = false;
  private heardAt: number;
  private readonly framer = new PacketFramer();
  private readonly answers: Answers;
  private readonly clientAliases = new Map<number, string>();
  private readonly ownAliases = new Map<string, number>();
  /** Packet Identifiers of PUBLISH packets that were sent on this connection and are not complete (4.9). */
  private readonly open = new Set<number>();
  /** Messages of an earlier connection that are still to be sent again. */
  private again: OwedMessage[] = [];

  constructor(
    private readonly server: ScriptedServer,
    private readonly transport: Transport,
  ) {
    this.heardAt = server.world.timeline.now();
    this.answers = new Answers(server.world, (packet) => this.answer(packet));
  }

  start(): void {
    this.transport.start({
      bytes: (chunk) => this.bytes(chunk),
      drained: () => undefined,
      closed: () => this.closed(),
    });
  }

  /** Sends what is owed as far as the client's Receive Maximum goes [MQTT-3.3.4-9]. */
  send(): void {
    if (!this.session || this.isOver) return;
    while (this.again[0] && this.mayPublish) {
      const next = this.again.shift();
      if (next && this.session.owed.includes(next)) this.publish(next, true);
    }
    for (const owed of [...this.session.owed]) {
      if (owed.state !== 'waiting') continue;
      if (owed.qos > 0 && (this.again.length > 0 || !this.mayPublish)) return;
      this.publish(owed, false);
    }
  }

  breakOff(): void {
    this.transport.dispose();
    this.closed();
  }

  sayGoodbye(reasonCode: number): void {
    if (this.session && this.version === 5) this.write({ type: 'DISCONNECT', reasonCode, properties: {} });
    this.transport.end();
    this.closed();
  }

  private get version() {
    return this.server.world.version;
  }

  private get mayPublish(): boolean {
    return this.open.size < (this.connect?.properties.receiveMaximum ?? 65_535);
  }

  private bytes(chunk: Uint8Array): void {
    this.heardAt = this.server.world.timeline.now();
    try {
      this.framer.push(chunk, (buffer, start, end) => {
        if (!this.isOver) this.packet(decode(buffer, this.version, start, end));
      });
    } catch (error) {
      if (!(error instanceof ProtocolViolation)) throw error;
      this.complain(`sent what cannot be read: ${error.violation.id}`);
      this.breakOff();
    }
  }

  private packet(packet: ControlPacket): void {
    if (packet.type === 'CONNECT') return this.connected(packet);
    const { session, connect } = this;
    if (!session || !connect) return this.complain(`sent ${packet.type} before it was let in`);
    switch (packet.type) {
      case 'PUBLISH':
        return this.received(session, packet);
      case 'PUBREL': {
        const number = session.received.get(packet.packetIdentifier);
        if (number !== undefined) this.server.record(connect.clientIdentifier).released.add(number);
        const isKnown = session.received.delete(packet.packetIdentifier);
        const reasonCode = isKnown || this.version !== 5 ? 0 : packetIdentifierNotFound;
        return this.answers.later('PUBCOMP', packet.packetIdentifier, reasonCode);
      }
      case 'PUBACK':
      case 'PUBREC':
      case 'PUBCOMP':
        this.acknowledged(session, packet.type, packet.packetIdentifier, packet.reasonCode);
        return this.send();
      case 'SUBSCRIBE':
        return this.subscribed(session, packet);
      case 'UNSUBSCRIBE':
        return this.unsubscribed(session, packet);
      case 'PINGREQ':
        return this.write({ type: 'PINGRESP' });
      case 'DISCONNECT':
        return this.disconnected(session, packet);
      default:
        return this.complain(`sent ${packet.type}, which a client does not send`);
    }
  }

  private connected(connect: Connect): void {
    if (this.connect) return this.complain('sent a second CONNECT');
    this.connect = connect;
    const { chance, plan, observer } = this.server.world;
    const { isKind } = this.server;
    if (!isKind && chance.is(plan.silent)) return observer.fault('silent server');
    if (!isKind && chance.is(plan.busy)) return this.refuse();
    const { clientIdentifier, cleanStart } = connect;
    const older = this.server.conversation(clientIdentifier);
    older?.sayGoodbye(sessionTakenOver); // [MQTT-3.1.4-3]
    this.clientIdentifier = clientIdentifier;
    const { session, present } = this.server.openSession(clientIdentifier, cleanStart);
    this.session = session;
    session.expiresAt = Infinity;
    this.server.record(clientIdentifier).connections++;
    const properties = this.version === 5 ? this.announced() : {};
    // 3.1 has no Session Present.
    const sessionPresent = present && this.version !== 3;
    this.write({ type: 'CONNACK', sessionPresent, reasonCode: 0, properties } satisfies Connack);
    this.watchSilence(properties.serverKeepAlive ?? connect.keepAlive);
    this.again = session.owed.filter(({ state }) => state === 'sent');
    for (const { state, packetIdentifier } of session.owed) {
      if (state === 'released') this.write(acknowledgement('PUBREL', packetIdentifier, 0));
    }
    this.send();
  }

  private refuse(): void {
    this.server.world.observer.fault('busy server');
    const reasonCode = this.version === 5 ? 0x89 : 3;
    this.write({ type: 'CONNACK', sessionPresent: false, reasonCode, properties: {} });
    this.transport.end();
    this.closed();
  }

  private announced(): Properties {
    const { receiveMaximum, maximumPacketSize, topicAliasMaximum, maximumQoS, serverKeepAlive } =
      this.server.world.plan;
    return {
      ...(receiveMaximum !== undefined && { receiveMaximum }),
      ...(maximumPacketSize !== undefined && { maximumPacketSize }),
      ...(topicAliasMaximum > 0 && { topicAliasMaximum }),
      ...(maximumQoS < 2 && { maximumQoS }),
      ...(serverKeepAlive !== undefined && { serverKeepAlive }),
    };
  }

  /** A client that is silent for one and a half times its Keep Alive is dropped [MQTT-3.1.2-22]. */
  private watchSilence(keepAlive: number): void {
    if (keepAlive === 0) return;
    const { timeline, observer } = this.server.world;
    const look = (): void => {
      if (this.isOver) return;
      const ends = this.heardAt + keepAlive * 1500;
      if (timeline.now() < ends) return void timeline.schedule('server', ends, look);
      observer.note(() => 'server drops a client it has not heard of');
      this.breakOff();
    };
    timeline.after('server', keepAlive * 1500, look);
  }

  private received(session: ServerSession, packet: Publish): void {
    const { qos, packetIdentifier, dup } = packet;
    const topicName = this.topicOf(packet);
    const number = numberIn(packet.payload);
    if (number === undefined || topicName === undefined)
      return this.complain('sent a message nobody has published');
    const { plan } = this.server.world;
    const refused = isRefused(plan, this.version, number);
    const known = qos === 2 ? session.received.get(packetIdentifier) : undefined;
    if (known !== undefined && known !== number) {
      this.complain(`used Packet Identifier ${packetIdentifier} of message ${known} for message ${number}`);
    }
    if (known !== undefined && !dup) this.complain(`sent message ${number} again without DUP [MQTT-3.3.1-1]`);
    const isTaken = known === undefined && !(refused && qos > 0);
    const record = this.server.record(this.clientIdentifier ?? '');
    record.receipts.push({ number, topicName, qos, dup, epoch: session.epoch, isTaken });
    const reasonCode = refused ? quotaExceeded : 0;
    if (refused && qos > 0) this.server.world.observer.fault('message refused');
    if (qos === 2 && !refused) session.received.set(packetIdentifier, number);
    if (qos === 1) this.answers.later('PUBACK', packetIdentifier, reasonCode);
    if (qos === 2) this.answers.later('PUBREC', packetIdentifier, reasonCode);
  }

  private topicOf({ topicName, properties }: Publish): string | undefined {
    const alias = properties.topicAlias;
    if (alias === undefined) return topicName;
    if (topicName !== '') this.clientAliases.set(alias, topicName);
    return this.clientAliases.get(alias);
  }

  private acknowledged(session: ServerSession, type: string, identifier: number, reasonCode: number): void {
    const owed = session.find(identifier);
    if (!owed) {
      // PUBREC for what is not known any more: 4.3.3 has it answered all the same.
      if (type === 'PUBREC') this.write(acknowledgement('PUBREL', identifier, this.notFound));
      return;
    }
    if (type === 'PUBREC' && reasonCode < 0x80 && owed.qos === 2) {
      owed.state = 'released';
      return this.write(acknowledgement('PUBREL', identifier, 0));
    }
    const isLast = type === 'PUBREC' || (type === 'PUBACK') === (owed.qos === 1);
    if (!isLast) return this.complain(`answered a QoS ${owed.qos} message with ${type}`);
    this.open.delete(identifier);
    this.complete(session, owed);
  }

  private get notFound(): number {
    return this.version === 5 ? packetIdentifierNotFound : 0;
  }

  private complete(session: ServerSession, owed: OwedMessage): void {
    session.remove(owed);
    const routed = this.routed(owed);
    if (routed) routed.isComplete = true;
  }

  private publish(owed: OwedMessage, dup: boolean): void {
    const { session } = this;
    if (!session) return;
    const { message, qos, subscriptionIdentifiers } = owed;
    if (qos > 0 && owed.packetIdentifier === 0) owed.packetIdentifier = session.nextIdentifier();
    const topicAlias = this.aliasFor(message.topicName);
    const isKnownAlias = topicAlias !== undefined && this.ownAliases.get(message.topicName) === topicAlias;
    const packet: Publish = {
      ...{ type: 'PUBLISH', dup: dup && qos > 0, qos, retain: false },
      topicName: isKnownAlias ? '' : message.topicName,
      packetIdentifier: owed.packetIdentifier,
      properties: {
        ...(topicAlias !== undefined && { topicAlias }),
        ...(this.version === 5 &&
          subscriptionIdentifiers.length > 0 && {
            subscriptionIdentifiers: [...subscriptionIdentifiers],
          }),
      },
      payload: payloadOf(message),
    };
    const bytes = encoded(packet, this.version);
    // What the client cannot take is dropped as if it had been sent [MQTT-3.1.2-25].
    if (bytes.length > (this.connect?.properties.maximumPacketSize ?? Infinity)) {
      const routed = this.routed(owed);
      if (routed) routed.isTooLarge = true;
      return this.complete(session, owed);
    }
    if (topicAlias !== undefined) {
      for (const [topic, alias] of this.ownAliases) if (alias === topicAlias) this.ownAliases.delete(topic);
      this.ownAliases.set(message.topicName, topicAlias);
    }
    if (qos === 0) this.complete(session, owed);
    else {
      owed.state = 'sent';
      this.open.add(owed.packetIdentifier);
    }
    const routed = this.routed(owed);
    if (routed) routed.wasSent = true;
    this.transport.write(bytes);
  }

  private routed({ message }: OwedMessage): Routed | undefined {
    return this.server.record(this.clientIdentifier ?? '').routed.get(message.number);
  }

  private aliasFor(topicName: string): number | undefined {
    const { chance, plan } = this.server.world;
    const most = this.connect?.properties.topicAliasMaximum ?? 0;
    if (most === 0 || !chance.is(plan.aliases)) return undefined;
    return this.ownAliases.get(topicName) ?? chance.between(1, most);
  }

  private subscribed(
    session: ServerSession,
    { packetIdentifier, subscriptions, properties }: Subscribe,
  ): void {
    const { maximumQoS } = this.server.world.plan;
    const reasonCodes = subscriptions.map(({ topicFilter, qos }) => {
      const granted = qos > maximumQoS ? maximumQoS : qos;
      const [subscriptionIdentifier] = properties.subscriptionIdentifiers ?? [];
      session.subscriptions.set(topicFilter, { qos: granted, subscriptionIdentifier });
      return granted;
    });
    this.answers.packetLater({ type: 'SUBACK', packetIdentifier, properties: {}, reasonCodes });
  }

  private unsubscribed(session: ServerSession, { packetIdentifier, topicFilters }: Unsubscribe): void {
    const found = topicFilters.map((filter) => (session.subscriptions.delete(filter) ? 0 : 0x11));
    const reasonCodes = this.version === 5 ? found : [];
    this.answers.packetLater({ type: 'UNSUBACK', packetIdentifier, properties: {}, reasonCodes });
  }

  private disconnected(session: ServerSession, { properties }: Disconnect): void {
    const { sessionExpiryInterval } = properties;
    if (sessionExpiryInterval !== undefined && this.connect) {
      this.connect.properties = { ...this.connect.properties, sessionExpiryInterval };
    }
    this.server.world.observer.note(() => `server saw DISCONNECT, ${session.owed.length} messages are kept`);
    this.transport.end();
    this.closed();
  }

  private closed(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.answers.stop();
    this.server.forget(this);
    const { session, connect } = this;
    if (!session || !connect) return;
    const before5 = connect.cleanStart ? 0 : neverExpires;
    const seconds = this.version === 5 ? (connect.properties.sessionExpiryInterval ?? 0) : before5;
    if (seconds === 0) this.server.endSession(connect.clientIdentifier);
    else if (seconds !== neverExpires) session.expiresAt = this.server.world.timeline.now() + seconds * 1000;
  }

  private answer(packet: ControlPacket): void {
    if (!this.isOver) this.write(packet);
  }

  private write(packet: ControlPacket): void {
    this.transport.write(encoded(packet, this.version));
  }

  private complain(what: string): void {
    this.server.world.observer.finding(`the client ${what}`);
  }
}

function acknowledgement(type: 'PUBREL', packetIdentifier: number, reasonCode: number): ControlPacket {
  return { type, packetIdentifier, reasonCode, properties: {} };
}

const writer = new PacketWriter();

function encoded(packet: ControlPacket, version: ServerConversation['version']): Uint8Array {
  writer.write(packet, version);
  return writer.take();
}

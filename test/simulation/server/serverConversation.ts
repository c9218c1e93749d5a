import { decode, encode } from '../codec';
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
import { numberIn } from '../messages';
import type { FaultKind } from '../observer';
import { Answers } from './answers';
import type { ScriptedServer } from './scriptedServer';
import { isRefused } from './serverPlan';
import { ServerDelivery } from './serverDelivery';
import type { ServerSession } from './serverSession';

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
  private delivery: ServerDelivery | undefined;

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

  /** Sends what is owed, as far as it may. */
  send(): void {
    if (!this.isOver) this.delivery?.send();
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
        const isKnown = session.received.delete(packet.packetIdentifier);
        const reasonCode = isKnown || this.version !== 5 ? 0 : packetIdentifierNotFound;
        return this.answers.later('PUBCOMP', packet.packetIdentifier, reasonCode);
      }
      case 'PUBACK':
      case 'PUBREC':
      case 'PUBCOMP':
        return this.delivery?.acknowledged(packet.type, packet.packetIdentifier, packet.reasonCode);
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
    if (connect.protocolVersion !== this.version) return this.refuse('older server', 1);
    this.connect = connect;
    const { chance, plan, observer } = this.server.world;
    const { isKind } = this.server;
    if (!isKind && chance.is(plan.silent)) return observer.fault('silent server');
    if (!isKind && chance.is(plan.busy)) return this.refuse('busy server', this.version === 5 ? 0x89 : 3);
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
    this.delivery = new ServerDelivery({
      ...{ world: this.server.world, record: this.server.record(clientIdentifier), session, connect },
      write: (bytes) => void this.transport.write(bytes),
      complain: (what) => this.complain(what),
    });
    this.delivery.resume();
  }

  private refuse(fault: FaultKind, reasonCode: number): void {
    this.server.world.observer.fault(fault);
    this.write({ type: 'CONNACK', sessionPresent: false, reasonCode, properties: {} });
    this.transport.end();
    this.closed();
  }

  private announced(): Properties {
    const { receiveMaximum, maximumPacketSize, topicAliasMaximum, serverKeepAlive } = this.server.world.plan;
    const { maximumQoS } = this.server.takes;
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

  private subscribed(
    session: ServerSession,
    { packetIdentifier, subscriptions, properties }: Subscribe,
  ): void {
    const { maximumQoS } = this.server.takes;
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
    this.transport.write(encode(packet, this.version));
  }

  private complain(what: string): void {
    this.server.world.observer.finding(`the client ${what}`);
  }
}

import type { Connect, ControlPacket, ProtocolVersion, Publish } from '../../../src/protocol/controlPacket';
import type { ServerEnding } from '../../../src/session/serverContract';
import type { Observer } from '../observer';
import type { LinkTap } from '../simulatedLink';
import { transcriptLine, WatchedPackets } from '../watchedPackets';
import type { ExpectedRouting } from './expectedRouting';
import type { ExpectedSession } from './expectedSession';
import { OwedMessages } from './owedMessages';

/** One Network Connection at the broker's end: tells the model what the broker reads, and holds what it writes against that. */
export class WatchedServerSide implements LinkTap {
  session: ExpectedSession | undefined;
  isOver = false;
  private connect: Connect | undefined;
  private owed: OwedMessages | undefined;
  private readonly packets: WatchedPackets;
  private readonly requests = new Map<number, readonly number[]>();
  private readonly inbound = new Map<number, string>();
  private readonly outbound = new Map<number, string>();
  /** PUBLISH packets that were sent here and are not acknowledged. */
  private readonly open = new Set<number>();
  /** AUTH that the client sent before it was let in, and whether one is not answered since. */
  private answers = 0;
  private owesAuth = false;

  constructor(
    readonly peer: string,
    version: ProtocolVersion,
    private readonly routing: ExpectedRouting,
    private readonly observer: Observer,
    private readonly questions: number,
  ) {
    this.packets = new WatchedPackets(version, (what) => this.complain(what));
  }

  get debts(): string[] {
    const requests = [...this.requests.keys()].map((identifier) => `an answer to #${identifier}`);
    return [...this.packets.answers.all, ...requests, ...(this.owesAuth ? ['AUTH'] : [])];
  }

  read(bytes: Uint8Array): void {
    if (this.isOver) return;
    this.packets.read(bytes, (packet) => {
      this.note('>', packet);
      this.received(packet);
    });
  }

  wrote(bytes: Uint8Array): void {
    this.packets.wrote(bytes, (packet) => {
      this.note('<', packet);
      this.sent(packet);
    });
  }

  left(): void {
    // It is over when the broker says so.
  }

  /** The broker has let the client in. */
  admitted(sessionPresent: boolean): void {
    const { authenticationMethod } = this.connect?.properties ?? {};
    if (authenticationMethod !== undefined && this.answers !== this.questions)
      this.complain(`let a client in after ${this.answers} answers of ${this.questions} [MQTT-4.12.0-2]`);
    this.owesAuth = false;
    if (!this.connect) return this.complain('let a client in that has not sent CONNECT');
    this.session = this.routing.connected(this.connect, this.peer, sessionPresent);
    this.owed = new OwedMessages(this.session, this.peer, this.routing, (what) => this.complain(what));
  }

  /**
   * The broker is done with it.
   * @param dropped how many messages it says the client has not got
   * @param isExact nothing stands between it and the transport, where what it has sent could get lost
   */
  ended(ending: ServerEnding, dropped: number, isExact: boolean): void {
    this.isOver = true;
    if (this.owed) this.checkDropped(this.owed.unsent(), dropped, isExact);
    this.observer.note(() => `[${this.peer}] is over for the broker: ${ending.kind}`);
    if (ending.kind === 'protocol') this.complain(`was sent away for ${ending.violation.id}`);
    if (this.session) this.routing.disconnected(this.session, ending);
  }

  private received(packet: ControlPacket): void {
    if (packet.type === 'CONNECT') {
      this.connect = packet;
      return;
    }
    const { session, owed } = this;
    if (packet.type === 'AUTH') {
      this.owesAuth = true;
      if (!session) this.answers++;
      return;
    }
    // Who is still being asked may leave [MQTT-4.12.0-4].
    if (packet.type === 'DISCONNECT') return;
    if (!session || !owed) return this.complain(`read ${packet.type} of nobody`);
    session.isKnown ||= session.connections === 1;
    switch (packet.type) {
      case 'PUBLISH':
        if (packet.qos > 0)
          this.packets.answers.add(packet.qos === 1 ? 'PUBACK' : 'PUBREC', packet.packetIdentifier);
        this.routing.published(packet, topicOf(packet, this.inbound), session);
        return;
      case 'PUBREL':
        this.packets.answers.add('PUBCOMP', packet.packetIdentifier);
        this.routing.undo.remove(session.received, packet.packetIdentifier);
        return;
      case 'SUBSCRIBE':
        this.requests.set(packet.packetIdentifier, this.routing.subscribed(packet, session));
        return;
      case 'UNSUBSCRIBE':
        this.requests.set(packet.packetIdentifier, this.routing.unsubscribed(packet, session));
        return;
      case 'PUBACK':
      case 'PUBREC':
      case 'PUBCOMP':
        if (owed.acknowledged(packet.type, packet.packetIdentifier))
          this.open.delete(packet.packetIdentifier);
        return;
      default:
        return;
    }
  }

  private sent(packet: ControlPacket): void {
    switch (packet.type) {
      case 'PUBLISH':
        return this.sentPublish(packet);
      case 'PUBACK':
      case 'PUBREC':
      case 'PUBCOMP':
        return this.packets.answered(packet.type, packet.packetIdentifier);
      case 'PUBREL':
        this.owed?.released(packet.packetIdentifier);
        return;
      case 'AUTH':
        this.owesAuth = false;
        if (packet.properties.authenticationMethod !== this.connect?.properties.authenticationMethod)
          this.complain('sent AUTH of another method [MQTT-4.12.0-5]');
        if (packet.reasonCode === 0 && !this.session)
          this.complain('sent AUTH 0x00 in place of CONNACK [MQTT-4.12.0-5]');
        return;
      case 'SUBACK':
      case 'UNSUBACK': {
        const expected = this.requests.get(packet.packetIdentifier);
        this.requests.delete(packet.packetIdentifier);
        const codes = packet.reasonCodes.join();
        const isRight = expected !== undefined && (codes === '' || codes === expected.join());
        if (!isRight) this.complain(`answered #${packet.packetIdentifier} with ${codes} [MQTT-3.8.4-6]`);
        return;
      }
      default:
        return;
    }
  }

  private sentPublish(packet: Publish): void {
    const topicName = topicOf(packet, this.outbound);
    const { topicAliasMaximum = 0, receiveMaximum = 65_535 } = this.connect?.properties ?? {};
    if ((packet.properties.topicAlias ?? 0) > topicAliasMaximum)
      this.complain('sent a Topic Alias beyond the Topic Alias Maximum [MQTT-3.1.2-26]');
    if (!this.owed) return this.complain('sent PUBLISH to a client that is not let in');
    if (packet.qos > 0) {
      if (this.open.has(packet.packetIdentifier))
        this.complain(`sent #${packet.packetIdentifier} twice on one connection [MQTT-4.4.0-1]`);
      this.open.add(packet.packetIdentifier);
      if (this.open.size > receiveMaximum)
        this.complain(`has ${this.open.size} under way where ${receiveMaximum} may be [MQTT-3.3.4-9]`);
    }
    this.owed.sent(packet, topicName);
  }

  /** What a client that takes too little misses is counted, and nothing else. */
  private checkDropped([least, most]: readonly [number, number], dropped: number, isExact: boolean): void {
    if (dropped > most) this.complain(`counted ${dropped} messages as dropped, where ${most} are missing`);
    if (isExact && dropped < least)
      this.complain(`counted ${dropped} messages as dropped, where ${least} are missing`);
  }

  private note(direction: '<' | '>', packet: ControlPacket): void {
    this.observer.note(() => `[${this.peer}] ${direction} ${transcriptLine(packet)}`);
  }

  private complain(what: string): void {
    this.observer.finding(`[${this.peer}] the broker ${what}`);
  }
}

function topicOf({ topicName, properties }: Publish, aliases: Map<number, string>): string {
  const { topicAlias } = properties;
  if (topicAlias === undefined) return topicName;
  if (topicName !== '') aliases.set(topicAlias, topicName);
  return aliases.get(topicAlias) ?? '';
}

import type { PacketWriter } from '../protocol/codec';
import type { ProtocolVersion, Publish, Pubrel, Subscribe, Unsubscribe } from '../protocol/controlPacket';
import { noProperties, type Properties } from '../protocol/properties';
import { ProtocolViolation, type Violation } from '../protocol/violations';
import { againstAnnounced } from './announced';
import { InboundFlow, type InboundWords } from './inboundFlow';
import type { Acceptance, MessageAnswer } from './serverContract';
import { payloadViolation } from './textPayload';
import { TopicAliases } from './topicAliases';

/** The receiver's half of a server's connection: what a client may send by its CONNACK, and what of that is new. */
export class ServerInbound implements InboundWords {
  private readonly flow: InboundFlow;
  private readonly aliases: TopicAliases;

  /** @param announced the Properties of CONNACK */
  constructor(
    private readonly acceptance: Pick<Acceptance, 'session' | 'sessionPresent'>,
    private readonly announced: Properties,
    out: PacketWriter,
    private readonly version: ProtocolVersion,
    private readonly words: InboundWords,
  ) {
    const { topicAliasMaximum = 0, receiveMaximum = 65_535 } = announced;
    this.aliases = new TopicAliases(topicAliasMaximum);
    // Itself and no closures: there are as many of them as there are connections.
    this.flow = new InboundFlow(acceptance.session.received, out, { version, receiveMaximum }, this);
  }

  /**
   * Takes a PUBLISH, gives it its whole Topic Name, and returns whether it is new, so that it has to be handed on.
   * @throws ProtocolViolation
   */
  publish(packet: Publish): boolean {
    const { properties } = packet;
    if (properties !== noProperties && properties.subscriptionIdentifiers !== undefined) {
      throw new ProtocolViolation({ id: 'subscriptionIdentifierFromClient', offset: 0 }); // [MQTT-3.3.4-6]
    }
    this.check(packet);
    packet.topicName = this.aliases.resolve(packet); // [MQTT-3.3.2-12]
    const isNew = this.flow.publish(packet);
    // It may be refused as well (3.3.2.3.2); that it is taken spares who cannot mend the device.
    const isNoText = properties !== noProperties && payloadViolation(packet, 'payloadNotUtf8');
    if (isNoText) this.words.mistaken(isNoText);
    if (!isNew) this.flow.acknowledge([]);
    return isNew;
  }

  /** @throws ProtocolViolation */
  subscribe(packet: Subscribe): void {
    this.check(packet);
    this.request(packet);
  }

  /** SUBSCRIBE or UNSUBSCRIBE: its identifier may be that of no message [MQTT-2.2.1-3]. */
  request({ packetIdentifier }: Subscribe | Unsubscribe): void {
    this.flow.checkFree(packetIdentifier);
  }

  pubrel(packet: Pubrel): void {
    this.flow.pubrel(packet);
  }

  acknowledge(answers: readonly MessageAnswer[]): void {
    this.flow.acknowledge(answers);
  }

  private check(packet: Publish | Subscribe): void {
    const violation = this.version === 5 && againstAnnounced(packet, this.announced);
    if (violation) throw new ProtocolViolation(violation);
  }

  remark(reasonCode: number, own?: Properties): Properties {
    return this.words.remark(reasonCode, own);
  }

  mistaken(violation: Violation): void {
    // What a Session that goes on had begun is released again where PUBCOMP got lost (4.4). And before 5.0 PUBREC cannot
    // refuse, so a PUBREL follows that of a message which was not taken (4.3.3), and of each repetition of one.
    if (violation.subject === 'PUBREL' && (this.acceptance.sessionPresent || this.version < 5)) return;
    this.words.mistaken(violation);
  }
}

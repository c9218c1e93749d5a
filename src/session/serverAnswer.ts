import type { PacketWriter } from '../protocol/codec';
import type { Connect, ProtocolVersion } from '../protocol/controlPacket';
import { noProperties, type Properties } from '../protocol/properties';
import type { InboundWords } from './inboundFlow';
import { writeShortened } from './shortenedPacket';

/** Acknowledgements explain themselves only to clients that take packets of this size, in bytes. */
const roomForRemarks = 1024;

/** Whether the client wants to hear why its packets are refused [MQTT-3.1.2-29]. */
export function wantsRemarks(connect: Connect | undefined, mostBytes: number): boolean {
  return connect?.properties.requestProblemInformation !== 0 && mostBytes >= roomForRemarks;
}

/**
 * Answers SUBSCRIBE or UNSUBSCRIBE; before 5.0 there is one code for all refusals [MQTT-3.8.4-2] [MQTT-3.1.2-24], and 3.1
 * has none: what is refused looks granted there, at QoS 0.
 */
export function writeAnswer(
  out: PacketWriter,
  { kind, packetIdentifier, reasonCodes, properties: own }: Answer,
  version: ProtocolVersion,
  mostBytes: number,
  words: Pick<InboundWords, 'remark'>,
): void {
  const type = kind === 'suback' ? 'SUBACK' : 'UNSUBACK';
  const codes =
    kind === 'unsuback' || version === 5
      ? reasonCodes
      : reasonCodes.map((code) => (code < 0x80 ? code : version === 4 ? 0x80 : 0));
  const refused = version === 5 ? codes.find((code) => code >= 0x80) : undefined;
  const properties = refused === undefined ? noProperties : words.remark(refused, own);
  writeShortened(out, { type, packetIdentifier, properties, reasonCodes: codes }, version, mostBytes);
}

interface Answer {
  readonly kind: 'suback' | 'unsuback';
  readonly packetIdentifier: number;
  readonly reasonCodes: number[];
  readonly properties?: Properties;
}

import type { Acknowledgement, AcknowledgementType } from '../controlPacket';
import { noProperties } from '../properties';
import { field } from '../wire';
import type { Layout } from '../wire';

/** Section number of each acknowledgement: their layouts differ in nothing else. */
const sections: Readonly<Record<AcknowledgementType, string>> = {
  PUBACK: '3.4',
  PUBREC: '3.5',
  PUBREL: '3.6',
  PUBCOMP: '3.7',
};

export function newAcknowledgement<T extends AcknowledgementType>(type: T): Acknowledgement<T> {
  return { type, packetIdentifier: 0, reasonCode: 0, properties: noProperties };
}

/** PUBACK, PUBREC, PUBREL, PUBCOMP (3.4 to 3.7): Reason Code and Properties may be left out when they say nothing. */
export function acknowledgement<T extends AcknowledgementType>(type: T): Layout<Acknowledgement<T>> {
  const section = sections[type];
  const F = {
    variableHeader: field('Variable Header', `${section}.2`),
    packetIdentifier: field('Packet Identifier', `${section}.2`),
    reasonCode: field('Reason Code', `${section}.2.1`),
  };
  return (io, p) => {
    io.enter(F.variableHeader);
    p.packetIdentifier = io.uint16(F.packetIdentifier, p.packetIdentifier);
    if (p.packetIdentifier === 0) io.violate('packetIdentifierZero');
    if (io.version === 5) {
      const hasProperties = p.properties !== noProperties && Object.keys(p.properties).length > 0;
      if (io.more(p.reasonCode !== 0 || hasProperties)) {
        p.reasonCode = io.reasonCode(F.reasonCode, type, p.reasonCode);
        if (io.more(hasProperties)) p.properties = io.properties(type, p.properties);
      }
    }
    io.leave();
  };
}

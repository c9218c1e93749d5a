import type { Connack } from '../controlPacket';
import { noProperties } from '../properties';
import { showHex } from '../show';
import { field } from '../wire';
import type { Layout } from '../wire';

const F = {
  variableHeader: field('Variable Header', '3.2.2'),
  acknowledgeFlags: field('Connect Acknowledge Flags', '3.2.2.1'),
  reserved: field('Reserved', '3.2.2.1'),
  sessionPresent: field('Session Present', '3.2.2.1.1', { section311: '3.2.2.2' }),
  reasonCode: field('Connect Reason Code', '3.2.2.2', {
    name311: 'Connect Return code',
    section311: '3.2.2.3',
  }),
};

export function newConnack(): Connack {
  return { type: 'CONNACK', sessionPresent: false, reasonCode: 0, properties: noProperties };
}

/** CONNACK (3.2). The first byte is reserved in 3.1, where servers fill it as they like. */
export const connack: Layout<Connack> = (io, p) => {
  io.enter(F.variableHeader);
  io.beginBits(F.acknowledgeFlags);
  const reserved = io.bits(F.reserved, 7, 1, 0);
  p.sessionPresent = io.flag(F.sessionPresent, 0, p.sessionPresent);
  io.endBits();
  const flagsStart = io.fieldStart;
  if (io.version === 3 && (reserved !== 0 || p.sessionPresent))
    io.note('sessionPresentIn31', showHex(reserved * 2 + Number(p.sessionPresent)));
  if (io.version !== 3 && reserved !== 0)
    io.violate('connackReservedFlags', reserved.toString(2).padStart(7, '0')); // [MQTT-3.2.2-1]
  p.reasonCode = io.reasonCode(F.reasonCode, 'CONNACK', p.reasonCode);
  if (p.sessionPresent && p.reasonCode !== 0 && io.version !== 3) {
    io.violate('sessionPresentOnRefusal', showHex(p.reasonCode), flagsStart); // [MQTT-3.2.2-6]
  }
  p.properties = io.properties('CONNACK', p.properties);
  io.leave();
};

import type { ControlPacket, PacketType, Publish } from './controlPacket';
import { packetTypeNames } from './controlPacket';
import { publishFlags } from './packets/publish';
import type { LengthField, Wire } from './wire';
import { field } from './wire';

const remainingLength: LengthField = {
  name: 'Remaining Length',
  section: '2.1.4',
  section311: '2.2.3',
  beyond: 'remainingLengthBeyondBytes',
};

const F = {
  fixedHeader: field('Fixed Header', '2.1.1', { section311: '2.2' }),
  typeAndFlags: field('Type and Flags', '2.1.1', { section311: '2.2' }),
  packetType: field('Control Packet Type', '2.1.2', {
    section311: '2.2.1',
    show: (code) => `${packetTypeNames[code]} (${code})`,
  }),
  dup: field('DUP', '2.1.3', { section311: '2.2.2' }),
  reserved: field('Reserved', '2.1.3', { section311: '2.2.2' }),
  remainingLength,
};

/** Bits 3-0 that are fixed for a packet type (2.1.3, table 2-2); all others have 0000. */
const reservedFlags: Partial<Readonly<Record<PacketType, number>>> = {
  PUBREL: 0b0010,
  SUBSCRIBE: 0b0010,
  UNSUBSCRIBE: 0b0010,
};

/** The first byte and the Remaining Length (2.1.1). Returns the mark that ends the region of the packet's content. */
export function fixedHeader(
  io: Wire,
  code: number,
  packet: ControlPacket | undefined,
  expected: number,
): number {
  io.enter(F.fixedHeader);
  io.beginBits(F.typeAndFlags);
  io.bits(F.packetType, 7, 4, code);
  if (code === 0) io.violate('forbiddenPacketType');
  if (packet?.type === 'PUBLISH') publishFlags(io, packet satisfies Publish);
  else flags(io, reservedFlags[packetTypeNames[code] as PacketType] ?? 0);
  io.endBits();
  if (packet?.type === 'AUTH' && io.version !== 5) {
    io.violate('packetTypeNotInVersion');
    io.version = 5; // What goes on reads it by the only description there is.
  }
  const mark = io.beginLength(F.remainingLength, expected);
  io.leave();
  return mark;
}

/** Reserved flags. 3.1 had DUP in bit 3 of PUBREL, SUBSCRIBE and UNSUBSCRIBE. */
function flags(io: Wire, fixed: number): void {
  const dupAllowed = io.version === 3 && fixed !== 0;
  let found: number;
  if (dupAllowed) {
    io.flag(F.dup, 3, false);
    found = io.bits(F.reserved, 2, 0, fixed);
  } else {
    found = io.bits(F.reserved, 3, 0, fixed);
  }
  // [MQTT-2.1.3-1] [MQTT-3.6.1-1] [MQTT-3.8.1-1] [MQTT-3.10.1-1] [MQTT-3.14.1-1] [MQTT-3.15.1-1]
  if (found !== fixed) io.violate('reservedFlags', bitsText(found, fixed, dupAllowed ? 3 : 4));
}

function bitsText(found: number, fixed: number, width: number): string {
  const text = (value: number) => value.toString(2).padStart(width, '0');
  return `${text(found)} instead of ${text(fixed)}`;
}

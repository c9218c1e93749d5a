import { assertNever } from '../base/assert';
import type { ControlPacket, PacketType } from './controlPacket';
import { acknowledgement, newAcknowledgement } from './packets/acknowledgement';
import { auth, newAuth } from './packets/auth';
import { connack, newConnack } from './packets/connack';
import { connect, newConnect } from './packets/connect';
import { disconnect, newDisconnect } from './packets/disconnect';
import { newPublish, publish } from './packets/publish';
import {
  newSuback,
  newSubscribe,
  newUnsuback,
  newUnsubscribe,
  suback,
  subscribe,
  unsuback,
  unsubscribe,
} from './packets/subscription';
import type { Wire } from './wire';

const puback = acknowledgement('PUBACK');
const pubrec = acknowledgement('PUBREC');
const pubrel = acknowledgement('PUBREL');
const pubcomp = acknowledgement('PUBCOMP');

/** The fields after the fixed header of any packet, in the direction of the interpreter. */
export function packetContent(io: Wire, packet: ControlPacket): void {
  switch (packet.type) {
    case 'PUBLISH':
      return publish(io, packet);
    case 'PUBACK':
      return puback(io, packet);
    case 'PUBREC':
      return pubrec(io, packet);
    case 'PUBREL':
      return pubrel(io, packet);
    case 'PUBCOMP':
      return pubcomp(io, packet);
    case 'CONNECT':
      return connect(io, packet);
    case 'CONNACK':
      return connack(io, packet);
    case 'SUBSCRIBE':
      return subscribe(io, packet);
    case 'SUBACK':
      return suback(io, packet);
    case 'UNSUBSCRIBE':
      return unsubscribe(io, packet);
    case 'UNSUBACK':
      return unsuback(io, packet);
    case 'PINGREQ':
    case 'PINGRESP':
      return; // Neither has a variable header or a payload (3.12, 3.13).
    case 'DISCONNECT':
      return disconnect(io, packet);
    case 'AUTH':
      return auth(io, packet);
    default:
      return assertNever(packet);
  }
}

/** Makes the packet of a type code that is to be filled in, or nothing for the forbidden 0 (2.1.2). */
export const newPacket: readonly (() => ControlPacket | undefined)[] = [
  () => undefined,
  newConnect,
  newConnack,
  newPublish,
  () => newAcknowledgement('PUBACK'),
  () => newAcknowledgement('PUBREC'),
  () => newAcknowledgement('PUBREL'),
  () => newAcknowledgement('PUBCOMP'),
  newSubscribe,
  newSuback,
  newUnsubscribe,
  newUnsuback,
  () => ({ type: 'PINGREQ' }),
  () => ({ type: 'PINGRESP' }),
  newDisconnect,
  newAuth,
];

export const packetTypeCodes: Readonly<Record<PacketType, number>> = {
  CONNECT: 1,
  CONNACK: 2,
  PUBLISH: 3,
  PUBACK: 4,
  PUBREC: 5,
  PUBREL: 6,
  PUBCOMP: 7,
  SUBSCRIBE: 8,
  SUBACK: 9,
  UNSUBSCRIBE: 10,
  UNSUBACK: 11,
  PINGREQ: 12,
  PINGRESP: 13,
  DISCONNECT: 14,
  AUTH: 15,
};

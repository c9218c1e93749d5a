import { PacketWriter } from '../protocol/codec';
import type { Connect, Disconnect, ProtocolVersion } from '../protocol/controlPacket';
import { noProperties } from '../protocol/properties';
import { isReasonCodeOfOtherSide } from '../protocol/reasonCodes';
import { showHex } from '../protocol/show';
import { ProtocolViolation } from '../protocol/violations';
import type { Violation } from '../protocol/violations';
import { isTooLarge, writeShortened } from './shortenedPacket';

/**
 * Writes DISCONNECT, without its Properties where it would be larger than the receiver takes [MQTT-3.14.2-3]
 * [MQTT-3.14.2-4], and not at all where it takes not even that.
 * @param mostBytes the largest packet the receiver takes
 */
export function writeDisconnect(
  out: PacketWriter,
  packet: Disconnect,
  version: ProtocolVersion,
  mostBytes: number,
): void {
  try {
    writeShortened(out, packet, version, mostBytes);
  } catch (error) {
    if (!isTooLarge(error)) throw error;
  }
}

/**
 * The rule a client breaks that leaves with this DISCONNECT, or undefined (3.14.2).
 * @param mostBytes the largest packet the server takes
 */
export function disconnectViolation(
  packet: Disconnect,
  connect: Connect,
  mostBytes: number,
): Violation | undefined {
  const { protocolVersion: version } = connect;
  if (version !== 5) return undefined; // There it is two bytes, whatever is asked for.
  const broken = brokenByDisconnect(packet, connect);
  if (broken) return broken;
  if (packet.properties.serverReference !== undefined) {
    return { id: 'propertyNotAllowed', offset: 0, value: 'Server Reference' }; // 3.14.2.2.5
  }
  return unwritable(packet, mostBytes);
}

/** The rule a server breaks that sends a client away with this Reason Code and Reason String, or undefined (3.14.2). */
export function serverDisconnectViolation(
  reasonCode: number,
  reasonString: string | undefined,
): Violation | undefined {
  if (isReasonCodeOfOtherSide(reasonCode, 'DISCONNECT', 'server')) {
    return { id: 'reasonCodeOfOtherSide', offset: 2, value: showHex(reasonCode) };
  }
  const properties = reasonString === undefined ? noProperties : { reasonString };
  return unwritable({ type: 'DISCONNECT', reasonCode, properties }, Infinity);
}

function unwritable(packet: Disconnect, mostBytes: number): Violation | undefined {
  try {
    new PacketWriter().write(packet, 5, mostBytes); // [MQTT-3.14.2-1]
    return undefined;
  } catch (error) {
    if (error instanceof ProtocolViolation) return error.violation;
    throw error;
  }
}

/** The rule of the conversation that a client breaks which leaves with this DISCONNECT, whatever its bytes, or undefined. */
export function brokenByDisconnect(packet: Disconnect, connect: Connect | undefined): Violation | undefined {
  const { reasonCode } = packet;
  if (isReasonCodeOfOtherSide(reasonCode, 'DISCONNECT', 'client')) {
    return { id: 'reasonCodeOfOtherSide', offset: 2, value: showHex(reasonCode) };
  }
  const opened = connect?.properties.sessionExpiryInterval ?? 0;
  const kept = packet.properties.sessionExpiryInterval ?? 0;
  if (opened === 0 && kept > 0) return { id: 'sessionExpiryAfterZero', offset: 0, value: kept }; // 3.14.2.2.2
  return undefined;
}

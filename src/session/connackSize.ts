import { PacketWriter } from '../protocol/codec';
import type { Connect } from '../protocol/controlPacket';
import type { Properties } from '../protocol/properties';
import { isTooLarge } from './shortenedPacket';

/**
 * Whether the CONNACK that accepts is no larger than the client takes [MQTT-3.1.2-24]. To be asked before anything is done for
 * it: none of its Properties can be left out, so that there is nothing but to refuse where it is.
 */
export function takesConnack(
  { protocolVersion, properties: { maximumPacketSize, authenticationMethod } }: Connect,
  properties: Properties,
  authenticationData: Uint8Array | undefined,
): boolean {
  if (protocolVersion !== 5 || maximumPacketSize === undefined) return true;
  const ofMethod = authenticationMethod !== undefined && {
    authenticationMethod,
    ...(authenticationData && { authenticationData }),
  };
  const connack = { type: 'CONNACK', sessionPresent: false, reasonCode: 0 } as const;
  try {
    new PacketWriter().write(
      { ...connack, properties: { ...properties, ...ofMethod } },
      5,
      maximumPacketSize,
    );
    return true;
  } catch (error) {
    if (isTooLarge(error)) return false;
    throw error;
  }
}

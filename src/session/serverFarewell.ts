import type { PacketWriter } from '../protocol/codec';
import type { ProtocolVersion } from '../protocol/controlPacket';
import type { Properties } from '../protocol/properties';
import { noProperties } from '../protocol/properties';
import type { Violation } from '../protocol/violations';
import { describeViolation } from '../protocol/violations';
import { connackForVersion } from './connackForVersion';
import { isTooLarge, writeShortened } from './shortenedPacket';

/** The longest Reason String of a violation, in UTF-16 code units: values of the client's may be in it. */
const longestReason = 500;

export interface Explainer {
  /** Says why a Reason Code of 0x80 and above is sent, to clients that want to know. */
  explain?(reasonCode: number): string | undefined;
}

/** The Properties, with a reason where they have none and there is one to tell; before 5.0 there are none. */
export function explained(
  reasonCode: number,
  properties: Properties,
  version: ProtocolVersion,
  explainer: Explainer,
): Properties {
  if (version !== 5 || properties.reasonString !== undefined) return properties;
  const reasonString = explainer.explain?.(reasonCode);
  return reasonString === undefined ? properties : { ...properties, reasonString };
}

/**
 * Writes a CONNACK that refuses, in the words of the client's version; without Properties where it would be larger than the
 * client takes [MQTT-3.2.2-19], and not at all where it takes not even that [MQTT-3.1.2-24].
 */
export function writeRefusal(
  out: PacketWriter,
  reasonCode: number,
  properties: Properties,
  version: ProtocolVersion,
  mostBytes: number,
): void {
  const connack = { type: 'CONNACK', sessionPresent: false, reasonCode, properties } as const; // [MQTT-3.2.2-6]
  const translated = connackForVersion(connack, version);
  if (!translated) return;
  try {
    writeShortened(out, translated, version, mostBytes);
  } catch (error) {
    if (!isTooLarge(error)) throw error;
  }
}

export function reasonProperties(reasonString: string | undefined): Properties {
  return reasonString === undefined ? noProperties : { reasonString };
}

/** The Properties of the packet that tells a client which rule it has broken; there are none before 5.0. */
export function reasonOf(violation: Violation, version: ProtocolVersion): Properties {
  if (version !== 5) return noProperties;
  const { message, clause } = describeViolation(violation, version);
  // What it was cut from may have had two halves.
  const text = message.slice(0, longestReason).replace(/\p{Cs}|\p{Noncharacter_Code_Point}|\p{Cc}/gu, '?');
  return { reasonString: `${text} [${clause}]` };
}

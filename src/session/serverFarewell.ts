import type { PacketWriter } from '../protocol/codec';
import type { Connect, ProtocolVersion } from '../protocol/controlPacket';
import type { Properties } from '../protocol/properties';
import { noProperties } from '../protocol/properties';
import type { Violation } from '../protocol/violations';
import { describeViolation, violationTable } from '../protocol/violations';
import { connackForVersion } from './connackForVersion';
import type { EndingCause, ServerEnding } from './serverContract';
import { isTooLarge, writeShortened } from './shortenedPacket';

/** The longest Reason String of a violation, in UTF-16 code units: values of the client's may be in it. */
const longestReason = 500;

export interface Explainer {
  /** Says why a Reason Code of 0x80 and above is sent, to clients that want to know; for what, where that is known. */
  explain?(reasonCode: number, cause?: EndingCause): string | undefined;
}

/** The Properties, with a reason where they have none and there is one to tell; before 5.0 there are none. */
export function explained(
  reasonCode: number,
  properties: Properties,
  version: ProtocolVersion,
  explainer: Explainer,
  cause?: EndingCause,
): Properties {
  if (version !== 5 || properties.reasonString !== undefined) return properties;
  const reasonString = explainer.explain?.(reasonCode, cause);
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

/** An ending that a broken rule brings about, or a limit that is reached where CONNACK had not told it. */
type EndingOnViolation = Extract<ServerEnding, { kind: 'protocol' | 'refused' | 'disconnectedByServer' }>;

/** How far a connection came on which a rule is broken. */
interface Advance {
  /** What CONNECT names, also where it was not read whole. */
  readonly version: ProtocolVersion;
  readonly connect: Connect | undefined;
  readonly isLetIn: boolean;
  /** The size of a packet that is larger than is taken, in bytes; 0 where none is. */
  readonly refusedSize: number;
}

/**
 * How the connection of a client ends on a broken rule. A packet that is too large breaks one only where CONNACK has said what
 * that is (3.2.2.3.6) [MQTT-3.2.2-15]: before 5.0 it cannot, and CONNECT comes before it. There it is a limit like others.
 */
export function endingOn(
  violation: Violation,
  { version, connect, isLetIn, refusedSize }: Advance,
): EndingOnViolation {
  const { id, subject } = violation;
  const named = connect ? {} : { version };
  const isLimit = id === 'packetTooLarge' && subject === 'client' && (version < 5 || !isLetIn);
  if (!isLimit) return { kind: 'protocol', violation, ...named };
  const { reasonCode } = violationTable[id];
  const limit = { reasonCode, cause: 'maximumPacketSize', packetSize: refusedSize } as const;
  if (isLetIn) return { kind: 'disconnectedByServer', ...limit };
  if (refusedSize > 0) return { kind: 'refused', ...limit, ...named };
  return { kind: 'refused', reasonCode, cause: 'tooMuchAhead', ...named };
}

/** What the client is told of that. */
export function toldOf(
  violation: Violation,
  ending: EndingOnViolation,
  version: ProtocolVersion,
  explainer: Explainer,
): Properties {
  if (ending.kind === 'protocol') return reasonOf(violation, version);
  return explained(ending.reasonCode, noProperties, version, explainer, ending.cause);
}

export function reasonProperties(reasonString: string | undefined): Properties {
  return reasonString === undefined ? noProperties : { reasonString };
}

/** The Properties of the packet that tells a client which rule it has broken; there are none before 5.0. */
function reasonOf(violation: Violation, version: ProtocolVersion): Properties {
  if (version !== 5) return noProperties;
  const { message, clause } = describeViolation(violation, version);
  // What it was cut from may have had two halves.
  const text = message.slice(0, longestReason).replace(/\p{Cs}|\p{Noncharacter_Code_Point}|\p{Cc}/gu, '?');
  return { reasonString: `${text} [${clause}]` };
}

import type { Connack, ProtocolVersion } from '../protocol/controlPacket';
import { noProperties } from '../protocol/properties';
import { reasonCodeName } from '../protocol/reasonCodes';

/** Connect Return codes of 3.1.1 (3.2.2.3) by the Reason Code of 5.0 they stand for. */
const returnCodes: ReadonlyMap<number, number> = new Map([
  [0x00, 0],
  [0x84, 1],
  [0x85, 2],
  [0x88, 3],
  [0x89, 3],
  // What is too much now may not be later.
  [0x97, 3],
  [0x86, 4],
  [0x87, 5],
]);

/** The code that a CONNACK of that version has for a Reason Code of 5.0; undefined where it has none. */
function connackCode(reasonCode: number, version: ProtocolVersion): number | undefined {
  return version === 5 ? reasonCode : returnCodes.get(reasonCode);
}

/** What a CONNACK that refuses is called in that version, with its code, if it has one; else in the words of 5.0. */
export function connackWords(
  reasonCode: number,
  version: ProtocolVersion,
): { readonly name: string; readonly code: number | undefined } {
  const code = connackCode(reasonCode, version);
  const name =
    code === undefined
      ? reasonCodeName(reasonCode, 'CONNACK', 5)
      : reasonCodeName(code, 'CONNACK', version)?.replace(/^Connection Refused, /, '');
  return { name: name?.toLowerCase() ?? 'reason', code };
}

/**
 * The CONNACK as a client of that version understands it, or undefined where it has no code for the reason and the
 * connection is closed without one [MQTT-3.2.2-6] (3.1.1).
 */
export function connackForVersion(connack: Connack, version: ProtocolVersion): Connack | undefined {
  if (version === 5) return connack;
  const reasonCode = connackCode(connack.reasonCode, version);
  if (reasonCode === undefined) return undefined;
  // 3.1 has no Session Present: its bit is reserved there.
  const sessionPresent = version === 4 && connack.sessionPresent;
  return { type: 'CONNACK', sessionPresent, reasonCode, properties: noProperties };
}

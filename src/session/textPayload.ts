import { findIllFormedUtf8 } from '../base/utf8';
import type { Publish, WillMessage } from '../protocol/controlPacket';
import type { Violation } from '../protocol/violations';

/**
 * The rule that a message of 5.0 breaks whose payload is not the UTF-8 that its Payload Format Indicator says it is (3.3.2.3.2);
 * for a will 3.1.3.2.3.
 */
export function payloadViolation(
  { properties, payload }: Publish | WillMessage,
  id: 'payloadNotUtf8' | 'willPayloadNotUtf8',
): Violation | undefined {
  if (properties.payloadFormatIndicator !== 1) return undefined;
  const at = findIllFormedUtf8(payload, 0, payload.length);
  return at < 0 ? undefined : { id, offset: 0, value: at };
}

import { isBytes } from '../base/bytes';
import { noProperties, type Properties } from './properties';

/** What goes with a User Property besides its texts, in bytes. */
const pairOverhead = 64;

/** About how many bytes Properties take in memory: what may be long in them, which is what a bound is for. */
export function propertiesSize(properties: Properties): number {
  if (properties === noProperties) return 0;
  const { contentType, responseTopic, correlationData, reasonString, userProperties } = properties;
  let size = lengthOf(contentType) + lengthOf(responseTopic) + lengthOf(correlationData);
  size += lengthOf(reasonString);
  if (!userProperties) return size;
  for (const [name, value] of userProperties) size += lengthOf(name) + lengthOf(value) + pairOverhead;
  return size;
}

/** The length of a text or of bytes; 0 of anything else, so that a sum stays a number until it is encoded, which fails. */
export function lengthOf(value: unknown): number {
  return typeof value === 'string' ? value.length : isBytes(value) ? (value as Uint8Array).length : 0;
}

import { connectVersion } from './connectVersion';
import { dissect } from './dissect';
import { fieldsNamed } from './fieldNodes';

/**
 * The Client Identifier of a CONNECT, which may be out of order, cut off, or have other packets behind it; undefined where that
 * is empty, cannot be read or is no well-formed string.
 */
export function connectIdentifier(bytes: Uint8Array): string | undefined {
  const version = connectVersion(bytes);
  if (version === undefined) return undefined;
  const { packet, fields, violations } = dissect(bytes, { version });
  if (packet?.type !== 'CONNECT' || packet.clientIdentifier === '') return undefined;
  const [field] = fieldsNamed(fields, 'Client Identifier');
  const isBroken = violations.some(
    ({ id, offset }) =>
      id === 'illFormedUtf8' && field !== undefined && offset >= field.start && offset < field.end,
  );
  return isBroken ? undefined : packet.clientIdentifier;
}

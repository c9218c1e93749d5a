import type { DroppedFromConnect } from '../../client/mqttClient';
import type { ProtocolVersion } from '../../protocol/controlPacket';
import { type PropertyKey, propertyTable } from '../../protocol/properties';
import { versionNames } from '../../protocol/versionNames';

/** What a packet went out without, as its version cannot say it: `without Content Type, which MQTT 3.1.1 has not`. */
export function droppedText(dropped: readonly PropertyKey[], version: ProtocolVersion): string {
  return `without ${namesOf(dropped)}, which MQTT ${versionNames[version]} has not`;
}

/** What the settings ask for and the connection cannot say, a line each for CONNECT and its will. */
export function droppedLines(
  { connect, will }: DroppedFromConnect = { connect: [], will: [] },
  version: ProtocolVersion,
): readonly string[] {
  const line = (what: string, keys: readonly PropertyKey[]) =>
    keys.length === 0 ? [] : [`${what} ${droppedText(keys, version)}`];
  return [...line('Connected', connect), ...line('The will is', will)];
}

function namesOf(keys: readonly PropertyKey[]): string {
  return propertyTable
    .filter(({ key }) => keys.includes(key))
    .map(({ name }) => name)
    .join(', ');
}

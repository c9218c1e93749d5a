import { assertNever } from '../base/assert';
import { grouped } from '../base/grouped';
import type { ControlPacket, ProtocolVersion } from './controlPacket';
import { reasonCodeName } from './reasonCodes';
import { showHex } from './show';

/**
 * A packet in one line, for lists. `topicName` is the topic an alias stands for, where it is known; `payloadLength` is
 * in bytes, for a packet of which only the beginning was read.
 */
export function summarize(
  packet: ControlPacket,
  version: ProtocolVersion,
  topicName?: string,
  payloadLength?: number,
): string {
  switch (packet.type) {
    case 'CONNECT': {
      const name = packet.clientIdentifier === '' ? '(no client identifier)' : packet.clientIdentifier;
      const user = packet.userName === undefined ? [] : [`user ${packet.userName}`];
      const will = packet.will ? [`will ${packet.will.topicName}`] : [];
      return [name, ...user, `keep alive ${packet.keepAlive} s`, ...will].join(' · ');
    }
    case 'CONNACK':
      return [
        reason(packet.reasonCode, packet, version),
        ...(packet.sessionPresent ? ['session present'] : []),
      ].join(' · ');
    case 'PUBLISH': {
      const alias = packet.properties.topicAlias;
      const topic = packet.topicName || topicName || `(alias ${alias ?? '?'})`;
      const identifier = packet.qos > 0 ? [`id ${packet.packetIdentifier}`] : [];
      const flags = [...(packet.retain ? ['retain'] : []), ...(packet.dup ? ['dup'] : [])];
      return [
        topic,
        `QoS ${packet.qos}`,
        ...identifier,
        ...flags,
        `${grouped(payloadLength ?? packet.payload.length)} B`,
      ].join(' · ');
    }
    case 'PUBACK':
    case 'PUBREC':
    case 'PUBREL':
    case 'PUBCOMP': {
      const code = packet.reasonCode === 0 ? [] : [reason(packet.reasonCode, packet, version)];
      return [`id ${packet.packetIdentifier}`, ...code].join(' · ');
    }
    case 'SUBSCRIBE': {
      const filters = packet.subscriptions.map(({ topicFilter, qos }) => `${topicFilter} QoS ${qos}`);
      return [`id ${packet.packetIdentifier}`, ...filters].join(' · ');
    }
    case 'UNSUBSCRIBE':
      return [`id ${packet.packetIdentifier}`, ...packet.topicFilters].join(' · ');
    case 'SUBACK':
    case 'UNSUBACK': {
      const codes = packet.reasonCodes.map((code) => reason(code, packet, version));
      return [`id ${packet.packetIdentifier}`, ...codes].join(' · ');
    }
    case 'PINGREQ':
    case 'PINGRESP':
      return '';
    case 'DISCONNECT':
    case 'AUTH':
      return version === 5 ? reason(packet.reasonCode, packet, version) : '';
    default:
      return assertNever(packet);
  }
}

function reason(code: number, packet: ControlPacket, version: ProtocolVersion): string {
  const name = reasonCodeName(code, packet.type, version) ?? 'unknown code';
  return code === 0 ? name : `${name} (${showHex(code)})`;
}

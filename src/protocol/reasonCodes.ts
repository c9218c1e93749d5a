import type { PacketType, ProtocolVersion } from './controlPacket';

interface ReasonCodeDefinition {
  readonly code: number;
  readonly name: string;
  readonly packets: readonly PacketType[];
}

const acknowledgements = ['PUBACK', 'PUBREC'] as const;

/** MQTT 5.0 Reason Codes (2.4, table 2-6). */
export const reasonCodeTable: readonly ReasonCodeDefinition[] = [
  {
    code: 0x00,
    name: 'Success',
    packets: ['CONNACK', ...acknowledgements, 'PUBREL', 'PUBCOMP', 'UNSUBACK', 'AUTH'],
  },
  { code: 0x00, name: 'Normal disconnection', packets: ['DISCONNECT'] },
  { code: 0x00, name: 'Granted QoS 0', packets: ['SUBACK'] },
  { code: 0x01, name: 'Granted QoS 1', packets: ['SUBACK'] },
  { code: 0x02, name: 'Granted QoS 2', packets: ['SUBACK'] },
  { code: 0x04, name: 'Disconnect with Will Message', packets: ['DISCONNECT'] },
  { code: 0x10, name: 'No matching subscribers', packets: acknowledgements },
  { code: 0x11, name: 'No subscription existed', packets: ['UNSUBACK'] },
  { code: 0x18, name: 'Continue authentication', packets: ['AUTH'] },
  { code: 0x19, name: 'Re-authenticate', packets: ['AUTH'] },
  {
    code: 0x80,
    name: 'Unspecified error',
    packets: ['CONNACK', ...acknowledgements, 'SUBACK', 'UNSUBACK', 'DISCONNECT'],
  },
  { code: 0x81, name: 'Malformed Packet', packets: ['CONNACK', 'DISCONNECT'] },
  { code: 0x82, name: 'Protocol Error', packets: ['CONNACK', 'DISCONNECT'] },
  {
    code: 0x83,
    name: 'Implementation specific error',
    packets: ['CONNACK', ...acknowledgements, 'SUBACK', 'UNSUBACK', 'DISCONNECT'],
  },
  { code: 0x84, name: 'Unsupported Protocol Version', packets: ['CONNACK'] },
  { code: 0x85, name: 'Client Identifier not valid', packets: ['CONNACK'] },
  { code: 0x86, name: 'Bad User Name or Password', packets: ['CONNACK'] },
  {
    code: 0x87,
    name: 'Not authorized',
    packets: ['CONNACK', ...acknowledgements, 'SUBACK', 'UNSUBACK', 'DISCONNECT'],
  },
  { code: 0x88, name: 'Server unavailable', packets: ['CONNACK'] },
  { code: 0x89, name: 'Server busy', packets: ['CONNACK', 'DISCONNECT'] },
  { code: 0x8a, name: 'Banned', packets: ['CONNACK'] },
  { code: 0x8b, name: 'Server shutting down', packets: ['DISCONNECT'] },
  { code: 0x8c, name: 'Bad authentication method', packets: ['CONNACK', 'DISCONNECT'] },
  { code: 0x8d, name: 'Keep Alive timeout', packets: ['DISCONNECT'] },
  { code: 0x8e, name: 'Session taken over', packets: ['DISCONNECT'] },
  { code: 0x8f, name: 'Topic Filter invalid', packets: ['SUBACK', 'UNSUBACK', 'DISCONNECT'] },
  { code: 0x90, name: 'Topic Name invalid', packets: ['CONNACK', ...acknowledgements, 'DISCONNECT'] },
  { code: 0x91, name: 'Packet Identifier in use', packets: [...acknowledgements, 'SUBACK', 'UNSUBACK'] },
  { code: 0x92, name: 'Packet Identifier not found', packets: ['PUBREL', 'PUBCOMP'] },
  { code: 0x93, name: 'Receive Maximum exceeded', packets: ['DISCONNECT'] },
  { code: 0x94, name: 'Topic Alias invalid', packets: ['DISCONNECT'] },
  { code: 0x95, name: 'Packet too large', packets: ['CONNACK', 'DISCONNECT'] },
  { code: 0x96, name: 'Message rate too high', packets: ['DISCONNECT'] },
  { code: 0x97, name: 'Quota exceeded', packets: ['CONNACK', ...acknowledgements, 'SUBACK', 'DISCONNECT'] },
  { code: 0x98, name: 'Administrative action', packets: ['DISCONNECT'] },
  { code: 0x99, name: 'Payload format invalid', packets: ['CONNACK', ...acknowledgements, 'DISCONNECT'] },
  { code: 0x9a, name: 'Retain not supported', packets: ['CONNACK', 'DISCONNECT'] },
  { code: 0x9b, name: 'QoS not supported', packets: ['CONNACK', 'DISCONNECT'] },
  { code: 0x9c, name: 'Use another server', packets: ['CONNACK', 'DISCONNECT'] },
  { code: 0x9d, name: 'Server moved', packets: ['CONNACK', 'DISCONNECT'] },
  { code: 0x9e, name: 'Shared Subscriptions not supported', packets: ['SUBACK', 'DISCONNECT'] },
  { code: 0x9f, name: 'Connection rate exceeded', packets: ['CONNACK', 'DISCONNECT'] },
  { code: 0xa0, name: 'Maximum connect time', packets: ['DISCONNECT'] },
  { code: 0xa1, name: 'Subscription Identifiers not supported', packets: ['SUBACK', 'DISCONNECT'] },
  { code: 0xa2, name: 'Wildcard Subscriptions not supported', packets: ['SUBACK', 'DISCONNECT'] },
];

/** Connect Return codes of 3.1 and 3.1.1 (3.1.1: 3.2.2.3, table 3.1), by value. */
const connectReturnCodes = [
  'Connection Accepted',
  'Connection Refused, unacceptable protocol version',
  'Connection Refused, identifier rejected',
  'Connection Refused, Server unavailable',
  'Connection Refused, bad user name or password',
  'Connection Refused, not authorized',
] as const;

/** SUBACK return codes of 3.1.1 (3.1.1: 3.9.3). 3.1 knows no failure. */
const subackReturnCodes: ReadonlyMap<number, string> = new Map([
  [0x00, 'Success - Maximum QoS 0'],
  [0x01, 'Success - Maximum QoS 1'],
  [0x02, 'Success - Maximum QoS 2'],
  [0x80, 'Failure'],
]);

const namesByPacket: ReadonlyMap<PacketType, ReadonlyMap<number, string>> = new Map(
  [...new Set(reasonCodeTable.flatMap((definition) => definition.packets))].map((packet) => [
    packet,
    new Map(
      reasonCodeTable
        .filter((definition) => definition.packets.includes(packet))
        .map((definition) => [definition.code, definition.name]),
    ),
  ]),
);

/** The name of a code in this packet and version, or undefined where the packet may not carry it. */
export function reasonCodeName(
  code: number,
  packet: PacketType,
  version: ProtocolVersion,
): string | undefined {
  if (version === 5) return namesByPacket.get(packet)?.get(code);
  if (packet === 'CONNACK') return connectReturnCodes[code];
  if (packet === 'SUBACK' && !(version === 3 && code === 0x80)) return subackReturnCodes.get(code);
  return undefined;
}

/** `packet -> code -> 1` where the packet may carry the code, for the versions before 5.0 and for 5.0. */
const allowed: Readonly<Record<ProtocolVersion, ReadonlyMap<PacketType, Uint8Array>>> = {
  3: allowedIn(3),
  4: allowedIn(4),
  5: allowedIn(5),
};

function allowedIn(version: ProtocolVersion): ReadonlyMap<PacketType, Uint8Array> {
  return new Map(
    [...namesByPacket.keys()].map((packet) => [
      packet,
      Uint8Array.from({ length: 256 }, (_, code) =>
        reasonCodeName(code, packet, version) === undefined ? 0 : 1,
      ),
    ]),
  );
}

/** Whether the packet may carry the code in this version (2.4, table 2-6). */
export function isReasonCode(code: number, packet: PacketType, version: ProtocolVersion): boolean {
  return allowed[version].get(packet)?.[code] === 1;
}

/**
 * What a packet says of a broken rule: its own Reason Code where the packet may carry that, else 0x82 Protocol Error. A second
 * CONNECT may break rules that only CONNACK has a code for.
 */
export function reasonCodeIn(packet: 'CONNACK' | 'DISCONNECT', code: number): number {
  return isReasonCode(code, packet, 5) ? code : 0x82;
}

/** Codes of DISCONNECT and AUTH that only one side sends (3.14.2.1, table 3-10; 3.15.2.1, table 3-11). */
const oneSided: Readonly<
  Record<'DISCONNECT' | 'AUTH', Readonly<Record<'client' | 'server', ReadonlySet<number>>>>
> = {
  DISCONNECT: {
    client: new Set([0x04]),
    server: new Set([
      ...[0x87, 0x89, 0x8b, 0x8d, 0x8e, 0x8f, 0x9a, 0x9b],
      ...[0x9c, 0x9d, 0x9e, 0x9f, 0xa0, 0xa1, 0xa2],
    ]),
  },
  AUTH: { client: new Set([0x19]), server: new Set([0x00]) },
};

/** Whether only the other side may send this code of DISCONNECT or AUTH. */
export function isReasonCodeOfOtherSide(
  code: number,
  packet: 'DISCONNECT' | 'AUTH',
  sender: 'client' | 'server',
): boolean {
  return oneSided[packet][sender === 'client' ? 'server' : 'client'].has(code);
}

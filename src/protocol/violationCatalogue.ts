import type { ViolationDefinition } from './violations';

const malformed = 0x81;
const protocolError = 0x82;

function violation(
  reasonCode: number,
  clause: string,
  message: string,
  cause: string,
  more: Partial<ViolationDefinition> = {},
): ViolationDefinition {
  return { clause, reasonCode, severity: 'violation', message, cause, ...more };
}

function suspicion(clause: string, message: string, cause: string, more: Partial<ViolationDefinition> = {}) {
  return violation(0, clause, message, cause, { severity: 'suspicious', tolerated: true, ...more });
}

/** Every rule about the format of one packet, in the order in which the specification raises them. */
export const catalogue = {
  // Data representation (1.5)
  truncated: violation(
    malformed,
    '2.1.4',
    'The packet ends where {value} more byte(s) of this field were expected.',
    'The send buffer is smaller than the packet, or the Remaining Length was computed before a field was added.',
    { clause311: '2.2.3' },
  ),
  lengthBeyondPacket: violation(
    malformed,
    '1.5.4',
    'The length prefix announces {value} bytes, more than are left here.',
    'The two length bytes are in little-endian order, or the length was taken from another string.',
    { clause311: '1.5.3' },
  ),
  illFormedUtf8: violation(
    malformed,
    'MQTT-1.5.4-1',
    'The string is not well-formed UTF-8 at byte {value} of the string.',
    'Text was cut in the middle of a character, is Latin-1, or the buffer was not initialised.',
    { clause311: 'MQTT-1.5.3-1' },
  ),
  nullCharacter: violation(
    malformed,
    'MQTT-1.5.4-2',
    'The string contains the null character U+0000 at byte {value} of the string.',
    'The length counts the terminating zero: `sizeof` or `strlen() + 1` was used instead of `strlen()`.',
    { clause311: 'MQTT-1.5.3-2' },
  ),
  disallowedCharacter: suspicion(
    '1.5.4',
    'The string contains the control or non-character {value}, which senders should avoid.',
    'A line break or an uninitialised byte ended up in a topic or an identifier.',
    { clause311: '1.5.3' },
  ),
  stringTooLong: violation(
    malformed,
    '1.5.4',
    'The string takes {value} bytes in UTF-8; the most is 65,535.',
    'A payload was passed where a string belongs.',
    { clause311: '1.5.3' },
  ),
  binaryTooLong: violation(
    malformed,
    '1.5.6',
    'The binary data takes {value} bytes; the most is 65,535.',
    'A payload was passed where a short field belongs.',
  ),
  numberOutOfRange: violation(
    malformed,
    '1.5',
    'The value {value} does not fit into the field.',
    'An integer was not limited before it was put into a field of one, two or four bytes.',
  ),
  variableByteIntegerTooLong: violation(
    malformed,
    '1.5.5',
    'The Variable Byte Integer goes on after its fourth byte.',
    'The bytes are not an MQTT packet, or the reader lost the packet boundary some bytes earlier.',
    { clause311: '2.2.3' },
  ),
  variableByteIntegerNotMinimal: violation(
    malformed,
    'MQTT-1.5.5-1',
    'The value {value} is encoded in more bytes than it needs.',
    'The length field was reserved with a fixed width and padded.',
    { clause311: '2.2.3' },
  ),
  remainingLengthPadded: suspicion(
    '2.2.3',
    'The Remaining Length {value} is encoded in more bytes than it needs, which 5.0 forbids.',
    'The length field was reserved with a fixed width and padded.',
  ),
  // Fixed header (2.1)
  forbiddenPacketType: violation(
    malformed,
    '2.1.2',
    'Packet type 0 is forbidden.',
    'The buffer was sent before the fixed header was filled in, or the stream is out of step.',
    { clause311: '2.2.1' },
  ),
  packetTypeNotInVersion: violation(
    malformed,
    '2.1.2',
    'AUTH does not exist before MQTT 5.0.',
    'The client was built for 5.0 but announced an older protocol level in CONNECT.',
    { clause311: '2.2.1' },
  ),
  reservedFlags: violation(
    malformed,
    'MQTT-2.1.3-1',
    'The reserved flag bits of the fixed header are {value}.',
    'The first byte was built without the packet type’s fixed flags: PUBREL, SUBSCRIBE and UNSUBSCRIBE need 0010.',
    { clause311: 'MQTT-2.2.2-2' },
  ),
  remainingLengthBeyondBytes: violation(
    malformed,
    '2.1.4',
    'The Remaining Length announces {value} byte(s) that are not there.',
    'The packet was sent in part, or its Remaining Length is stale after the content got shorter.',
    { clause311: '2.2.3' },
  ),
  trailingBytes: violation(
    malformed,
    '2.1.4',
    '{value} byte(s) follow the last field, inside the Remaining Length.',
    'The Remaining Length is stale after truncation, or a field of another protocol version was appended.',
    { clause311: '2.2.3' },
  ),
  bytesAfterPacket: violation(
    malformed,
    '2.1.4',
    '{value} byte(s) follow the packet.',
    'The Remaining Length was computed before a field was added.',
    { clause311: '2.2.3' },
  ),
  packetTooLarge: violation(
    0x95,
    '3.1.2.11.4',
    'The packet of {value} bytes exceeds the maximum the receiver accepts.',
    'The buffer of the receiver is smaller than the message; the Maximum Packet Size of CONNECT or CONNACK was ignored.',
    { clause311: '2.2.3' },
  ),
  packetIdentifierZero: violation(
    protocolError,
    'MQTT-2.2.1-3',
    'The Packet Identifier is 0.',
    'The identifier was never assigned, or a 16-bit counter wrapped round to 0.',
    { clause311: 'MQTT-2.3.1-1' },
  ),
  // Properties (2.2.2)
  unknownProperty: violation(
    malformed,
    '2.2.2.2',
    'Property identifier {value} does not exist.',
    'The Property Length is missing, so that the next field is read as Properties.',
  ),
  propertyNotAllowed: violation(
    malformed,
    '2.2.2.2',
    '{value} is not allowed in this packet.',
    'Properties of one packet type were reused for another.',
  ),
  duplicateProperty: violation(
    protocolError,
    '2.2.2.2',
    '{value} appears more than once.',
    'A property list is kept between packets and appended to.',
  ),
  propertyLengthBeyondPacket: violation(
    malformed,
    '2.2.2.1',
    'The Property Length announces {value} bytes, more than are left in the packet.',
    'The packet was encoded for 3.1.1, which has no Property Length, but CONNECT announced 5.0.',
  ),
  booleanPropertyOutOfRange: violation(
    protocolError,
    '2.2.2.2',
    '{value} may only be 0 or 1.',
    'A number was written where a flag belongs.',
  ),
  zeroProperty: violation(
    protocolError,
    '2.2.2.2',
    '{value} must not be 0.',
    'A default of 0 was written instead of leaving the property out.',
  ),
  topicAliasZero: violation(
    0x94,
    'MQTT-3.3.2-8',
    'Topic Alias is 0.',
    'Aliases were numbered from 0 instead of from 1.',
  ),
  responseTopicWildcard: violation(
    protocolError,
    'MQTT-3.3.2-14',
    'The Response Topic "{value}" contains a wildcard.',
    'The filter that is subscribed to was used as the topic to answer on.',
  ),
  willResponseTopicWildcard: violation(
    protocolError,
    '3.1.3.2.6',
    'The Response Topic "{value}" contains a wildcard.',
    'The filter that is subscribed to was used as the topic to answer on.',
  ),
  authenticationDataWithoutMethod: violation(
    protocolError,
    '3.1.2.11.10',
    'Authentication Data stands without an Authentication Method.',
    'The method is only sent in the first packet of the exchange.',
  ),
  authenticationMethodMissing: violation(
    protocolError,
    '3.15.2.2.2',
    'AUTH has no Authentication Method.',
    'The method is only sent in the first packet of the exchange.',
  ),
  // CONNECT (3.1)
  protocolName: violation(
    0x84,
    'MQTT-3.1.2-1',
    'The Protocol Name is "{value}" instead of "MQTT".',
    'The name is misspelt, or the bytes are not MQTT at all.',
  ),
  protocolLevel: violation(
    0x84,
    'MQTT-3.1.2-2',
    'Protocol level {value} does not belong to this Protocol Name: "MQIsdp" has 3, "MQTT" 4 or 5.',
    'The level was changed without the name, or has the bridge bit 0x80 set.',
  ),
  connectReservedFlag: violation(
    malformed,
    'MQTT-3.1.2-3',
    'The reserved bit 0 of the Connect Flags is 1.',
    'The flags were shifted by one bit.',
  ),
  willQosWithoutWill: violation(
    malformed,
    'MQTT-3.1.2-11',
    'The Will Flag is 0, but Will QoS is {value}.',
    'The will was switched off without clearing its QoS bits.',
    { clause311: 'MQTT-3.1.2-13' },
  ),
  willRetainWithoutWill: violation(
    malformed,
    'MQTT-3.1.2-13',
    'The Will Flag is 0, but Will Retain is 1.',
    'The will was switched off without clearing its retain bit.',
    { clause311: 'MQTT-3.1.2-15' },
  ),
  willQosThree: violation(
    malformed,
    'MQTT-3.1.2-12',
    'Will QoS is 3.',
    'Both bits were set instead of one; QoS 2 is binary 10.',
    { clause311: 'MQTT-3.1.2-14' },
  ),
  passwordWithoutUserName: violation(
    malformed,
    '3.1.2.9',
    'The Password Flag is 1 while the User Name Flag is 0, which 3.1.1 forbids.',
    'A token is sent as password alone, which only 5.0 allows.',
    { clause311: 'MQTT-3.1.2-22' },
  ),
  emptyClientIdentifierNeedsCleanSession: violation(
    0x85,
    'MQTT-3.1.3-6',
    'The Client Identifier is empty although Clean Session is 0.',
    'The identifier is read from storage that is empty on a new device.',
    { clause311: 'MQTT-3.1.3-7', tolerated: true },
  ),
  clientIdentifierEmptyIn31: violation(
    0x85,
    'MQTT-3.1.3-3',
    'The Client Identifier is empty, which MQTT 3.1 forbids.',
    'The identifier is read from storage that is empty on a new device.',
    { tolerated: true },
  ),
  clientIdentifierLong: suspicion(
    'MQTT-3.1.3-5',
    'The Client Identifier takes {value} bytes; every server accepts 23, and MQTT 3.1 allows no more.',
    'A UUID or a MAC address with separators was appended to a product name.',
  ),
  keepAliveZero: suspicion(
    '3.1.2.10',
    'Keep Alive is 0: neither side notices when the other is gone.',
    'The field was left at its initial value.',
  ),
  willTopicDollar: suspicion(
    '4.7.2',
    'The Will Topic starts with $, which servers keep for themselves.',
    'A topic of the server’s own was taken as an example.',
  ),
  protocolVersion31: suspicion(
    '3.1.2.2',
    'MQTT 3.1 was superseded by 3.1.1 in 2014.',
    'An old client library.',
    { severity: 'deprecated' },
  ),
  // CONNACK (3.2)
  connackReservedFlags: violation(
    malformed,
    'MQTT-3.2.2-1',
    'Bits 7-1 of the Connect Acknowledge Flags are {value} instead of 0.',
    'The server writes a whole byte where only bit 0 is defined.',
    { clause311: '3.2.2.1' },
  ),
  sessionPresentOnRefusal: violation(
    protocolError,
    'MQTT-3.2.2-6',
    'Session Present is 1 although the connection was refused with {value}.',
    'The server looks up the session before it checks the credentials.',
    { clause311: 'MQTT-3.2.2-4' },
  ),
  sessionPresentIn31: violation(
    malformed,
    '3.2.2.1',
    'The first byte after the fixed header is {value}; it is reserved in MQTT 3.1.',
    'The server answers as it does to 3.1.1.',
    { tolerated: true },
  ),
  reasonCode: violation(
    protocolError,
    '2.4',
    'Reason Code {value} is not one of this packet’s.',
    'A code of another packet type or protocol version was used.',
    { clause311: '3.2.2.3' },
  ),
  subackReturnCode: violation(
    protocolError,
    'MQTT-3.9.3-2',
    'Return code {value} is not one of SUBACK’s.',
    'A code of another packet type or protocol version was used.',
  ),
  // PUBLISH (3.3)
  publishQosThree: violation(
    malformed,
    'MQTT-3.3.1-4',
    'QoS is 3: both QoS bits are set.',
    'Both bits were set instead of one; QoS 2 is binary 10.',
  ),
  dupAtQosZero: violation(
    malformed,
    'MQTT-3.3.1-2',
    'DUP is 1 at QoS 0.',
    'The flag is kept from an earlier packet, or the byte is not a PUBLISH.',
  ),
  topicNameWildcard: violation(
    0x90,
    'MQTT-3.3.2-2',
    'The Topic Name "{value}" contains a wildcard.',
    'A Topic Filter was used as the topic to publish to.',
  ),
  topicNameEmpty: violation(
    protocolError,
    '3.3.2.1',
    'The Topic Name is empty and there is no Topic Alias.',
    'The topic string was not initialised, or an alias of 5.0 is used on a 3.1.1 connection.',
    { clause311: 'MQTT-4.7.3-1' },
  ),
  topicAliasOfShortTopic: suspicion(
    '3.3.2.3.4',
    'The Topic Alias costs three bytes and stands for a topic of {value} byte(s).',
    'Aliases are assigned to every topic, not only to long ones.',
  ),
  payloadNotUtf8: violation(
    0x99,
    '3.3.2.3.2',
    'The payload is not UTF-8 at byte {value}, although the Payload Format Indicator says so.',
    'The indicator is set for every message, binary ones included.',
    { tolerated: true },
  ),
  subscriptionIdentifierFromClient: violation(
    protocolError,
    'MQTT-3.3.4-6',
    'A PUBLISH from a client carries a Subscription Identifier.',
    'A received message is forwarded with all its properties.',
    { tolerated: true },
  ),
  // SUBSCRIBE, UNSUBSCRIBE (3.8, 3.10)
  noTopicFilter: violation(
    protocolError,
    'MQTT-3.8.3-2',
    'There is no Topic Filter.',
    'The packet is sent although the list of filters is empty.',
    { clause311: 'MQTT-3.8.3-3' },
  ),
  noTopicFilterToRemove: violation(
    protocolError,
    'MQTT-3.10.3-2',
    'There is no Topic Filter.',
    'The packet is sent although the list of filters is empty.',
  ),
  topicFilterEmpty: violation(
    malformed,
    'MQTT-4.7.3-1',
    'The Topic Filter is empty.',
    'The filter string was not initialised.',
  ),
  topicFilterMultiLevelWildcard: violation(
    malformed,
    'MQTT-4.7.1-1',
    'In the Topic Filter "{value}" the # is not a whole last level.',
    'The wildcard was appended without a /.',
    { clause311: 'MQTT-4.7.1-2' },
  ),
  topicFilterSingleLevelWildcard: violation(
    malformed,
    'MQTT-4.7.1-2',
    'In the Topic Filter "{value}" a + is not a whole level.',
    'The wildcard was used for a part of a level, as in a shell pattern.',
    { clause311: 'MQTT-4.7.1-3' },
  ),
  shareNameMissing: violation(
    malformed,
    'MQTT-4.8.2-1',
    'The shared subscription "{value}" has no ShareName, or one with a wildcard.',
    'The group’s name is empty in the configuration.',
  ),
  sharedFilterMissing: violation(
    malformed,
    'MQTT-4.8.2-2',
    'The shared subscription "{value}" has no Topic Filter after the ShareName.',
    'Only the group’s name was given.',
  ),
  noLocalOnShared: violation(
    protocolError,
    'MQTT-3.8.3-4',
    'No Local is 1 on a Shared Subscription.',
    'The same options are used for all subscriptions.',
  ),
  subscriptionQosThree: violation(
    malformed,
    '3.8.3.1',
    'The Maximum QoS of the subscription is 3.',
    'Both bits were set instead of one; QoS 2 is binary 10.',
    { clause311: 'MQTT-3.8.3-4' },
  ),
  retainHandlingThree: violation(
    protocolError,
    '3.8.3.1',
    'Retain Handling is 3.',
    'Both bits were set; the values are 0, 1 and 2.',
  ),
  subscriptionReservedBits: violation(
    malformed,
    'MQTT-3.8.3-5',
    'The reserved bits of the Subscription Options are {value} instead of 0.',
    'Options of 5.0 are sent on a 3.1.1 connection, or the byte belongs to the next field.',
    { clause311: 'MQTT-3.8.3-4' },
  ),
  noReasonCode: violation(
    malformed,
    '3.9.3',
    'There is no Reason Code.',
    'The acknowledgement was cut after its Packet Identifier.',
  ),
} as const satisfies Record<string, ViolationDefinition>;

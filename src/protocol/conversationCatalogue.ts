import type { ViolationDefinition } from './violationDefinition';
import { protocolError, violation } from './violationDefinition';

/** Every rule that one packet alone cannot break: it was sent at the wrong time, by the wrong side, or against what was agreed. */
export const conversationCatalogue = {
  // Order of packets
  firstPacketNotConnect: violation(
    protocolError,
    'MQTT-3.1.0-1',
    'The first packet from the client is {value} instead of CONNECT.',
    'The client writes before its connect call returned, or speaks another protocol: TLS on the plain port, or HTTP.',
  ),
  secondConnect: violation(
    protocolError,
    'MQTT-3.1.0-2',
    'A second CONNECT arrived on one Network Connection.',
    'The reconnect code runs while the socket is still open.',
  ),
  packetBeforeConnack: violation(
    protocolError,
    'MQTT-3.2.0-1',
    'The server sent {value} before CONNACK.',
    'The server delivers the stored session before it has answered CONNECT.',
    { clause311: 'MQTT-3.2.0-1' },
  ),
  secondConnack: violation(
    protocolError,
    'MQTT-3.2.0-2',
    'A second CONNACK arrived on one Network Connection.',
    'The server answered CONNECT twice.',
    { clause311: '3.2' },
  ),
  packetFromServerToServer: violation(
    protocolError,
    '2.1.2',
    'The client sent {value}, which only servers send.',
    'A broker or a bridge was pointed at this port, or the first byte was built with the wrong packet type.',
    { clause311: '2.2.1' },
  ),
  packetFromClientToClient: violation(
    protocolError,
    '2.1.2',
    'The server sent {value}, which only clients send in this protocol version.',
    'The peer is a client, or its packets are echoed back.',
    { clause311: '2.2.1' },
  ),
  authenticationNotAgreed: violation(
    protocolError,
    'MQTT-4.12.0-6',
    'AUTH arrived although CONNECT named no Authentication Method.',
    'Enhanced authentication is configured on one side only.',
  ),
  authenticationNotContinued: violation(
    protocolError,
    'MQTT-4.12.0-2',
    'AUTH before CONNACK carries Reason Code {value} instead of 0x18.',
    'Success of the first authentication is told by CONNACK, not by AUTH.',
  ),
  authenticationOutOfTurn: violation(
    protocolError,
    '4.12',
    'AUTH arrived out of turn: {value}.',
    'The server authenticates anew by itself, or does not wait for the answer to what it asked.',
  ),
  // What CONNECT and CONNACK agreed on
  sessionPresentUnexpected: violation(
    protocolError,
    'MQTT-3.2.2-2',
    'Session Present is 1 although CONNECT asked for a clean start.',
    'The server did not discard the stored session.',
    { clause311: 'MQTT-3.2.2-1' },
  ),
  receiveMaximumExceeded: violation(
    0x93,
    '3.3.4',
    'More than {value} QoS 1 and 2 messages are unacknowledged at once.',
    'The Receive Maximum of the receiver is ignored; CONNACK or CONNECT announces it.',
  ),
  topicAliasTooLarge: violation(
    0x94,
    'MQTT-3.3.2-9',
    'Topic Alias {value} is above the Topic Alias Maximum of the receiver.',
    'Aliases are used although the receiver announced none, or fewer.',
  ),
  topicAliasUnknown: violation(
    protocolError,
    '3.3.4',
    'Topic Alias {value} stands for no topic yet, and the Topic Name is empty.',
    'Aliases were kept over a reconnect; they end with the Network Connection.',
  ),
  qosNotSupported: violation(
    0x9b,
    'MQTT-3.2.2-11',
    'QoS {value} is above the Maximum QoS of the server.',
    'The Maximum QoS of CONNACK is ignored.',
  ),
  retainNotSupported: violation(
    0x9a,
    'MQTT-3.2.2-14',
    'RETAIN is 1 although the server keeps no retained messages.',
    'The Retain Available of CONNACK is ignored.',
  ),
  sharedSubscriptionNotSupported: violation(
    0x9e,
    '3.2.2.3.13',
    'The shared subscription "{value}" was sent to a server without them.',
    'The Shared Subscription Available of CONNACK is ignored.',
  ),
  wildcardSubscriptionNotSupported: violation(
    0xa2,
    '3.2.2.3.11',
    'The Topic Filter "{value}" has a wildcard, which the server does not support.',
    'The Wildcard Subscription Available of CONNACK is ignored.',
  ),
  subscriptionIdentifierNotSupported: violation(
    0xa1,
    '3.2.2.3.12',
    'A Subscription Identifier was sent to a server without them.',
    'The Subscription Identifiers Available of CONNACK is ignored.',
  ),
  sessionExpiryAfterZero: violation(
    protocolError,
    '3.14.2.2.2',
    'DISCONNECT sets a Session Expiry Interval although it was 0 in CONNECT.',
    'The session was opened without an expiry and should be kept only when leaving.',
  ),
  sessionExpiryFromServer: violation(
    protocolError,
    'MQTT-3.14.2-2',
    'DISCONNECT from the server carries a Session Expiry Interval.',
    'The server copied the Properties of a DISCONNECT it received.',
  ),
  reasonCodeOfOtherSide: violation(
    protocolError,
    '3.14.2.1',
    'Reason Code {value} is only sent by the other side.',
    'The code was copied from a packet that was received.',
  ),
  packetAfterDisconnect: violation(
    protocolError,
    'MQTT-3.14.4-1',
    '{value} follows the DISCONNECT of the same sender.',
    'Another task still writes while the connection is being closed.',
    { clause311: 'MQTT-3.14.4-2' },
  ),
  disconnectAfterRefusal: violation(
    protocolError,
    'MQTT-3.14.0-1',
    'The server sent DISCONNECT after a CONNACK that refused the connection.',
    'The server closes refused connections as it closes accepted ones.',
  ),
  assignedClientIdentifierMissing: violation(
    protocolError,
    'MQTT-3.1.3-7',
    'CONNECT had no Client Identifier, and CONNACK assigns none.',
    'The server makes an identifier up and keeps it to itself.',
  ),
  responseInformationUnasked: violation(
    protocolError,
    'MQTT-3.1.2-28',
    'CONNACK carries Response Information that CONNECT did not request.',
    'The server sends the same CONNACK to every client.',
  ),
  problemInformationUnasked: violation(
    protocolError,
    'MQTT-3.1.2-29',
    'The packet explains itself although CONNECT set Request Problem Information to 0.',
    'The server adds reason strings without asking what the client can take.',
  ),
  packetBeforeAuthenticated: violation(
    protocolError,
    'MQTT-3.1.2-30',
    'The client sent {value} before CONNACK, in the middle of the authentication.',
    'The client does not wait for CONNACK, which works with servers that ask for nothing more.',
  ),
  authenticationMethodChanged: violation(
    protocolError,
    'MQTT-4.12.0-5',
    'The Authentication Method is not that of CONNECT: {value}.',
    'The method is only sent in the first packet of the exchange.',
  ),
  subscriptionIdentifierFromClient: violation(
    protocolError,
    'MQTT-3.3.4-6',
    'A PUBLISH from a client carries a Subscription Identifier.',
    'A received message is forwarded with all its properties.',
    { tolerated: true },
  ),
  // Acknowledgements
  acknowledgementOfOtherQos: violation(
    protocolError,
    '4.3',
    '{value} does not belong to the QoS of the message it acknowledges.',
    'The receiver answers every message as if it had another QoS.',
  ),
  reasonCodesMissing: violation(
    protocolError,
    'MQTT-3.8.4-6',
    'The acknowledgement carries {value} Reason Code(s), not one for each Topic Filter.',
    'Only one code is sent however many filters were asked for.',
    { clause311: 'MQTT-3.8.4-5' },
  ),
} as const satisfies Record<string, ViolationDefinition>;

import type { Auth, Connack, ControlPacket, Disconnect, PacketType, ProtocolVersion } from './controlPacket';
import type { Report } from './contextRules';
import type { DissectionContext, Sender } from './dissectionContext';
import type { ReadFields } from './fieldNodes';
import { isKnown } from './fieldNodes';
import { isReasonCodeOfOtherSide, reasonCodeName } from './reasonCodes';
import { showHex } from './show';
import type { ViolationId } from './violations';

/** What a packet may not be after what went before it on its connection: who sends what, when, and as was agreed. */
export function connectionViolations(
  packet: ControlPacket,
  sender: Sender,
  context: DissectionContext,
  version: ProtocolVersion,
  read: ReadFields,
  report: Report,
): void {
  const wrongSide = directionViolation(packet.type, sender, version);
  if (wrongSide) report(wrongSide, 'Control Packet Type', packet.type);
  orderViolations(packet, sender, context, report);
  if (packet.type === 'CONNACK') connackViolations(packet, context, version, read, report);
  if (version !== 5) return;
  if (packet.type === 'DISCONNECT') disconnectViolations(packet, sender, context, report);
  if (packet.type === 'DISCONNECT' || packet.type === 'AUTH') {
    reasonCodeViolations(packet, sender, context, read, report);
  }
  agreementViolations(packet, sender, context, read, report);
}

const reasonCodeLabels = { DISCONNECT: 'Disconnect Reason Code', AUTH: 'Authenticate Reason Code' } as const;
const continueAuthentication = 0x18;

/** Who may send which Reason Code (tables 3-10 and 3-11), and which one while a connection is being opened (4.12). */
function reasonCodeViolations(
  { type, reasonCode }: Disconnect | Auth,
  sender: Sender,
  { connect, connackReasonCode, oneSided }: DissectionContext,
  read: ReadFields,
  report: Report,
): void {
  const label = reasonCodeLabels[type];
  if (!isKnown(read, label)) return;
  const shown = `${showHex(reasonCode)} (${reasonCodeName(reasonCode, type, 5) ?? 'unknown'})`;
  const agreed = connect?.properties.authenticationMethod !== undefined;
  const opening = type === 'AUTH' && agreed && connackReasonCode === undefined && !oneSided;
  if (opening && reasonCode !== continueAuthentication) {
    report('authenticationReasonCode', label, shown, { subject: sender }); // [MQTT-4.12.0-2] [MQTT-4.12.0-3]
  } else if (isReasonCodeOfOtherSide(reasonCode, type, sender)) {
    report('reasonCodeOfOtherSide', label, shown);
  }
}

const fromClients: ReadonlySet<PacketType> = new Set(['CONNECT', 'SUBSCRIBE', 'UNSUBSCRIBE', 'PINGREQ']);
const fromServers: ReadonlySet<PacketType> = new Set(['CONNACK', 'SUBACK', 'UNSUBACK', 'PINGRESP']);

/** Table 2-1: who may send what. Before 5.0 only clients send DISCONNECT. */
function directionViolation(
  type: PacketType,
  sender: Sender,
  version: ProtocolVersion,
): ViolationId | undefined {
  if (sender === 'client' && fromServers.has(type)) return 'packetFromServerToServer';
  const onlyClients = fromClients.has(type) || (type === 'DISCONNECT' && version !== 5);
  return sender === 'server' && onlyClients ? 'packetFromClientToClient' : undefined;
}

function orderViolations(
  { type }: ControlPacket,
  sender: Sender,
  { earlierPackets, disconnected, connackReasonCode }: DissectionContext,
  report: Report,
): void {
  if (disconnected) report('packetAfterDisconnect', 'Control Packet Type', type); // [MQTT-3.14.4-1]
  if (sender === 'server' && type === 'CONNACK' && connackReasonCode !== undefined) {
    report('secondConnack', 'Control Packet Type'); // [MQTT-3.2.0-2]
  }
  if (earlierPackets === undefined) return;
  if (sender === 'client') {
    if (earlierPackets === 0 && type !== 'CONNECT')
      report('firstPacketNotConnect', 'Control Packet Type', type); // [MQTT-3.1.0-1]
    if (earlierPackets > 0 && type === 'CONNECT') report('secondConnect', 'Control Packet Type'); // [MQTT-3.1.0-2]
  } else if (earlierPackets === 0 && type !== 'CONNACK' && type !== 'AUTH') {
    report('packetBeforeConnack', 'Control Packet Type', type); // [MQTT-3.2.0-1]
  }
}

function connackViolations(
  packet: Connack,
  { connect }: DissectionContext,
  version: ProtocolVersion,
  read: ReadFields,
  report: Report,
): void {
  const reasonCode = version === 5 ? 'Connect Reason Code' : 'Connect Return code';
  if (!connect || packet.reasonCode !== 0 || !isKnown(read, reasonCode)) return;
  if (connect.cleanStart && packet.sessionPresent && version !== 3) {
    report('sessionPresentUnexpected', 'Session Present'); // [MQTT-3.2.2-2]
  }
  if (version !== 5) return;
  const assigned = packet.properties.assignedClientIdentifier !== undefined || !isKnown(read, 'Properties');
  if (connect.clientIdentifier === '' && !assigned) {
    report('assignedClientIdentifierMissing', 'Properties'); // [MQTT-3.1.3-7]
  }
  const { responseInformation } = packet.properties;
  if (responseInformation !== undefined && (connect.properties.requestResponseInformation ?? 0) === 0) {
    report('responseInformationUnasked', 'Response Information'); // [MQTT-3.1.2-28]
  }
}

function disconnectViolations(
  { properties: { sessionExpiryInterval } }: Disconnect,
  sender: Sender,
  { connect, connackReasonCode }: DissectionContext,
  report: Report,
): void {
  if (sender === 'server' && connackReasonCode !== undefined && connackReasonCode >= 0x80) {
    report('disconnectAfterRefusal', 'Control Packet Type'); // [MQTT-3.14.0-1]
  }
  if (sessionExpiryInterval === undefined) return;
  if (sender === 'server') report('sessionExpiryFromServer', 'Session Expiry Interval'); // [MQTT-3.14.2-2]
  const opened = connect && (connect.properties.sessionExpiryInterval ?? 0);
  if (sender === 'client' && opened === 0 && sessionExpiryInterval > 0) {
    report('sessionExpiryAfterZero', 'Session Expiry Interval');
  }
}

const mayExplain: ReadonlySet<PacketType> = new Set(['PUBLISH', 'CONNACK', 'DISCONNECT']);

/** What CONNECT asked for or ruled out (3.1.2.11). */
function agreementViolations(
  packet: ControlPacket,
  sender: Sender,
  { connect, connackReasonCode, oneSided }: DissectionContext,
  read: ReadFields,
  report: Report,
): void {
  if (!connect || packet.type === 'CONNECT') return;
  const properties = 'properties' in packet ? packet.properties : {};
  if (
    sender === 'server' &&
    connect.properties.requestProblemInformation === 0 &&
    !mayExplain.has(packet.type)
  ) {
    // [MQTT-3.1.2-29]
    if (properties.reasonString !== undefined) report('problemInformationUnasked', 'Reason String');
    if (properties.userProperties) report('problemInformationUnasked', 'User Property');
  }
  const method = connect.properties.authenticationMethod;
  if (method === undefined) {
    if (packet.type === 'AUTH') {
      report('authenticationNotAgreed', 'Control Packet Type', undefined, { subject: sender }); // [MQTT-4.12.0-6] [MQTT-4.12.0-7]
    } else if (packet.type === 'CONNACK' && properties.authenticationMethod !== undefined) {
      report('authenticationMethodUnasked', 'Authentication Method', properties.authenticationMethod); // [MQTT-4.12.0-6]
    }
    return;
  }
  if (packet.type === 'AUTH' || (packet.type === 'CONNACK' && packet.reasonCode === 0)) {
    if (properties.authenticationMethod !== method && isKnown(read, 'Properties')) {
      // [MQTT-4.12.0-5] [MQTT-4.12.1-1]
      report(
        'authenticationMethodChanged',
        'Authentication Method',
        properties.authenticationMethod ?? 'none',
      );
    }
  } else if (
    sender === 'client' &&
    connackReasonCode === undefined &&
    !oneSided &&
    packet.type !== 'DISCONNECT'
  ) {
    report('packetBeforeAuthenticated', 'Control Packet Type', packet.type); // [MQTT-3.1.2-30]
  }
}

import type { Report } from './contextRules';
import type { Acknowledgement, ControlPacket, ProtocolVersion, Publish } from './controlPacket';
import type { DissectionContext, IdentifierContext, Sender } from './dissectionContext';

const label = 'Packet Identifier';
const mostMessages = 65_535;

/** Which Packet Identifiers a packet may have after those before it: one that is free, or the one it answers (2.2.1). */
export function identifierViolations(
  packet: ControlPacket,
  sender: Sender,
  { identifiers, announcement }: DissectionContext,
  version: ProtocolVersion,
  report: Report,
): void {
  // 0 was reported already, or stands for what could not be read.
  if (!identifiers || !('packetIdentifier' in packet) || packet.packetIdentifier === 0) return;
  switch (packet.type) {
    case 'PUBLISH': {
      // Without the other side's announcement nobody knows what it allows.
      const most = version === 5 && announcement ? (announcement.receiveMaximum ?? mostMessages) : undefined;
      messageViolations(packet, sender, identifiers, most, report);
      break;
    }
    case 'SUBSCRIBE':
    case 'UNSUBSCRIBE':
      // 3.1 sends them again, with a DUP flag that later versions do not have.
      if (version !== 3 && identifiers.own.get(packet.packetIdentifier)?.inUse) {
        report('packetIdentifierInUse', label, packet.packetIdentifier, { subject: 'client' }); // [MQTT-2.2.1-3] [MQTT-2.3.1-2] (3.1.1)
      }
      break;
    case 'PUBREL':
      releaseViolations(packet, identifiers, report);
      break;
    default:
      answerViolations(packet, identifiers, report);
  }
}

function messageViolations(
  { qos, dup, packetIdentifier }: Publish,
  sender: Sender,
  { own }: IdentifierContext,
  receiveMaximum: number | undefined,
  report: Report,
): void {
  if (qos !== 1 && qos !== 2) return;
  const use = own.get(packetIdentifier);
  if (!use?.inUse) {
    if (receiveMaximum === undefined || own.messagesInFlight < receiveMaximum) return;
    report('receiveMaximumExceeded', label, receiveMaximum, { subject: sender }); // [MQTT-3.3.4-7] [MQTT-3.3.4-9] [MQTT-4.9.0-2]
  } else if (!dup || use.type !== 'PUBLISH') {
    report('packetIdentifierInUse', label, packetIdentifier, { subject: sender }); // [MQTT-2.2.1-3] [MQTT-2.2.1-4] [MQTT-2.3.1-4] (3.1.1)
  }
}

function releaseViolations(
  { packetIdentifier, reasonCode }: Acknowledgement,
  { own, fromConnect, newSession }: IdentifierContext,
  report: Report,
): void {
  const use = own.get(packetIdentifier);
  if (use?.awaits('PUBREL') || (use?.type === 'PUBLISH' && use.qos === 2 && use.inUse)) return;
  if (use?.type === 'PUBLISH' && use.inUse)
    report('acknowledgementOfOtherQos', 'Control Packet Type', 'PUBREL');
  // What a resumed session had begun goes on from here (4.4), and 0x92 says that there was nothing.
  else if (reasonCode === packetIdentifierNotFound || (fromConnect && !newSession)) return;
  else report(unmatched(fromConnect), label, packetIdentifier, { subject: 'PUBREL' }); // [MQTT-2.2.1-5]
}

const packetIdentifierNotFound = 0x92;

function answerViolations(
  { type, packetIdentifier }: ControlPacket & { readonly packetIdentifier: number },
  { peers, fromConnect }: IdentifierContext,
  report: Report,
): void {
  const use = peers.get(packetIdentifier);
  if (use?.awaits(type)) return;
  const ofMessage = type === 'PUBACK' || type === 'PUBREC' || type === 'PUBCOMP';
  if (ofMessage && use?.type === 'PUBLISH' && use.inUse && (type === 'PUBACK') !== (use.qos === 1)) {
    report('acknowledgementOfOtherQos', 'Control Packet Type', type);
  } else {
    report(unmatched(fromConnect), label, packetIdentifier, { subject: type }); // [MQTT-2.2.1-5] [MQTT-2.2.1-6]
  }
}

/** A capture that began in the middle may lack the packet that is answered. */
function unmatched(fromConnect: boolean): 'acknowledgementUnmatched' | 'acknowledgementOfUnknown' {
  return fromConnect ? 'acknowledgementUnmatched' : 'acknowledgementOfUnknown';
}

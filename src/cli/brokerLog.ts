import { assertNever } from '../base/assert';
import { hexByte } from '../base/bytes';
import type {
  ActionDenied,
  BrokerFailure,
  ClientConnected,
  ClientMistaken,
  ConnectionEnded,
  SessionTakenOver,
} from '../broker/brokerEvents';
import type { PacketType, ProtocolVersion } from '../protocol/controlPacket';
import { reasonCodeName } from '../protocol/reasonCodes';
import { describeViolation, type Violation } from '../protocol/violations';
import type { ServerEnding } from '../session/serverContract';
import { connackCode } from '../session/connackForVersion';
import { versionNames } from '../protocol/versionNames';

export function connectedLine({ clientIdentifier, peer, version, sessionPresent }: ClientConnected): string {
  const session = sessionPresent ? 'session resumed' : 'new session';
  return `+ ${quoted(clientIdentifier)} from ${peer}, MQTT ${versionNames[version]}, ${session}`;
}

export function endedLine(ended: ConnectionEnded): string {
  const { clientIdentifier, peer, droppedMessages } = ended;
  const who = clientIdentifier === undefined ? peer : `${quoted(clientIdentifier)} from ${peer}`;
  const dropped = droppedMessages === 0 ? '' : ` (${droppedMessages} messages to it were dropped)`;
  return `- ${who}: ${endedText(ended)}${dropped}`;
}

/** How a connection ended, with the clause and the usual cause where that broke a rule. */
export function endedText({ clientIdentifier, version, ending }: ConnectionEnded): string {
  // A health check or a port scan does that; who never said CONNECT owes no DISCONNECT.
  if (ending.kind === 'dropped' && clientIdentifier === undefined)
    return 'it left before it had sent CONNECT';
  return endingText(ending, version ?? 4);
}

export function failedLine({ clientIdentifier, peer, error }: BrokerFailure): string {
  const who = clientIdentifier === undefined ? peer : `${quoted(clientIdentifier)} from ${peer}`;
  return `! ${who}: the broker failed (${quoted(error instanceof Error ? error.message : String(error))})`;
}

export function takenOverLine({ clientIdentifier, fromPeer, byPeer, count }: SessionTakenOver): string {
  const fight = count > 2 ? `; that happened ${count} times, so two clients have one identifier` : '';
  return `~ ${quoted(clientIdentifier)} from ${byPeer} takes over from ${fromPeer}${fight}`;
}

export function deniedLine({ clientIdentifier, peer, action, topic, reason }: ActionDenied): string {
  const who = `- ${quoted(clientIdentifier)} from ${peer}`;
  switch (reason) {
    case 'rules':
      return `${who} may not ${action === 'publish' ? 'publish to' : 'subscribe to'} ${quoted(topic)}`;
    case 'serverTopic':
      return `${who} may not publish to ${quoted(topic)}: only the broker does`;
    case 'retainedQuota':
      return `${who}: its message to ${quoted(topic)} was not retained, there are as many as the limits allow`;
    default:
      return assertNever(reason);
  }
}

/** A rule was broken, and the client stays. */
export function mistakenLine({ clientIdentifier, version, peer, violation }: ClientMistaken): string {
  return `- ${quoted(clientIdentifier)} from ${peer}: ${violationText(violation, version)}`;
}

/** A Client Identifier may hold any character: none of them may act on the terminal. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f]/g,
    (control) => `\\u00${hexByte(control.charCodeAt(0))}`,
  );
}

function endingText(ending: ServerEnding, version: ProtocolVersion): string {
  switch (ending.kind) {
    case 'disconnectedByClient': {
      const { reasonCode, properties } = ending.disconnect;
      const reason = properties.reasonString === undefined ? '' : ` ${quoted(properties.reasonString)}`;
      return `disconnected${reasonCode === 0 ? '' : `, ${reasonText(reasonCode, 'DISCONNECT')}`}${reason}`;
    }
    case 'disconnectedByServer':
      return `sent away, ${reasonText(ending.reasonCode, 'DISCONNECT')}`;
    case 'refused':
      return `refused, ${refusalText(ending.reasonCode, version)}`;
    case 'protocol':
      return violationText(ending.violation, version);
    case 'connectTimeout':
      return 'no CONNECT arrived in time';
    case 'keepAliveTimeout':
      return 'nothing was heard for one and a half times the keep alive';
    case 'dropped':
      return ending.failure
        ? `connection lost (${ending.failure.detail})`
        : 'connection closed without DISCONNECT';
    default:
      return assertNever(ending);
  }
}

function violationText(violation: Violation, version: ProtocolVersion): string {
  const { message, cause, clause } = describeViolation(violation, version);
  return `protocol violation [${clause}]: ${message}${cause === '' ? '' : ` Usual cause: ${cause}`}`;
}

/** The reason in the words of 5.0, which say more, with the code that went over the wire. */
function refusalText(reason: number, version: ProtocolVersion): string {
  const name = reasonCodeName(reason, 'CONNACK', 5)?.toLowerCase() ?? 'reason';
  const code = connackCode(reason, version);
  return code === undefined
    ? `${name} (without CONNACK: 3.1.1 has no code for it)`
    : `${name} (0x${hexByte(code)})`;
}

function reasonText(code: number, packet: PacketType): string {
  return `${reasonCodeName(code, packet, 5)?.toLowerCase() ?? 'reason'} (0x${hexByte(code)})`;
}

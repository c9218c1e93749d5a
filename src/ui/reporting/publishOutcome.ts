import { hexByte } from '../../base/bytes';
import { ClientError, PublishError } from '../../client/clientFailure';
import { reasonCodeName } from '../../protocol/reasonCodes';
import { versionNames } from '../../protocol/versionNames';
import { describeViolation, ProtocolViolation } from '../../protocol/violations';
import { type LiveConnection, NotConnectedError, type OutgoingMessage } from '../connections/liveConnection';
import { explainClientFailure } from './clientFailure';
import { saying } from './serverReasons';

type Publishing = Pick<LiveConnection, 'profile' | 'version'>;

/** PUBACK or PUBREC say nobody gets it (5.0: 3.4.2.1), which is no error and yet worth knowing. */
const noMatchingSubscribers = 0x10;

const waysOfQos = ['sent', 'acknowledged', 'received exactly once'] as const;

/** What became of a message, in one line: `Published devices/bench-7/led · 14 B · QoS 1 acknowledged`. */
export function publishedText(
  reasonCode: number,
  { topicName, payload, qos, retain }: OutgoingMessage,
): string {
  const parts = [
    `Published ${topicName}`,
    `${payload.length.toLocaleString('en-US')} B`,
    `QoS ${qos} ${waysOfQos[qos]}`,
  ];
  if (retain) parts.push('retained');
  if (reasonCode === noMatchingSubscribers) parts.push('no subscriber');
  return parts.join(' · ');
}

/** What a message waits for, in one line. */
export function waitingText(
  { topicName, qos }: OutgoingMessage,
  { profile, isReconnecting }: Pick<LiveConnection, 'profile' | 'isReconnecting'>,
): string {
  if (isReconnecting) return `The message to ${topicName} waits: ${profile.name} is reconnecting`;
  return `Waiting for ${qos === 2 ? 'PUBREC and PUBCOMP' : 'PUBACK'} of ${topicName}`;
}

/** The server had taken a QoS 2 message, and then forgot what it knew of this client (4.1, 4.4). */
export function explainSessionLoss(
  { topicName }: OutgoingMessage,
  { profile }: Pick<LiveConnection, 'profile'>,
): string {
  return `The message to "${topicName}": ${profile.name} had taken it (PUBREC) and then lost the session. It is not sent again; whether it went on to anybody is not known.`;
}

/**
 * Why the server did not take a message, or undefined where it did.
 * @param reasonString what the server says about it
 */
export function explainPublishReason(
  reasonCode: number,
  { topicName, qos }: OutgoingMessage,
  { profile, version }: Publishing,
  reasonString?: string,
): string | undefined {
  if (reasonCode < 0x80) return undefined;
  const name =
    reasonCodeName(reasonCode, qos === 2 ? 'PUBREC' : 'PUBACK', version)?.toLowerCase() ?? 'reason not known';
  return `${profile.name} refused the message to "${topicName}": ${name} (0x${hexByte(reasonCode)}).${saying(reasonString)} ${adviceFor(reasonCode)}`;
}

/**
 * Why a message could not be published, as sentences; undefined for an error that is not about publishing.
 * @param wasUp whether there was a connection at any time since it was published, so that it may have been sent
 */
export function explainPublishError(
  error: unknown,
  { topicName, qos }: OutgoingMessage,
  { profile, version }: Publishing,
  wasUp = true,
): string | undefined {
  if (error instanceof NotConnectedError) {
    return `Nothing was published: ${profile.name} is not connected. Connect it and publish again.`;
  }
  if (error instanceof ProtocolViolation) {
    const { message, clause } = describeViolation(error.violation, version);
    return `The message to "${topicName}" cannot be sent over MQTT ${versionNames[version]}. ${message} (${clause}). Correct it and publish again.`;
  }
  if (error instanceof PublishError) {
    const { failure } = error;
    if (failure.kind === 'unencodable') {
      return `The message to "${topicName}" was not sent: it could not be put into a packet (${failure.detail}). Shorten or correct it and publish again.`;
    }
    return failure.kind === 'expired'
      ? `The message to "${topicName}" was not sent: its Message Expiry Interval passed while it waited for a connection. Publish again, or give it more time.`
      : `The message to "${topicName}" was not taken: ${failure.bound.messages.toLocaleString('en-US')} messages or ${failure.bound.bytes.toLocaleString('en-US')} B wait already, which is all that may. Publish again when they are through.`;
  }
  if (error instanceof ClientError) {
    const { short } = explainClientFailure(error.failure, profile);
    // A Session that is resumed sends again what was not acknowledged (4.4).
    const next =
      qos > 0 && error.kept
        ? 'It is kept: connect again, and it is sent by itself.'
        : 'Connect and publish again.';
    return wasUp
      ? `The connection ended before the message to "${topicName}" was through: ${short}. Whether it arrived is not known. ${next}`
      : `The message to "${topicName}" was not sent: it waited for a connection until that was given up${error.failure.kind === 'notConnected' ? '' : ` (${short})`}. ${next}`;
  }
  return undefined;
}

function adviceFor(reasonCode: number): string {
  switch (reasonCode) {
    case 0x87:
      return 'This user may not publish there. Check what the server allows this user.';
    case 0x90:
      return 'The server does not take this topic name. Choose another.';
    case 0x97:
      return 'A quota of the server is used up. Try again later.';
    case 0x99:
      return 'The payload is not what its Payload Format Indicator says.';
    default:
      return "The server's log usually says more.";
  }
}

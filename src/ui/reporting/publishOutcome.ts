import { hexByte } from '../../base/bytes';
import { grouped } from '../../base/grouped';
import { ClientError, PublishError } from '../../client/clientFailure';
import type { KeptFailure } from '../../client/mqttClient';
import { reasonCodeName } from '../../protocol/reasonCodes';
import { versionNames } from '../../protocol/versionNames';
import { describeViolation, ProtocolViolation } from '../../protocol/violations';
import { addressOf, type ConnectionProfile, outlivesWindow } from '../connections/connectionProfile';
import { type LiveConnection, NotConnectedError, type OutgoingMessage } from '../connections/liveConnection';
import type { ServersWords } from '../connections/subscribedFilters';
import { explainClientFailure } from './clientFailure';
import { saying } from './serverReasons';

type Publishing = Pick<LiveConnection, 'profile' | 'version'>;
type Addressed = Pick<OutgoingMessage, 'topicName' | 'qos'>;

/** PUBACK or PUBREC say nobody gets it (5.0: 3.4.2.1), which is no error and yet worth knowing. */
const noMatchingSubscribers = 0x10;

const waysOfQos = ['sent', 'acknowledged', 'received exactly once'] as const;

/** What became of a message, in one line: `Published devices/bench-7/led · 14 B · QoS 1 acknowledged`. */
export function publishedText(
  reasonCode: number,
  { topicName, payload, qos, retain }: OutgoingMessage,
): string {
  const parts = [`Published ${topicName}`, `${grouped(payload.length)} B`, `QoS ${qos} ${waysOfQos[qos]}`];
  if (retain) parts.push('retained');
  if (reasonCode === noMatchingSubscribers) parts.push('no subscriber');
  return parts.join(' · ');
}

/** What a message waits for, in one line. */
export function waitingText(
  { topicName, qos }: OutgoingMessage,
  { profile, isReconnecting }: Pick<LiveConnection, 'profile' | 'isReconnecting'>,
): string {
  if (isReconnecting) {
    const bound = outlivesWindow(profile) ? '' : ', while this window is open';
    return `The message to ${topicName} waits: ${profile.name} is reconnecting${bound}`;
  }
  return `Waiting for ${qos === 2 ? 'PUBREC and PUBCOMP' : 'PUBACK'} of ${topicName}`;
}

/** The server had taken a QoS 2 message, and then forgot what it knew of this client (4.1, 4.4). */
export function explainSessionLoss(
  { topicName }: Pick<OutgoingMessage, 'topicName'>,
  { profile }: Pick<LiveConnection, 'profile'>,
): string {
  return `The message to "${topicName}": ${profile.name} had taken it (PUBREC) and then lost the session. It is not sent again; whether it went on to anybody is not known.`;
}

/**
 * Why the server did not take a message, or undefined where it did.
 * @param words what the server says about it
 */
export function explainPublishReason(
  reasonCode: number,
  { topicName, qos }: Addressed,
  { profile, version }: Publishing,
  words: ServersWords = {},
): string | undefined {
  if (reasonCode < 0x80) return undefined;
  const name =
    reasonCodeName(reasonCode, qos === 2 ? 'PUBREC' : 'PUBACK', version)?.toLowerCase() ?? 'reason not known';
  return `${profile.name} refused the message to "${topicName}": ${name} (0x${hexByte(reasonCode)}).${saying(words)} ${adviceFor(reasonCode)}`;
}

/**
 * Why a message could not be published, as sentences; undefined for an error that is not about publishing.
 * @param wasUp whether there was a connection at any time since it was published, so that it may have been sent
 */
export function explainPublishError(
  error: unknown,
  { topicName, qos }: Addressed,
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
    if (failure.kind === 'tooManyRequests') {
      return `Nothing was sent: ${grouped(failure.outstanding)} requests wait for their answers already, which is all that may. Try again when the server has answered.`;
    }
    return failure.kind === 'expired'
      ? `The message to "${topicName}" was not sent: its Message Expiry Interval passed while it waited for a connection. Publish again, or give it more time.`
      : `The message to "${topicName}" was not taken: ${grouped(failure.bound.messages)} messages or ${grouped(failure.bound.bytes)} B wait already, which is all that may. Publish again when they are through.`;
  }
  if (error instanceof ClientError) {
    const { short } = explainClientFailure(error.failure, profile);
    // A Session that is resumed sends again what was not acknowledged (4.4).
    const next =
      qos > 0 && error.kept
        ? `It is kept${outlivesWindow(profile) ? '' : ' while this window is open'}: connect again, and it is sent by itself.`
        : 'Connect and publish again.';
    return wasUp
      ? `The connection ended before the message to "${topicName}" was through: ${short}. Whether it arrived is not known. ${next}`
      : `The message to "${topicName}" was not sent: it waited for a connection until that was given up${error.failure.kind === 'notConnected' ? '' : ` (${short})`}. ${next}`;
  }
  return undefined;
}

/** Why a message that was kept did not get through, as sentences. */
export function explainKeptFailure(failure: KeptFailure, connection: Publishing): string {
  const { name } = connection.profile;
  if (failure.topicName === undefined) {
    if ('error' in failure) return withoutTopic(failure.error, connection);
    return `A message that was kept from earlier: ${name} had taken it (PUBREC) and then lost the session. It is not sent again; whether it went on to anybody is not known.`;
  }
  // What was kept is of QoS 1 or 2, and the codes of both have the same names.
  const message = { topicName: failure.topicName, qos: 1 } as const;
  return `A message that was kept did not get through. ${keptText(failure, message, connection)}`;
}

/** Its Session does not go on on this side, or what the server takes by now was too little to send it again. */
function withoutTopic(error: Error, { profile, version }: Publishing): string {
  if (error instanceof ClientError) {
    return `A message that was kept from earlier: ${profile.name} had taken it (PUBREC), and whether it went on to anybody is not known. Its session does not go on: the connection is another one now.`;
  }
  const why =
    error instanceof ProtocolViolation
      ? describeViolation(error.violation, version).message
      : `${error.message}.`;
  return `A message that was kept from earlier was not sent again: ${why}`;
}

/** Messages that are kept for the Session of a profile as it was, and not for that of the connection as it is now. */
export function leftBehindText(profile: ConnectionProfile, messages: number): string {
  const { name, userName, clientId } = profile;
  const [what, wait, them, are] =
    messages === 1
      ? ['1 message', 'waits', 'It', 'is']
      : [`${grouped(messages)} messages`, 'wait', 'They', 'are'];
  const user = userName === undefined ? 'no user name' : `the user "${userName}"`;
  const client = clientId === undefined ? '' : `, the Client Identifier "${clientId}"`;
  return `${what} of ${name} ${wait} in a session that does not go on: that of ${user}${client} and ${addressOf(profile)}. ${them} ${are} kept, and sent when a connection goes on with it.`;
}

function keptText(failure: KeptFailure, message: Addressed, connection: Publishing): string {
  if ('outcome' in failure) {
    const { reasonCode, properties } = failure.outcome;
    return (
      explainPublishReason(reasonCode, message, connection, properties) ??
      explainSessionLoss(message, connection)
    );
  }
  const { error } = failure;
  if (error instanceof ClientError) {
    return `The message to "${message.topicName}" is lost with its session, which does not go on: the connection is another one now. Publish it again.`;
  }
  return (
    explainPublishError(error, message, connection) ??
    `The message to "${message.topicName}" was not sent: ${error.message}.`
  );
}

/** How many more there are than the one that was told. */
export function moreKeptFailures(count: number): string {
  if (count === 0) return '';
  return count === 1
    ? ' The log has 1 more that did not get through.'
    : ` The log has ${grouped(count)} more that did not get through.`;
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

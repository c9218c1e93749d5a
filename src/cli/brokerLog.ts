import { assertNever } from '../base/assert';
import { hexByte } from '../base/bytes';
import { binaryFramesClause } from '../base/transportFailure';
import type {
  ActionDenied,
  BrokerFailure,
  ClientConnected,
  ClientMistaken,
  ConnectionEnded,
  MessagesDropped,
  RetainedLimit,
  SessionTakenOver,
  SubscriptionLimit,
} from '../broker/brokerEvents';
import type { QueueLimit } from '../broker/brokerSession';
import type { PacketType, ProtocolVersion } from '../protocol/controlPacket';
import { reasonCodeName } from '../protocol/reasonCodes';
import { describeViolation, type Violation } from '../protocol/violations';
import type { DisconnectCause, RefusalCause, ServerEnding } from '../session/serverContract';
import { connackWords } from '../session/connackForVersion';
import { versionNames } from '../protocol/versionNames';
import { optionOf } from './brokerSettings/settings';
import { quoted } from './quoted';

export function connectedLine(client: ClientConnected): string {
  const { version, sessionPresent, droppedMessages } = client;
  const session = sessionPresent ? 'session resumed' : 'new session';
  const dropped = droppedCount(droppedMessages, ' while it was away');
  return `+ ${whoText(client)}, MQTT ${versionNames[version]}, ${session}${dropped}`;
}

export function endedLine(ended: ConnectionEnded): string {
  return `- ${whoText(ended)}: ${endedText(ended)}${droppedCount(ended.droppedMessages)}`;
}

function droppedCount(count: number, when = ''): string {
  if (count === 0) return '';
  return count === 1
    ? ` (1 message to it was dropped${when})`
    : ` (${count} messages to it were dropped${when})`;
}

/** How a connection ended, with the clause and the usual cause where that broke a rule. */
export function endedText({ version, ending }: ConnectionEnded): string {
  // A health check or a port scan does that; who never said CONNECT owes no DISCONNECT.
  if (ending.kind === 'dropped' && version === undefined && !endsOnFrame(ending))
    return ending.lacking === undefined
      ? 'it disconnected before sending CONNECT'
      : `it left in the middle of CONNECT${lackingText(ending.lacking)}`;
  return endingText(ending, version);
}

/** The clause that a client broke, where its connection ended on that. */
export function brokenClause({ version, ending }: ConnectionEnded): string | undefined {
  if (ending.kind === 'protocol')
    return describeViolation(ending.violation, version ?? ending.version ?? 4).clause;
  return ending.kind === 'dropped' && ending.failure?.code === 'textFrame' ? binaryFramesClause : undefined;
}

/** Whether the client sent a WebSocket frame that ended it. */
function endsOnFrame({ failure }: Extract<ServerEnding, { kind: 'dropped' }>): boolean {
  return failure?.code === 'textFrame' || failure?.code === 'frameInvalid';
}

export function failedLine({ clientIdentifier, peer, error }: BrokerFailure): string {
  return `! ${whoText({ clientIdentifier, peer })}: the broker failed (${quoted(error instanceof Error ? error.message : String(error))})`;
}

export function takenOverLine({ clientIdentifier, fromPeer, byPeer, count }: SessionTakenOver): string {
  const fight = count > 2 ? `; that happened ${count} times, so two clients have one identifier` : '';
  return `~ ${quoted(clientIdentifier)} from ${byPeer} takes over from ${fromPeer}${fight}`;
}

export function deniedLine(denied: ActionDenied): string {
  const { action, topic } = denied;
  const who = `- ${whoText(denied)}`;
  switch (denied.reason) {
    case 'rules':
      return `${who} may not ${action === 'publish' ? 'publish to' : 'subscribe to'} ${quoted(topic)}`;
    case 'serverTopic':
      return `${who} may not publish to ${quoted(topic)}: only the broker does`;
    case 'topicLevels':
      return `${who} may not ${action === 'publish' ? 'publish to' : 'subscribe to'} ${quoted(topic)}: it has more levels than ${optionOf('topicLevels')} allows`;
    case 'unavailable':
      return action === 'publish'
        ? `${who}: its message to ${quoted(topic)} was not retained, ${optionOf(denied.feature)} is false`
        : `${who} may not subscribe to ${quoted(topic)}: ${optionOf(denied.feature)} is false`;
    case 'subscriptionQuota':
      return `${who} may not subscribe to ${quoted(topic)}: ${limitTexts[denied.limit]} ${optionOf(denied.limit)} allows`;
    case 'retainedQuota':
      return `${who}: its message to ${quoted(topic)} was not retained, ${limitTexts[denied.limit]} ${optionOf(denied.limit)} allows`;
    default:
      return assertNever(denied);
  }
}

/** A client that is away has as much waiting for it as may. */
export function droppedLine({ clientIdentifier, userName, limit }: MessagesDropped): string {
  const user = userName === undefined ? '' : ` as ${quoted(userName)}`;
  return `- ${quoted(clientIdentifier)}${user} is away, and what comes for it is dropped: ${limitTexts[limit]} ${optionOf(limit)} allows`;
}

/** Which limits are reached; the option follows that sets them. */
const limitTexts: Readonly<Record<QueueLimit | SubscriptionLimit | RetainedLimit, string>> = {
  subscriptionsPerSession: 'it has as many subscriptions as',
  subscriptionBytes: 'all subscriptions take as many bytes, and its own their part, as',
  retainedMessages: 'there are as many as',
  retainedBytes: 'they take as many bytes as',
  queuedMessages: 'as many messages wait for it as',
  queueBytes: 'as many bytes of messages wait for it as',
  totalQueueBytes: 'as many bytes of messages wait for all clients as',
};

/** A rule was broken, and the client stays. */
export function mistakenLine(mistaken: ClientMistaken): string {
  const { violation, version, count } = mistaken;
  const times = count === 1 ? '' : ` (${count} times at once)`;
  return `- ${whoText(mistaken)}: ${violationText(violation, version)}${times}`;
}

/** The clause of that rule. */
export function mistakenClause({ violation, version }: ClientMistaken): string {
  return describeViolation(violation, version).clause;
}

interface Who {
  readonly clientIdentifier: string | undefined;
  readonly userName?: string | undefined;
  readonly peer: string;
}

/** Who was refused before it was given an identifier may have none; of who never sent CONNECT nothing is known. */
function whoText({ clientIdentifier, userName, peer }: Who): string {
  if (clientIdentifier === undefined) return peer;
  const name = clientIdentifier === '' ? 'a client without an identifier' : quoted(clientIdentifier);
  return `${name}${userName === undefined ? '' : ` as ${quoted(userName)}`} from ${peer}`;
}

function endingText(ending: ServerEnding, version: ProtocolVersion | undefined): string {
  switch (ending.kind) {
    case 'disconnectedByClient': {
      const { reasonCode, properties } = ending.disconnect;
      const reason = properties.reasonString === undefined ? '' : ` ${quoted(properties.reasonString)}`;
      return `disconnected${reasonCode === 0 ? '' : `, ${reasonText(reasonCode, 'DISCONNECT')}`}${reason}`;
    }
    case 'disconnectedByServer':
      return `sent away, ${dismissalText(ending.reasonCode, version)}${becauseOf(ending, causeTexts)}`;
    case 'refused':
      return `refused, ${refusalText(ending.reasonCode, version ?? ending.version ?? 4)}${becauseOf(ending, refusalCauses)}`;
    case 'protocol':
      return violationText(ending.violation, version ?? ending.version ?? 4);
    case 'connectTimeout':
      return 'no whole CONNECT arrived in time';
    case 'keepAliveTimeout':
      return 'nothing was heard for one and a half times the keep alive';
    case 'dropped':
      return droppedText(ending);
    default:
      return assertNever(ending);
  }
}

/** Mostly a Remaining Length that is too large, and the device waits for an answer until it gives up. */
function lackingText(bytes: number): string {
  return bytes === 0 ? '' : `: ${bytes === 1 ? '1 byte of it is' : `${bytes} bytes of it are`} missing`;
}

function droppedText({ failure, lacking }: Extract<ServerEnding, { kind: 'dropped' }>): string {
  const where = lacking === undefined ? '' : ` in the middle of a packet${lackingText(lacking)}`;
  if (failure === undefined)
    return where === '' ? 'connection closed without DISCONNECT' : `connection closed${where}`;
  switch (failure.code) {
    case 'textFrame':
      return `protocol violation [${binaryFramesClause}]: a WebSocket frame of text, ${failure.detail}. Usual cause: its library is given a string to send instead of bytes.`;
    case 'frameInvalid':
      return `invalid WebSocket frame: ${failure.detail}`;
    default:
      return `connection lost${where} (${failure.detail})`;
  }
}

function violationText(violation: Violation, version: ProtocolVersion): string {
  const { message, cause, clause } = describeViolation(violation, version);
  return `protocol violation [${clause}]: ${message}${cause === '' ? '' : ` Usual cause: ${cause}`}`;
}

/** For what a connection ended, behind the reason; with how large the packet was where it was that. */
function becauseOf<Cause extends string>(
  { cause, packetSize }: { readonly cause?: Cause | undefined; readonly packetSize?: number },
  texts: Readonly<Record<Cause, string>>,
): string {
  if (cause === undefined) return '';
  return `: ${packetSize === undefined ? '' : `packet of ${packetSize} bytes, `}${texts[cause]}`;
}

/** The reason with the code that went over the wire. */
function refusalText(reason: number, version: ProtocolVersion): string {
  const { name, code } = connackWords(reason, version);
  return code === undefined
    ? `${name} (without CONNACK: ${versionNames[version]} has no code for it)`
    : `${name} (0x${hexByte(code)})`;
}

/** Why a client is not let in. */
const refusalCauses: Readonly<Record<RefusalCause, string>> = {
  maximumConnections: 'as many clients are connected as --maximum-connections allows',
  sessions: 'there are as many sessions as --sessions allows',
  topicLevels: 'its will has a topic with more levels than --topic-levels allows',
  maximumQoS: 'its will has a higher QoS than --maximum-qos allows',
  retainAvailable: 'its will is to be retained, and --retain-available false takes none',
  maximumPacketSize: 'larger than --maximum-packet-size allows',
  tooMuchAhead: 'it sent more than 1 MiB before it was let in',
  serverTopic: 'its will is for a topic below $SYS, and only the broker publishes there',
};

/** What the client did, which before 5.0 nobody else tells it. */
const causeTexts: Readonly<Record<DisconnectCause, string>> = {
  topicLevels: 'it published to a topic with more levels than --topic-levels allows',
  maximumQoS: 'it published with a higher QoS than --maximum-qos allows',
  maximumPacketSize: 'larger than --maximum-packet-size allows',
  unfinishedBytes: 'its unfinished packet takes most of what --unfinished-bytes allows',
  takesNothing: 'others waited for it to take its messages, and it took none',
  fieldBytes: 'it sent a packet with more than 2 MiB of topic filters or properties',
  authentication: 'it began to authenticate again, and failed',
};

/** Before 5.0 no server has a word for it, and who never sent CONNECT gets none. */
function dismissalText(code: number, version: ProtocolVersion | undefined): string {
  if (version === 5) return reasonText(code, 'DISCONNECT');
  const name = reasonCodeName(code, 'DISCONNECT', 5)?.toLowerCase() ?? 'reason';
  return version === undefined
    ? name
    : `${name} (without DISCONNECT: ${versionNames[version]} has none from a server)`;
}

function reasonText(code: number, packet: PacketType): string {
  return `${reasonCodeName(code, packet, 5)?.toLowerCase() ?? 'reason'} (0x${hexByte(code)})`;
}

import { assertNever } from '../base/assert';
import { hexByte } from '../base/bytes';
import type { TransportFailure } from '../base/transportFailure';
import type { PacketType, ProtocolVersion } from '../protocol/controlPacket';
import { reasonCodeName } from '../protocol/reasonCodes';
import { describeViolation } from '../protocol/violations';
import type { ClientFailure, PublishFailure } from './clientFailure';
import type { RequestFailure } from './requester';

/**
 * What the messages of errors say: a few words for a log or a terminal. They quote nothing that the peer, a setting or the
 * platform wrote but codes and numbers, so that no secret is in them; what there is to know besides stands in the failure.
 */
export function failureWords(failure: ClientFailure | PublishFailure | RequestFailure): string {
  switch (failure.kind) {
    case 'transport':
      return `the connection failed (${failure.failure.step}): ${transportWords(failure.failure)}`;
    case 'connectNotSendable':
    case 'protocol': {
      const { message } = describeViolation({ ...failure.violation, value: '…' }, 5);
      const what = failure.kind === 'protocol' ? 'protocol error' : 'CONNECT cannot be sent';
      return `${what}: ${message.replace(/\.$/, '')}`;
    }
    case 'refusedByServer':
      return `refused by the server: ${reasonWords(failure.reasonCode, 'CONNACK', failure.version)}`;
    case 'disconnectedByServer':
      return `disconnected by the server: ${reasonWords(failure.reasonCode, 'DISCONNECT')}`;
    case 'notMqtt':
      return 'what answers is no MQTT server';
    case 'sessionUnknown':
      return 'the server has a session that this client does not know';
    case 'authenticationFailed':
      return `the authentication failed: ${apart(failure.problem.code)}`;
    case 'connackTimeout':
      return 'the server did not answer CONNECT in time';
    case 'keepAliveTimeout':
      return 'the server did not answer PINGREQ in time';
    case 'closedByServer':
      if (failure.suspicion === 'takenOver') {
        return 'closed by the server again and again: another client seems to use this Client Identifier';
      }
      return `closed by the server${failure.duringConnect ? ' without an answer to CONNECT' : ''}`;
    case 'storeFailed':
      return `the session cannot be kept: ${apart(failure.failure.code)}`;
    case 'notConnected':
      return 'not connected';
    case 'notDisconnected':
      return 'there is a connection already, or one is being made';
    case 'connectUnencodable':
      return 'CONNECT cannot be put into a packet';
    case 'queueFull':
      return `the queue is full: ${failure.bound.messages} messages or ${failure.bound.bytes} bytes`;
    case 'expired':
      return 'the message expired before it could be sent';
    case 'unencodable':
      return 'the message cannot be put into a packet';
    case 'needsVersion5':
      return 'requests need MQTT 5.0';
    case 'noResponseTopic':
      return 'neither the server nor the options say where responses go';
    case 'responseTopicRefused':
      return `the Response Topic was refused: ${reasonWords(failure.reasonCode, 'SUBACK')}`;
    case 'requestRefused':
      return `the request was refused: ${reasonWords(failure.reasonCode, 'PUBACK')}`;
    case 'timedOut':
      return `no response within ${failure.milliseconds} ms`;
    case 'tooManyRequests':
    case 'tooManyOutstanding':
      return `${failure.outstanding} requests wait already`;
    case 'tooManyResponseTopics':
      return `there are ${failure.topics} Response Topics already`;
    default:
      return assertNever(failure);
  }
}

/** `certificate rejected (CERT_HAS_EXPIRED)`, `upgrade refused (404)`. */
function transportWords(failure: TransportFailure): string {
  if (failure.code === 'tlsFailed') return `${apart(failure.code)}: ${transportWords(failure.failure)}`;
  const particular =
    'status' in failure
      ? failure.status
      : 'alert' in failure
        ? failure.alert
        : failure.code === 'certificateRejected' && /^[A-Z\d_]+$/.test(failure.detail)
          ? failure.detail
          : undefined;
  return apart(failure.code) + (particular === undefined ? '' : ` (${particular})`);
}

/** `0x87 Not authorized`, or `return code 5 ...` of a CONNACK of 3.1.1. */
function reasonWords(reasonCode: number, packet: PacketType, version: ProtocolVersion = 5): string {
  const code = version === 5 ? `0x${hexByte(reasonCode)}` : `return code ${reasonCode}`;
  return `${code} ${reasonCodeName(reasonCode, packet, version) ?? 'unknown'}`;
}

/** `hostNotFound` as `host not found`. */
function apart(code: string): string {
  return code.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

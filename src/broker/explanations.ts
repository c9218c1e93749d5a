import type { Properties } from '../protocol/properties';
import type { EndingCause } from '../session/serverContract';
import type { RetainedLimit, SubscriptionLimit } from './brokerEvents';

/** What 5.0 clients are told in a Reason String where a code alone leaves open what happened. */
const explanations: Readonly<Record<number, string>> = {
  0x83: 'The broker failed at this packet; its log has more.',
  0x86: 'User name, password or certificate are not those of a client of this broker.',
  0x87: 'The rules of the broker do not allow this client to do that.',
  0x88: 'Whether the client may connect could not be found out in time.',
  0x8b: 'The broker is shutting down.',
  0x8c: 'The broker does not know this Authentication Method.',
  0x8d: 'Nothing was heard for one and a half times the Keep Alive.',
  0x8e: 'Another connection uses this Client Identifier now.',
  0x8f: 'The Topic Filter has more levels than the broker takes.',
  0x90: 'The Topic Name has more levels than the broker takes.',
};

/** The same where it is known for what the connection ends; undefined where the code says as much. */
const explanationsOfCauses: Readonly<Record<EndingCause, string | undefined>> = {
  maximumConnections: 'As many clients are connected as the broker lets in.',
  sessions: 'The broker has as many sessions as it keeps.',
  maximumQoS: 'The Will QoS is higher than the Maximum QoS of the broker.',
  retainAvailable: 'The will is to be retained, and the broker retains nothing.',
  maximumPacketSize: 'The packet is larger than the broker takes.',
  tooMuchAhead: 'More came before CONNACK than may wait for it.',
  unfinishedBytes: 'Packets that are not whole take more bytes than the broker keeps.',
  takesNothing: 'Others waited for this client to take its messages, and it took none.',
  fieldBytes: 'The packet has more than 2 MiB of Topic Filters or properties.',
  topicLevels: undefined,
  serverTopic: undefined,
  authentication: undefined,
};

type AcknowledgedLimit = SubscriptionLimit | RetainedLimit;

/** The same of limits that an acknowledgement tells. */
const explanationsOfLimits: Readonly<Record<AcknowledgedLimit, string>> = {
  subscriptionsPerSession: 'The session has as many subscriptions as it may have.',
  subscriptionBytes: 'The subscriptions take as many bytes as the broker keeps.',
  retainedMessages: 'The message was passed on and not retained: the broker retains as many as it may.',
  retainedBytes: 'The message was passed on and not retained: those that are take as many bytes as they may.',
};

/** What is said with 0x90 of topics that are the server's own. */
export const ofServer: Properties = {
  reasonString: 'Topics below $SYS belong to the broker itself: choose another first level.',
};

/** What is said with 0x97 where a limit is reached. */
export function ofLimit(limit: AcknowledgedLimit): Properties {
  return { reasonString: explanationsOfLimits[limit] };
}

/**
 * @param reasonCode of 0x80 and above
 * @param cause what it is sent for, where that is known
 */
export function explain(reasonCode: number, cause?: EndingCause): string | undefined {
  return (cause && explanationsOfCauses[cause]) ?? explanations[reasonCode];
}

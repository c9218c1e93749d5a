import type { MessagesDropped } from '../../broker/brokerEvents';
import { shownTopic } from './clientText';
import type { ProblemText } from './endingText';

const limits: Readonly<Record<MessagesDropped['limit'], string>> = {
  queuedMessages: 'as many messages wait for it as "mqttWorkbench.broker.queuedMessages" allows',
  queueBytes: 'as many bytes of messages wait for it as "mqttWorkbench.broker.queueBytes" allows',
  totalQueueBytes:
    'as many bytes of messages wait for all clients as "mqttWorkbench.broker.totalQueueBytes" allows',
};

/** That nothing more is kept for a client that is away, and which limit that is for. */
export function droppedText({ topic, limit }: MessagesDropped): ProblemText {
  return {
    kind: `dropped ${limit}`,
    short: 'messages dropped while it is away',
    text: `It is away, and QoS 1 and 2 messages for its session are dropped: ${limits[limit]}. The first was to "${shownTopic(topic)}"; its row counts them. Raise that limit, let the device ask for a shorter Session Expiry Interval, or forget its session.`,
    isTold: false,
  };
}

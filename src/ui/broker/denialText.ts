import { assertNever } from '../../base/assert';
import type {
  ActionDenied,
  OptionalFeature,
  RetainedLimit,
  SubscriptionLimit,
} from '../../broker/brokerEvents';
import { shownIdentifier, shownTopic } from './clientText';
import type { ProblemText } from './endingText';

const limits: Readonly<Record<RetainedLimit | SubscriptionLimit, string>> = {
  subscriptionsPerSession: 'it has as many subscriptions as "mqttWorkbench.broker.subscriptionsPerSession"',
  subscriptionBytes:
    'all subscriptions take as many bytes, and its own their part, as "mqttWorkbench.broker.subscriptionBytes"',
  retainedMessages: 'there are as many as "mqttWorkbench.broker.retainedMessages"',
  retainedBytes: 'they take as many bytes as "mqttWorkbench.broker.retainedBytes"',
};

const unavailable: Readonly<Record<OptionalFeature, string>> = {
  retainAvailable: 'the broker retains nothing',
  wildcardSubscriptionAvailable: 'the broker takes no wildcards in subscriptions',
  sharedSubscriptionAvailable: 'the broker has no shared subscriptions',
};

/** What a client was not let do, and what decides that. */
export function denialText(denied: ActionDenied): ProblemText {
  const { action, userName } = denied;
  const topic = shownTopic(denied.topic);
  const unanswered = 'Before 5.0, and at QoS 0, the client is not told.';
  switch (denied.reason) {
    case 'rules': {
      const as = userName === undefined ? 'without a user name' : `as "${shownIdentifier(userName)}"`;
      return {
        kind: `denied ${action}`,
        short: `may not ${action}: ${topic}`,
        text: `It may not ${action} to "${topic}" ${as}. The rules in "mqttWorkbench.broker.rules" say who may.`,
        isTold: false,
      };
    }
    case 'serverTopic':
      return {
        kind: 'denied serverTopic',
        short: `published to a topic of the broker: ${topic}`,
        text: `It published to "${topic}", and topics below $SYS are for the broker's own figures: the message went to nobody. ${unanswered} Give the topic another first level.`,
        isTold: false,
      };
    case 'topicLevels':
      return {
        kind: `denied topicLevels ${action}`,
        short: `too many levels: ${topic}`,
        text: `It may not ${action} to "${topic}", which has more levels than "mqttWorkbench.broker.topicLevels" allows.`,
        isTold: false,
      };
    case 'unavailable': {
      const isMessage = action === 'publish';
      return {
        kind: `denied ${denied.feature}`,
        short: isMessage ? `not retained: ${topic}` : `may not subscribe to: ${topic}`,
        text: isMessage
          ? `Its message to "${topic}" went to who has subscribed, and was not retained: ${unavailable[denied.feature]}. Before 5.0 the client is not told.`
          : `It may not subscribe to "${topic}": ${unavailable[denied.feature]}. Before 5.0 the client only learns that it failed.`,
        isTold: false,
      };
    }
    case 'subscriptionQuota':
      return {
        kind: 'denied subscriptionQuota',
        short: `one subscription too many: ${topic}`,
        text: `It may not subscribe to "${topic}": ${limits[denied.limit]} allows. Before 5.0 the client only learns that it failed. A device that makes a new subscription each time it has something to ask does that.`,
        isTold: false,
      };
    case 'retainedQuota':
      return {
        kind: 'denied retainedQuota',
        short: `not retained: ${topic}`,
        text: `Its message to "${topic}" went to who has subscribed, and was not retained: ${limits[denied.limit]} allows. ${unanswered}`,
        isTold: false,
      };
    default:
      return assertNever(denied);
  }
}

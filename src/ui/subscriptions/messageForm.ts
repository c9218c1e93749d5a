import type { QoS } from '../../protocol/controlPacket';
import { topicFilterProblem, topicNameProblem } from '../../protocol/topics';
import { describeViolation, type ViolationId } from '../../protocol/violations';
import { encodeUtf8 } from '../../base/utf8';
import type { LiveConnection, OutgoingMessage } from '../connections/liveConnection';
import { askSteps } from '../reporting/askSteps';
import { qosItems, retainItems } from '../reporting/messageItems';

/** Asks for a Topic Filter and the QoS to subscribe with. */
export async function askSubscription(
  connection: LiveConnection,
): Promise<{ readonly topicFilter: string; readonly qos: QoS } | undefined> {
  const answers = await askSteps(`Subscribe on ${connection.profile.name}`, [
    {
      key: 'topicFilter',
      label: 'Topic Filter',
      prompt: 'Topic filter; + stands for one level, # at the end for all below',
      placeholder: 'devices/+/state',
      problem: (filter) => {
        const problem = topicFilterProblem(filter, connection.version === 5);
        if (problem !== undefined) return inWords(problem, filter, connection);
        return connection.subscriptions.get(filter) ? `"${filter}" is subscribed to already.` : undefined;
      },
    },
    { key: 'qos', label: 'QoS', prompt: 'Highest QoS to receive with', items: qosItems },
  ]);
  return answers && { topicFilter: answers.topicFilter, qos: Number(answers.qos) as QoS };
}

/** Asks for a message to publish. */
export async function askMessage(
  connection: LiveConnection,
  topicName = '',
): Promise<OutgoingMessage | undefined> {
  const answers = await askSteps(`Publish on ${connection.profile.name}`, [
    {
      key: 'topicName',
      label: 'Topic',
      prompt: 'Topic to publish to',
      placeholder: 'devices/bench-7/led',
      initial: () => topicName,
      problem: (name) => {
        const problem = topicNameProblem(name);
        return problem === undefined ? undefined : inWords(problem, name, connection);
      },
    },
    { key: 'payload', label: 'Payload', prompt: 'Payload, sent as UTF-8 text', placeholder: '{"on": true}' },
    { key: 'qos', label: 'QoS', prompt: 'Quality of service', items: qosItems },
    { key: 'retain', label: 'Retain', prompt: 'Whether the server keeps the message', items: retainItems },
  ]);
  return (
    answers && {
      topicName: answers.topicName,
      payload: encodeUtf8(answers.payload),
      qos: Number(answers.qos) as QoS,
      retain: answers.retain === 'yes',
    }
  );
}

function inWords(id: ViolationId, value: string, { version }: LiveConnection): string {
  const { message, clause } = describeViolation({ id, offset: 0, value }, version);
  return `${message} (${clause})`;
}

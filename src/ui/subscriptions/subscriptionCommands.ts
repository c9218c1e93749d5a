import * as vscode from 'vscode';
import { grouped } from '../../base/grouped';
import type { ConnectionArgument, FilterArgument, TopicArgument } from '../../contributions/arguments';
import type { CommandArgument, CommandHandlers } from '../../contributions/commands';
import type { ConnectionPicker } from '../connections/connectionPicker';
import type { Connections } from '../connections/connections';
import { isGranted } from '../connections/subscribedFilters';
import type { Publisher } from '../connections/publisher';
import { showError, showInformation, showWarning } from '../reporting/notifications';
import { saying } from '../reporting/serverReasons';
import { askMessage, askSubscription } from './messageForm';
import { FilterNode, LevelNode } from './subscriptionNodes';
import type { SubscriptionsView } from './subscriptionsView';
import { refusalText } from './topicRow';
import { valueText } from './valueLine';

type Handled =
  | 'subscribe'
  | 'unsubscribe'
  | 'removeOtherTopics'
  | 'showMoreTopics'
  | 'publish'
  | 'publishHere'
  | 'copyTopic'
  | 'copyValue'
  | 'openTopicInInspector';

export interface SubscriptionCommandDependencies {
  readonly connections: Connections;
  readonly picker: ConnectionPicker;
  readonly publisher: Publisher;
  readonly view: SubscriptionsView;
  /** The newest packet of a topic that came on a connection, unless the log holds none any more. */
  newestPacket(connectionKey: string, topicName: string): number | undefined;
  /** Opens the inspector at a packet. */
  inspect(sequence: number): void;
}

/** The commands of subscriptions and topics. */
export class SubscriptionCommands implements Pick<CommandHandlers, Handled> {
  constructor(private readonly dependencies: SubscriptionCommandDependencies) {}

  readonly subscribe = async (argument?: ConnectionArgument): Promise<void> => {
    const connection = await this.dependencies.picker.pickConnected(argument, 'Connection to subscribe on');
    const wanted = connection && (await askSubscription(connection));
    if (!wanted) return;
    const { topicFilter, qos } = wanted;
    const outcome = await connection.subscribe(topicFilter, qos);
    const { reasonCode } = outcome;
    if (reasonCode === undefined || isGranted(reasonCode)) return;
    void showError(
      `${connection.profile.name} did not grant "${topicFilter}": ${refusalText(reasonCode, connection.version)}.${saying(outcome)} The user may not read these topics, or the server does not support this kind of filter. Check what the server allows, or subscribe to another filter.`,
    );
  };

  readonly unsubscribe = async (argument?: FilterArgument): Promise<void> => {
    const chosen = argument ?? (await this.pickFilter());
    const connection = chosen && this.dependencies.connections.get(chosen.connectionKey);
    if (!connection) return;
    const { topicFilter } = chosen;
    const outcome = await connection.unsubscribe(topicFilter);
    const { reasonCode } = outcome;
    if (reasonCode === undefined || isGranted(reasonCode)) return;
    void showError(
      `${connection.profile.name} did not end the subscription to "${topicFilter}": ${refusalText(reasonCode, connection.version, 'UNSUBACK')}.${saying(outcome)} It goes on. Try again, or disconnect and unsubscribe then.`,
    );
  };

  readonly removeOtherTopics = async (argument?: ConnectionArgument): Promise<void> => {
    const connection = await this.dependencies.picker.pick(
      argument,
      'Connection whose other topics go',
      ({ topics }) => topics.filters.some(({ topicFilter }) => topicFilter === undefined),
      'Every topic belongs to a subscription.',
    );
    connection?.removeOtherTopics();
  };

  readonly showMoreTopics = (argument: CommandArgument<'showMoreTopics'>): void => {
    // The row itself, which only the tree has: what it shows more of is no one else's business.
    if (argument instanceof FilterNode || argument instanceof LevelNode) {
      this.dependencies.view.showMore(argument);
    }
  };

  readonly publish = async (argument?: ConnectionArgument): Promise<void> => {
    await this.publishOn(argument);
  };

  readonly publishHere = async (argument?: TopicArgument): Promise<void> => {
    const topic = argument ?? this.selectedTopic();
    await this.publishOn(topic, topic?.topicName);
  };

  readonly copyTopic = async (argument?: TopicArgument): Promise<void> => {
    const topic = argument ?? this.selectedTopic();
    if (topic) await vscode.env.clipboard.writeText(topic.topicName);
  };

  readonly copyValue = async (argument?: TopicArgument): Promise<void> => {
    const topic = argument ?? this.selectedTopic();
    if (!topic) return;
    // The value is that of the row, which only the tree has.
    const value = topic instanceof LevelNode ? topic.level.value : undefined;
    if (!value) {
      void showInformation(`No message came on "${topic.topicName}" itself, so there is no value to copy.`);
      return;
    }
    await vscode.env.clipboard.writeText(valueText(value.payload));
    if (value.payload.length < value.length) {
      void showWarning(
        `Only the first ${grouped(value.payload.length)} of ${grouped(value.length)} bytes were copied: the tree keeps no more of a value. Open the topic in the inspector for the whole.`,
      );
    }
  };

  readonly openTopicInInspector = (argument?: TopicArgument): void => {
    const topic = argument ?? this.selectedTopic();
    if (!topic) return;
    const sequence = this.dependencies.newestPacket(topic.connectionKey, topic.topicName);
    if (sequence !== undefined) {
      this.dependencies.inspect(sequence);
      return;
    }
    void showInformation(
      `The packet log holds no message of "${topic.topicName}": none came, it was cleared, or newer packets took its place. The next message will be in it.`,
    );
  };

  /** The row that commands are about where the palette runs them. */
  private selectedTopic(): TopicArgument | undefined {
    const topic = this.dependencies.view.selectedTopic();
    if (!topic) void showInformation('Select a topic in the Subscriptions view first.');
    return topic;
  }

  private async publishOn(argument: ConnectionArgument | undefined, topicName?: string): Promise<void> {
    const connection = await this.dependencies.picker.pickConnected(argument, 'Connection to publish on');
    const message = connection && (await askMessage(connection, topicName));
    if (message) await this.dependencies.publisher.publish(connection, message);
  }

  private async pickFilter(): Promise<FilterArgument | undefined> {
    const items = this.dependencies.connections.all().flatMap((connection) =>
      connection.subscriptions.all().map(({ topicFilter, qos }) => ({
        label: topicFilter,
        description: `${connection.profile.name} · QoS ${qos}`,
        connectionKey: connection.key,
        topicFilter,
      })),
    );
    if (items.length === 0) {
      void showInformation('There is no subscription to end.');
      return undefined;
    }
    return vscode.window.showQuickPick(items, { placeHolder: 'Subscription to end' });
  }
}

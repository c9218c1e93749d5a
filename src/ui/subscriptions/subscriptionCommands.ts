import * as vscode from 'vscode';
import type { ConnectionArgument, FilterArgument, TopicArgument } from '../../contributions/arguments';
import type { CommandArgument, CommandHandlers } from '../../contributions/commands';
import type { ConnectionPicker } from '../connections/connectionPicker';
import type { Connections } from '../connections/connections';
import { isGranted } from '../connections/subscribedFilters';
import type { Publisher } from '../connections/publisher';
import { showError, showWarning } from '../reporting/notifications';
import { askMessage, askSubscription } from './messageForm';
import { LevelNode } from './subscriptionNodes';
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
  /** Opens the inspector at the newest packet of a topic that was received on a connection. */
  inspect(connectionName: string, topicName: string): void;
}

/** The commands of subscriptions and topics. */
export class SubscriptionCommands implements Pick<CommandHandlers, Handled> {
  constructor(private readonly dependencies: SubscriptionCommandDependencies) {}

  readonly subscribe = async (argument?: ConnectionArgument): Promise<void> => {
    const connection = await this.dependencies.picker.pickConnected(argument, 'Connection to subscribe on');
    const wanted = connection && (await askSubscription(connection));
    if (!wanted) return;
    const { topicFilter, qos } = wanted;
    const { reasonCode } = await connection.subscribe(topicFilter, qos);
    if (reasonCode === undefined || isGranted(reasonCode)) return;
    void showError(
      `${connection.profile.name} did not grant "${topicFilter}": ${refusalText(reasonCode, connection.version)}. The user may not read these topics, or the server does not support this kind of filter. Check what the server allows, or subscribe to another filter.`,
    );
  };

  readonly unsubscribe = async (argument?: FilterArgument): Promise<void> => {
    const chosen = argument ?? (await this.pickFilter());
    const connection = chosen && this.dependencies.connections.get(chosen.connectionKey);
    if (!connection) return;
    const { topicFilter } = chosen;
    const { reasonCode } = await connection.unsubscribe(topicFilter);
    if (reasonCode === undefined || isGranted(reasonCode)) return;
    void showError(
      `${connection.profile.name} did not end the subscription to "${topicFilter}": ${refusalText(reasonCode, connection.version, 'UNSUBACK')}. It goes on. Try again, or disconnect and unsubscribe then.`,
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
    if (argument) this.dependencies.view.showMore(argument.rowId);
  };

  readonly publish = async (argument?: ConnectionArgument): Promise<void> => {
    await this.publishOn(argument);
  };

  readonly publishHere = async (argument?: TopicArgument): Promise<void> => {
    await this.publishOn(argument, argument?.topicName);
  };

  readonly copyTopic = async (argument?: TopicArgument): Promise<void> => {
    if (argument) await vscode.env.clipboard.writeText(argument.topicName);
  };

  readonly copyValue = async (argument?: TopicArgument): Promise<void> => {
    // The value is that of the row, which only the tree has.
    const value = argument instanceof LevelNode ? argument.level.value : undefined;
    if (!value) return;
    await vscode.env.clipboard.writeText(valueText(value.payload));
    if (value.payload.length < value.length) {
      void showWarning(
        `Only the first ${value.payload.length.toLocaleString('en-US')} of ${value.length.toLocaleString('en-US')} bytes were copied: the tree keeps no more of a value. Open the topic in the inspector for the whole.`,
      );
    }
  };

  readonly openTopicInInspector = (argument?: TopicArgument): void => {
    const connection = argument && this.dependencies.connections.get(argument.connectionKey);
    if (connection) this.dependencies.inspect(connection.profile.name, argument.topicName);
  };

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
      void vscode.window.showInformationMessage('There is no subscription to end.');
      return undefined;
    }
    return vscode.window.showQuickPick(items, { placeHolder: 'Subscription to end' });
  }
}

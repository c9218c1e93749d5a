import * as vscode from 'vscode';
import type { Clock } from '../../base/clock';
import { DisposableStack, type Disposable } from '../../base/lifecycle';
import { droppedText } from '../reporting/droppedText';
import type { LogSink } from '../reporting/logSink';
import { showError, showWarning } from '../reporting/notifications';
import { withoutIcons } from '../reporting/plainText';
import {
  explainPublishError,
  explainPublishReason,
  explainSessionLoss,
  publishedText,
  waitingText,
} from '../reporting/publishOutcome';
import type { LiveConnection, OutgoingMessage } from './liveConnection';

/** How long "Published ..." stays in the status bar, in milliseconds. */
const shownFor = 6000;
/** After how many milliseconds without an answer that is said: most answers come sooner. */
const patience = 1000;

/** Publishes a message and tells the person what became of it. */
export class Publisher {
  constructor(
    private readonly log: LogSink,
    private readonly clock: Clock,
  ) {}

  /** `place` says where the message stands, for messages from files: "bench.mqtt, line 12". Resolves with whether it was published. */
  async publish(connection: LiveConnection, message: OutgoingMessage, place?: string): Promise<boolean> {
    const { name } = connection.profile;
    const waiting = this.tellWaiting(connection, message);
    // Only a connection that was up at some time since then can have taken the message along.
    let wasUp = connection.isConnected;
    const watch = connection.onDidChange(() => (wasUp ||= connection.isConnected));
    const prefix = place === undefined ? '' : `${place}: `;
    try {
      const { reasonCode, properties, sessionLost, droppedProperties } = await connection.publish(message);
      const problem = explainPublishReason(reasonCode, message, connection, properties);
      if (problem !== undefined) {
        this.log.warn(`${name}: ${problem}`);
        void showError(prefix + problem);
        return false;
      }
      if (sessionLost) {
        const loss = explainSessionLoss(message, connection);
        this.log.warn(`${name}: ${loss}`);
        void showWarning(prefix + loss);
        return true;
      }
      const text = publishedText(reasonCode, message);
      if (droppedProperties) {
        const dropped = `${text} · ${droppedText(droppedProperties, connection.version)}`;
        this.log.warn(`${name}: ${dropped}`);
        vscode.window.setStatusBarMessage(`$(warning) ${withoutIcons(dropped)}`, shownFor);
        return true;
      }
      this.log.info(`${name}: ${text}`);
      vscode.window.setStatusBarMessage(`$(check) ${withoutIcons(text)}`, shownFor);
      return true;
    } catch (error) {
      const explanation = explainPublishError(error, message, connection, wasUp);
      if (explanation === undefined) throw error;
      this.log.warn(`${name}: ${explanation}`);
      void showError(prefix + explanation);
      return false;
    } finally {
      watch.dispose();
      waiting.dispose();
    }
  }

  /**
   * Says in the status bar that an answer is long in coming, until what it gives is disposed of; at once where there is no
   * connection that it could come over.
   */
  private tellWaiting(connection: LiveConnection, message: OutgoingMessage): Disposable {
    const held = new DisposableStack();
    if (message.qos === 0) return held;
    let shown: { readonly text: string; readonly item: Disposable } | undefined;
    const tell = (): void => {
      const text = `$(sync~spin) ${withoutIcons(waitingText(message, connection))}`;
      if (text === shown?.text) return;
      shown?.item.dispose();
      shown = { text, item: vscode.window.setStatusBarMessage(text) };
    };
    held.add({ dispose: () => shown?.item.dispose() });
    held.add(this.clock.schedule(this.clock.now() + patience, tell));
    const look = (): void => {
      if (connection.isReconnecting || shown !== undefined) tell();
    };
    held.add(connection.onDidChange(look));
    look();
    return held;
  }
}

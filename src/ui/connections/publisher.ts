import * as vscode from 'vscode';
import type { Clock } from '../../base/clock';
import { DisposableStack, type Disposable } from '../../base/lifecycle';
import type { LogSink } from '../reporting/logSink';
import { showError } from '../reporting/notifications';
import { withoutIcons } from '../reporting/plainText';
import {
  explainPublishError,
  explainPublishReason,
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
    const waiting = this.tellWaiting(message);
    const prefix = place === undefined ? '' : `${place}: `;
    try {
      const { reasonCode, properties } = await connection.publish(message);
      const problem = explainPublishReason(reasonCode, message, connection, properties.reasonString);
      if (problem !== undefined) {
        this.log.warn(`${name}: ${problem}`);
        void showError(prefix + problem);
        return false;
      }
      const text = publishedText(reasonCode, message);
      this.log.info(`${name}: ${text}`);
      vscode.window.setStatusBarMessage(`$(check) ${withoutIcons(text)}`, shownFor);
      return true;
    } catch (error) {
      const explanation = explainPublishError(error, message, connection);
      if (explanation === undefined) throw error;
      this.log.warn(`${name}: ${explanation}`);
      void showError(prefix + explanation);
      return false;
    } finally {
      waiting.dispose();
    }
  }

  /** Says in the status bar that an answer is long in coming, until what it gives is disposed of. */
  private tellWaiting(message: OutgoingMessage): Disposable {
    const held = new DisposableStack();
    const tell = (): void => {
      held.add(vscode.window.setStatusBarMessage(`$(sync~spin) ${withoutIcons(waitingText(message))}`));
    };
    if (message.qos > 0) held.add(this.clock.schedule(this.clock.now() + patience, tell));
    return held;
  }
}

import * as vscode from 'vscode';
import type { LogSink } from '../reporting/logSink';
import { showError } from '../reporting/notifications';
import { withoutIcons } from '../reporting/plainText';
import { explainPublishError, explainPublishReason, publishedText } from '../reporting/publishOutcome';
import type { LiveConnection, OutgoingMessage } from './liveConnection';

/** How long "Published ..." stays in the status bar, in milliseconds. */
const shownFor = 6000;

/** Publishes a message and tells the person what became of it. */
export class Publisher {
  constructor(private readonly log: LogSink) {}

  /** `place` says where the message stands, for messages from files: "bench.mqtt, line 12". Resolves with whether it was published. */
  async publish(connection: LiveConnection, message: OutgoingMessage, place?: string): Promise<boolean> {
    const { name } = connection.profile;
    const prefix = place === undefined ? '' : `${place}: `;
    try {
      const { reasonCode } = await connection.publish(message);
      const problem = explainPublishReason(reasonCode, message, connection);
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
    }
  }
}

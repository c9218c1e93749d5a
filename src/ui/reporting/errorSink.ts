import type * as vscode from 'vscode';
import type { ErrorSink } from '../vscodeBindings';
import { showError } from './notifications';

/** Tells the person that something failed in a way nobody foresaw, and the log all that is known of it. */
export function errorSink(log: vscode.LogOutputChannel): ErrorSink {
  return (what, error) => {
    const message = error instanceof Error ? error.message : String(error);
    log.error(`${what}: ${error instanceof Error ? (error.stack ?? message) : message}`);
    void showError(`${what} failed: ${message}. The log has the details.`, {
      caption: 'Show Log',
      run: () => log.show(),
    });
  };
}

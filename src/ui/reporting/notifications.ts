import * as vscode from 'vscode';
import { withoutLinks } from './plainText';

/** A button of a notification and what it does. */
export interface NotificationAction {
  readonly caption: string;
  run(): unknown;
}

/**
 * Shows an error with buttons. Text from the network may stand in it, so nothing of it becomes a link.
 */
export async function showError(text: string, ...actions: readonly NotificationAction[]): Promise<void> {
  const captions = actions.map(({ caption }) => caption);
  const chosen = await vscode.window.showErrorMessage(withoutLinks(text), ...captions);
  await actions.find(({ caption }) => caption === chosen)?.run();
}

export async function showWarning(text: string, ...actions: readonly NotificationAction[]): Promise<void> {
  const captions = actions.map(({ caption }) => caption);
  const chosen = await vscode.window.showWarningMessage(withoutLinks(text), ...captions);
  await actions.find(({ caption }) => caption === chosen)?.run();
}

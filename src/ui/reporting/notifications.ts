import * as vscode from 'vscode';
import { withoutLinks } from './plainText';

/** A button of a notification and what it does. */
export interface NotificationAction<T = unknown> {
  readonly caption: string;
  run(): T | PromiseLike<T>;
}

type Show = (text: string, ...captions: string[]) => Thenable<string | undefined>;

/**
 * Shows an error with buttons. Text from the network or the workspace may stand in it, so nothing of it becomes a link.
 * Resolves with what the pressed button did, or undefined where none was pressed.
 */
export function showError<T>(
  text: string,
  ...actions: readonly NotificationAction<T>[]
): Promise<T | undefined> {
  return tell(vscode.window.showErrorMessage, text, actions);
}

/** Like {@link showError}, for what went through but not as one would think. */
export function showWarning<T>(
  text: string,
  ...actions: readonly NotificationAction<T>[]
): Promise<T | undefined> {
  return tell(vscode.window.showWarningMessage, text, actions);
}

/** Like {@link showError}, for what is no mistake. */
export function showInformation<T>(
  text: string,
  ...actions: readonly NotificationAction<T>[]
): Promise<T | undefined> {
  return tell(vscode.window.showInformationMessage, text, actions);
}

/** Shows text of several lines in a dialog, with buttons, until it is closed. */
export async function showDetails<T>(
  title: string,
  detail: string,
  ...actions: readonly NotificationAction<T>[]
): Promise<T | undefined> {
  const options = { modal: true, detail: withoutLinks(detail) };
  const captions = actions.map(({ caption }) => caption);
  const chosen = await vscode.window.showInformationMessage(withoutLinks(title), options, ...captions);
  return actions.find(({ caption }) => caption === chosen)?.run();
}

/** Asks in a dialog that has to be answered first; true where the button `caption` was pressed. */
export async function agreesTo(caption: string, question: string, detail: string): Promise<boolean> {
  const options = { modal: true, detail: withoutLinks(detail) };
  return (await vscode.window.showWarningMessage(withoutLinks(question), options, caption)) === caption;
}

/** Asks in a dialog with several ways on; undefined where none was chosen. The first has the focus. */
export async function choose<C extends string>(
  question: string,
  detail: string,
  ...captions: readonly C[]
): Promise<C | undefined> {
  const options = { modal: true, detail: withoutLinks(detail) };
  const chosen = await vscode.window.showWarningMessage(withoutLinks(question), options, ...captions);
  return captions.find((caption) => caption === chosen);
}

async function tell<T>(
  show: Show,
  text: string,
  actions: readonly NotificationAction<T>[],
): Promise<T | undefined> {
  const chosen = await show(withoutLinks(text), ...actions.map(({ caption }) => caption));
  return actions.find(({ caption }) => caption === chosen)?.run();
}

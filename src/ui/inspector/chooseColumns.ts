import * as vscode from 'vscode';
import type { ColumnChoice } from '../../inspector/panelContract';

/** Asks which columns to show. Resolves with their names, or undefined where it is left at what was. */
export async function chooseColumns(
  columns: readonly ColumnChoice[],
): Promise<readonly string[] | undefined> {
  const items = columns.map(({ name, caption, shown }) => ({ name, label: caption, picked: shown }));
  const chosen = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    placeHolder: 'Columns of the inspector, beside the summary',
  });
  return chosen?.map(({ name }) => name);
}

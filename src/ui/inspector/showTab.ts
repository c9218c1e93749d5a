import * as vscode from 'vscode';

/** The commands that give the focus to a group of editors, by its column. */
const focusGroup = ['First', 'Second', 'Third', 'Fourth', 'Fifth', 'Sixth', 'Seventh', 'Eighth'];

/**
 * Brings a webview's tab to the front by its title; false where there is none. For tabs that came back with the window
 * and have no panel yet, which could do that by itself: VS Code makes it once the tab shows.
 */
export async function showTab(viewType: string, title: string): Promise<boolean> {
  for (const group of vscode.window.tabGroups.all) {
    const index = group.tabs.findIndex(({ label, input }) => {
      // VS Code puts a name of its own before that of the view.
      return label === title && input instanceof vscode.TabInputWebview && input.viewType.endsWith(viewType);
    });
    const focus = focusGroup[group.viewColumn - 1];
    if (index < 0 || focus === undefined) continue;
    await vscode.commands.executeCommand(`workbench.action.focus${focus}EditorGroup`);
    await vscode.commands.executeCommand('workbench.action.openEditorAtIndex', index);
    return true;
  }
  return false;
}

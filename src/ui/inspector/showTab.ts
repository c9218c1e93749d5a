import * as vscode from 'vscode';

/** The commands that give the focus to a group of editors, by its column. */
const focusGroup = ['First', 'Second', 'Third', 'Fourth', 'Fifth', 'Sixth', 'Seventh', 'Eighth'];

/** The tabs of a group that are webviews of a type, by their place in it. */
function webviewTabs(group: vscode.TabGroup, viewType: string): readonly [index: number, title: string][] {
  return group.tabs.flatMap(({ label, input }, index) =>
    // VS Code puts a name of its own before that of the view.
    input instanceof vscode.TabInputWebview && input.viewType.endsWith(viewType) ? [[index, label]] : [],
  );
}

/** The titles of all tabs that are webviews of a type, whether there is a panel for them yet or not. */
export function tabTitles(viewType: string): readonly string[] {
  return vscode.window.tabGroups.all.flatMap((group) =>
    webviewTabs(group, viewType).map(([, title]) => title),
  );
}

/**
 * Brings a webview's tab to the front by its title; false where there is none. For tabs that came back with the window
 * and have no panel yet, which could do that by itself: VS Code makes it once the tab shows.
 */
export async function showTab(viewType: string, title: string): Promise<boolean> {
  for (const group of vscode.window.tabGroups.all) {
    const [index] = webviewTabs(group, viewType).find(([, label]) => label === title) ?? [];
    const focus = focusGroup[group.viewColumn - 1];
    if (index === undefined || focus === undefined) continue;
    await vscode.commands.executeCommand(`workbench.action.focus${focus}EditorGroup`);
    await vscode.commands.executeCommand('workbench.action.openEditorAtIndex', index);
    return true;
  }
  return false;
}

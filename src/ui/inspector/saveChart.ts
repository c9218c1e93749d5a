import * as vscode from 'vscode';

interface Kind {
  readonly title: string;
  /** Endings by what they are called. */
  readonly filters: Record<string, string[]>;
}

const kinds: Readonly<Record<'png' | 'csv', Kind>> = {
  png: { title: 'Save Chart as Image', filters: { 'PNG image': ['png'] } },
  csv: { title: 'Save Chart as Table', filters: { 'Comma-separated values': ['csv'] } },
};

/** Asks where to save, and does; false where the person changed his mind. */
export async function saveChart(kind: 'png' | 'csv', bytes: Uint8Array): Promise<boolean> {
  const { title, filters } = kinds[kind];
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    title,
    filters,
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder, `chart.${kind}`) }),
  });
  if (!target) return false;
  await vscode.workspace.fs.writeFile(target, bytes);
  return true;
}

import * as vscode from 'vscode';
import { captureFileEndings, captureFileViewType } from '../../contributions/views';

/** **Open Capture File…**: asks for files and shows each in an inspector of its own. */
export async function openCaptureFile(): Promise<void> {
  const chosen = await vscode.window.showOpenDialog({
    title: 'Open Capture File',
    openLabel: 'Open',
    canSelectMany: true,
    filters: { 'Capture files': [...captureFileEndings], 'All files': ['*'] },
  });
  for (const uri of chosen ?? []) await showCaptureFile(uri);
}

export async function showCaptureFile(uri: vscode.Uri): Promise<void> {
  // A preview would take the place of the one that was opened just before.
  await vscode.commands.executeCommand('vscode.openWith', uri, captureFileViewType, { preview: false });
}

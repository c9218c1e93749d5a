import * as vscode from 'vscode';
import type { FileFailure } from '../../snippets/publishPlan';

/** Reads a file that a body of the `.mqtt` file at `uri` names, unless nobody said that the workspace may be trusted. */
export async function readBeside(uri: vscode.Uri, path: string): Promise<Uint8Array | FileFailure> {
  if (!vscode.workspace.isTrusted) return 'notTrusted';
  const absolute = /^([A-Za-z]:)?[\\/]/.test(path);
  const unsaved = uri.scheme === 'untitled';
  if (unsaved && !absolute) return 'notSaved';
  const file = !absolute
    ? vscode.Uri.joinPath(uri, '..', path)
    : unsaved
      ? vscode.Uri.file(path)
      : uri.with({ path: path.replaceAll('\\', '/') });
  try {
    return await vscode.workspace.fs.readFile(file);
  } catch (error) {
    return error instanceof vscode.FileSystemError && error.code === 'FileNotFound'
      ? 'notFound'
      : 'notReadable';
  }
}

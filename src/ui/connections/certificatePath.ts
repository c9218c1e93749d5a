import * as vscode from 'vscode';
import { type CertificateSetting, TransportFailureError } from '../../base/transportFailure';
import type { ProfileScope } from './connectionProfile';

const workspaceFolder = /^\$\{workspaceFolder\}[\\/]*/;

/**
 * The whole path of a file that a connection names: `${workspaceFolder}` and paths that start nowhere are of the first
 * folder of the workspace. Throws a {@link TransportFailureError} where there is none, and where the settings or the
 * folder of a workspace that is not trusted would decide which file is read.
 */
export function certificatePath(setting: CertificateSetting, written: string, scope: ProfileScope): string {
  const problem = (code: 'notTrusted' | 'noFolder') =>
    new TransportFailureError({ step: 'certificateFile', code, setting, path: written, detail: code });
  const isWhole = /^(?:[\\/~]|[a-z]:[\\/])/i.test(written);
  if (!vscode.workspace.isTrusted && (scope === 'workspace' || !isWhole)) throw problem('notTrusted');
  if (isWhole) return written;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  if (folder?.scheme !== 'file') throw problem('noFolder');
  return vscode.Uri.joinPath(folder, written.replace(workspaceFolder, '')).fsPath;
}

/** How to write a path into the settings: those of a workspace go along with its folder, to computers where it is elsewhere. */
export function portablePath(path: string, scope: ProfileScope): string {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  if (scope === 'user' || folder?.scheme !== 'file') return path;
  const start = folder.fsPath;
  const isInside = path.startsWith(start) && /^[\\/]/.test(path.slice(start.length));
  return isInside ? `\${workspaceFolder}${path.slice(start.length).replace(/\\/g, '/')}` : path;
}

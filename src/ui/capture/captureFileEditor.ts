import * as vscode from 'vscode';
import { DisposableStack, type Disposable } from '../../base/lifecycle';
import { captureFileViewType } from '../../contributions/views';
import type { FileSlices } from '../../storage/fileSlices';
import { hostPace } from '../inspector/hostPace';
import type { InspectorPanels } from '../inspector/inspectorPanels';
import { CaptureFileDocument } from './captureFileDocument';

export interface CaptureFileEditorDependencies {
  readonly inspectors: InspectorPanels;
  /** Opens a file of this computer. */
  readonly openFile: (path: string) => Promise<FileSlices>;
  /** Bytes of memory for the packets of one file. */
  readonly budget: () => number;
}

/** Files of other file systems come as a whole: longer ones would take more memory than there may be. */
const longestWhole = 512 * 1024 * 1024;

/**
 * The editor of capture files: an inspector of what is in the file. It reads that file and nothing else, and writes
 * nothing, so that it serves in a workspace that is not trusted too.
 */
export class CaptureFileEditor
  implements vscode.CustomReadonlyEditorProvider<CaptureFileDocument>, Disposable
{
  private readonly registration: Disposable;

  constructor(private readonly dependencies: CaptureFileEditorDependencies) {
    this.registration = vscode.window.registerCustomEditorProvider(captureFileViewType, this, {
      supportsMultipleEditorsPerDocument: true,
    });
  }

  openCustomDocument(uri: vscode.Uri): CaptureFileDocument {
    const { budget, openFile } = this.dependencies;
    return new CaptureFileDocument(uri, {
      open: (of) => (of.scheme === 'file' ? openFile(of.fsPath) : openWhole(of)),
      stat: (of) => vscode.workspace.fs.stat(of),
      budget,
      pace: hostPace,
    });
  }

  resolveCustomEditor(document: CaptureFileDocument, panel: vscode.WebviewPanel): void {
    const stack = new DisposableStack();
    let revealAdded: (() => void) | undefined;
    const show = (): void => {
      const clear = (): Promise<void> => Promise.reject(new Error('A capture file is only read'));
      const { log, firstAdded } = document;
      const { session } = this.dependencies.inspectors.adopt(panel, { log, clear, file: document });
      revealAdded =
        firstAdded === undefined
          ? undefined
          : () => {
              if (document.state.phase === 'reading') return;
              revealAdded = undefined;
              if (log.end > firstAdded) session.reveal(firstAdded);
            };
    };
    stack.add(document.onDidRestart(show));
    stack.add(document.onDidChange(() => revealAdded?.()));
    stack.add(watch(document));
    panel.onDidDispose(() => stack.dispose());
    show();
  }

  dispose(): void {
    this.registration.dispose();
  }
}

function watch(document: CaptureFileDocument): Disposable {
  const { uri } = document;
  const folder = vscode.Uri.joinPath(uri, '..');
  const watcher = vscode.workspace.createFileSystemWatcher(
    // A name may hold what stands for more in a pattern.
    new vscode.RelativePattern(folder, document.state.name.replace(/[[\]{}*?]/g, '[$&]')),
  );
  const check = (): void => void document.checkFile();
  return vscode.Disposable.from(
    watcher,
    watcher.onDidChange(check),
    watcher.onDidCreate(check),
    watcher.onDidDelete(check),
  );
}

async function openWhole(uri: vscode.Uri): Promise<FileSlices> {
  const { size } = await vscode.workspace.fs.stat(uri);
  if (size > longestWhole) {
    throw new Error(
      'Files of this file system can be read up to 512 MiB: copy it to this computer and open it there.',
    );
  }
  const whole = await vscode.workspace.fs.readFile(uri);
  return {
    size: whole.length,
    read: (offset, length) => Promise.resolve(whole.subarray(offset, offset + length)),
    close: () => Promise.resolve(),
  };
}

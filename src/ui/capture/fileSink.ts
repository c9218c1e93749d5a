import * as vscode from 'vscode';
import { concatBytes } from '../../base/bytes';
import { UnfinishedFile } from '../../storage/unfinishedFile';

/** Where a file is written to, piece by piece; it is there when it is finished. */
export interface FileSink {
  write(piece: Uint8Array): Promise<void>;
  finish(): Promise<void>;
  abandon(): Promise<void>;
}

/** Other file systems take a file as a whole only: longer ones would take more memory than there may be. */
const longestWhole = 512 * 1024 * 1024;

export function fileSink(uri: vscode.Uri): Promise<FileSink> {
  return uri.scheme === 'file' ? UnfinishedFile.create(uri.fsPath) : Promise.resolve(wholeFile(uri));
}

function wholeFile(uri: vscode.Uri): FileSink {
  const pieces: Uint8Array[] = [];
  let length = 0;
  return {
    write: (piece) => {
      length += piece.length;
      if (length > longestWhole) {
        const why = 'Files of this file system can be written up to 512 MiB: save it on this computer.';
        return Promise.reject(new Error(why));
      }
      pieces.push(piece);
      return Promise.resolve();
    },
    finish: async () => {
      const unfinished = uri.with({ path: `${uri.path}.tmp` });
      await vscode.workspace.fs.writeFile(unfinished, concatBytes(pieces));
      await vscode.workspace.fs.rename(unfinished, uri, { overwrite: true });
    },
    abandon: () => Promise.resolve(void (pieces.length = 0)),
  };
}

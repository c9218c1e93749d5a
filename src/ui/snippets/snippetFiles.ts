import * as vscode from 'vscode';
import { DisposableStack, Emitter, type Disposable } from '../../base/lifecycle';
import { decodeUtf8 } from '../../base/utf8';
import { mqttLanguage } from '../../contributions/languages';
import { parse } from '../../snippets/parser';
import type { SnippetDocument } from '../../snippets/syntax';
import type { ErrorSink } from '../vscodeBindings';
import { LineChanges } from './lineChanges';

/** A file of messages; `document` is undefined where it is not UTF-8. */
export interface SnippetFile {
  readonly uri: vscode.Uri;
  readonly document: SnippetDocument | undefined;
  /** Of the document in the editor, or {@link onDisk}. */
  readonly version: number;
}

/** The version of a file that no editor has open. */
export const onDisk = 0;

const pattern = `**/*${mqttLanguage.extension}`;
/** More than a workspace that people wrote has; a folder of generated ones does not stall the window. */
const mostFiles = 1000;

/** The `.mqtt` files of the workspace as they are in the editor, or on disk where none has them open. */
export class SnippetFiles implements Disposable {
  private readonly held = new DisposableStack();
  private readonly changed = this.held.add(new Emitter<void>());
  private readonly parsed = new WeakMap<
    vscode.TextDocument,
    { readonly version: number; readonly document: SnippetDocument }
  >();
  private readonly history = new WeakMap<vscode.TextDocument, LineChanges>();
  /** Where the files are, until one comes or goes. */
  private found: Promise<readonly vscode.Uri[]> | undefined;
  /** What is on disk, by URI, until it changes there; undefined where it cannot be read. */
  private readonly filesRead = new Map<string, Promise<SnippetFile | undefined>>();
  private readonly reported = new Set<string>();
  readonly onDidChange = this.changed.event;

  constructor(private readonly failed: ErrorSink) {
    const watcher = this.held.add(vscode.workspace.createFileSystemWatcher(pattern));
    this.held.add(watcher.onDidCreate((uri) => this.cameOrWent(uri)));
    this.held.add(watcher.onDidDelete((uri) => this.cameOrWent(uri)));
    this.held.add(watcher.onDidChange((uri) => this.readAgain(uri)));
    // A folder that comes or goes is told as one, without the files in it.
    const folders = this.held.add(vscode.workspace.createFileSystemWatcher('**', false, true, false));
    this.held.add(folders.onDidCreate((uri) => mayBeFolder(uri) && this.lookAgain()));
    this.held.add(folders.onDidDelete((uri) => this.mayHaveHeld(uri) && this.lookAgain()));
    this.held.add(vscode.workspace.onDidChangeWorkspaceFolders(() => this.lookAgain()));
    this.held.add(
      vscode.workspace.onDidChangeTextDocument((change) => {
        if (change.document.languageId !== mqttLanguage.id) return;
        this.record(change);
        this.changed.fire();
      }),
    );
    // What was not saved is gone then, and the file counts again.
    this.held.add(
      vscode.workspace.onDidCloseTextDocument(({ languageId, uri }) => {
        if (languageId === mqttLanguage.id) this.readAgain(uri);
      }),
    );
  }

  /** All files, in the order of their paths. Only what changed since is looked for and read again. */
  async all(): Promise<readonly SnippetFile[]> {
    this.found ??= this.find();
    const files = await Promise.all((await this.found).map((uri) => this.fileAt(uri)));
    return files.flatMap((file) => file ?? []);
  }

  /** An open document, parsed once for each of its versions. */
  parsedDocument(document: vscode.TextDocument): SnippetDocument {
    const known = this.parsed.get(document);
    if (known?.version === document.version) return known.document;
    const parsed = parse(document.getText());
    this.parsed.set(document, { version: document.version, document: parsed });
    return parsed;
  }

  /** Where a line of an earlier version is now; undefined where its text was replaced since. */
  lineNow(document: vscode.TextDocument, line: number, version: number): number | undefined {
    if (version === onDisk || version === document.version) return line;
    return this.history.get(document)?.lineNow(line, version, document.version);
  }

  dispose(): void {
    this.held.dispose();
  }

  private record({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const changes = this.history.get(document) ?? new LineChanges();
    this.history.set(document, changes);
    changes.record(
      document.version,
      contentChanges.map(({ range, text }) => ({
        startLine: range.start.line,
        endLine: range.end.line,
        addedBreaks: text.split('\n').length - 1,
      })),
    );
  }

  private cameOrWent(uri: vscode.Uri): void {
    this.filesRead.delete(uri.toString());
    this.lookAgain();
  }

  private readAgain(uri: vscode.Uri): void {
    this.filesRead.delete(uri.toString());
    this.changed.fire();
  }

  private lookAgain(): void {
    this.found = undefined;
    this.changed.fire();
  }

  private mayHaveHeld(folder: vscode.Uri): boolean {
    return (
      mayBeFolder(folder) || [...this.filesRead.keys()].some((key) => key.startsWith(`${folder.toString()}/`))
    );
  }

  private async find(): Promise<readonly vscode.Uri[]> {
    const uris = await vscode.workspace.findFiles(pattern, '**/node_modules/**', mostFiles);
    const keys = new Set(uris.map(String));
    for (const held of [this.filesRead, this.reported]) {
      for (const key of held.keys()) if (!keys.has(key)) held.delete(key);
    }
    return [...uris].sort((a, b) => a.path.localeCompare(b.path, 'en', { numeric: true }));
  }

  private async fileAt(uri: vscode.Uri): Promise<SnippetFile | undefined> {
    const key = uri.toString();
    const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === key);
    if (open) return { uri, document: this.parsedDocument(open), version: open.version };
    const known = this.filesRead.get(key) ?? this.read(uri);
    this.filesRead.set(key, known);
    return known;
  }

  private async read(uri: vscode.Uri): Promise<SnippetFile | undefined> {
    try {
      const text = decodeUtf8(await vscode.workspace.fs.readFile(uri));
      this.reported.delete(uri.toString());
      return { uri, document: text === undefined ? undefined : parse(text), version: onDisk };
    } catch (error) {
      // It may be gone since it was found; the watcher brings the new list.
      const gone = error instanceof vscode.FileSystemError && error.code === 'FileNotFound';
      if (!gone && !this.reported.has(uri.toString())) {
        this.reported.add(uri.toString());
        this.failed(`Reading ${vscode.workspace.asRelativePath(uri)}`, error);
      }
      return undefined;
    }
  }
}

/** Files nearly always have a dot in their name; looking for files again after each that a build makes is spared so. */
function mayBeFolder({ path }: vscode.Uri): boolean {
  return !path.slice(path.lastIndexOf('/') + 1).includes('.');
}

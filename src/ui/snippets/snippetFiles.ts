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
  private listed: Promise<readonly SnippetFile[]> | undefined;
  readonly onDidChange = this.changed.event;

  constructor(private readonly failed: ErrorSink) {
    const watcher = this.held.add(vscode.workspace.createFileSystemWatcher(pattern));
    const forget = (): void => {
      this.listed = undefined;
      this.changed.fire();
    };
    this.held.add(watcher.onDidCreate(forget));
    this.held.add(watcher.onDidChange(forget));
    this.held.add(watcher.onDidDelete(forget));
    this.held.add(vscode.workspace.onDidChangeWorkspaceFolders(forget));
    this.held.add(
      vscode.workspace.onDidChangeTextDocument((change) => {
        if (change.document.languageId !== mqttLanguage.id) return;
        this.record(change);
        forget();
      }),
    );
  }

  /** All files, in the order of their paths. They are looked for when somebody asks, and again after something changed. */
  all(): Promise<readonly SnippetFile[]> {
    this.listed ??= this.list();
    return this.listed;
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

  private async list(): Promise<readonly SnippetFile[]> {
    const uris = await vscode.workspace.findFiles(pattern, '**/node_modules/**', mostFiles);
    const files = await Promise.all(uris.map((uri) => this.read(uri)));
    return files
      .flatMap((file) => (file ? [file] : []))
      .sort((a, b) => a.uri.path.localeCompare(b.uri.path, 'en', { numeric: true }));
  }

  private async read(uri: vscode.Uri): Promise<SnippetFile | undefined> {
    const open = vscode.workspace.textDocuments.find(
      (document) => document.uri.toString() === uri.toString(),
    );
    if (open) return { uri, document: this.parsedDocument(open), version: open.version };
    try {
      const text = decodeUtf8(await vscode.workspace.fs.readFile(uri));
      return { uri, document: text === undefined ? undefined : parse(text), version: onDisk };
    } catch (error) {
      // It may be gone since it was found; the watcher brings the new list.
      this.failed(`Reading ${vscode.workspace.asRelativePath(uri)}`, error);
      return undefined;
    }
  }
}

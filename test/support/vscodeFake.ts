import Module from 'node:module';
import { type Disposable, Emitter } from '../../src/base/lifecycle';

export interface ShownMessage {
  readonly kind: 'error' | 'warning' | 'information';
  readonly text: string;
  readonly detail: string | undefined;
  readonly buttons: readonly string[];
}

/** An input box that a test answers. */
export class FakeInputBox {
  prompt: string | undefined;
  validationMessage: string | undefined;
  value = '';
  buttons: readonly unknown[] = [];
  readonly accepted = new Emitter<void>();
  private readonly hidden = new Emitter<void>();
  private readonly edited = new Emitter<string>();
  readonly pressed = new Emitter<unknown>();
  readonly onDidAccept = this.accepted.event;
  readonly onDidHide = this.hidden.event;
  readonly onDidChangeValue = this.edited.event;
  readonly onDidTriggerButton = this.pressed.event;

  show(): void {
    fakeVscode.window.boxes.push(this);
  }

  dispose(): void {
    this.hidden.fire();
  }
}

interface FakePanel {
  readonly viewType: string;
  readonly title: string;
  iconPath: Readonly<Record<'light' | 'dark', FakeUri>> | undefined;
  readonly webview: { html: string };
}

/** What the code under test shows, and the button that is pressed in what it shows next. */
class FakeWindow {
  readonly messages: ShownMessage[] = [];
  readonly boxes: FakeInputBox[] = [];
  press: string | undefined;
  /** Whether notifications stay for ever, as they do where nobody closes them; dialogs are answered all the same. */
  toastsStay = false;
  /** What stands in the status bar right now. */
  readonly status = new Set<string>();

  readonly showErrorMessage = this.shower('error');
  readonly showWarningMessage = this.shower('warning');
  readonly showInformationMessage = this.shower('information');
  readonly setStatusBarMessage = (text: string): Disposable => {
    this.status.add(text);
    return { dispose: () => this.status.delete(text) };
  };
  /** The file that is picked in the next dialog. */
  picked: FakeUri | undefined;
  readonly showOpenDialog = (): Promise<readonly FakeUri[] | undefined> =>
    Promise.resolve(this.picked && [this.picked]);
  /** Where the next dialog saves; nothing: somebody closed it. */
  saved: FakeUri | undefined;
  /** What the dialogs that ask where to save offered. */
  readonly offered: (FakeUri | undefined)[] = [];
  readonly showSaveDialog = ({
    defaultUri,
  }: {
    readonly defaultUri?: FakeUri;
  }): Promise<FakeUri | undefined> => {
    this.offered.push(defaultUri);
    return Promise.resolve(this.saved);
  };
  /** The label of what is picked in the next list, and what was asked with each. */
  pick: string | undefined;
  readonly picks: { readonly asked: string | undefined; readonly labels: readonly string[] }[] = [];
  readonly showQuickPick = <T extends { readonly label: string }>(
    items: readonly T[],
    { placeHolder: asked }: { readonly placeHolder?: string },
  ): Promise<T | undefined> => {
    this.picks.push({ asked, labels: items.map(({ label }) => label) });
    return Promise.resolve(items.find(({ label }) => label === this.pick));
  };
  /** Documents that were brought to the front, with the offset of the cursor. */
  readonly documents: { readonly document: unknown; readonly cursor: number | undefined }[] = [];
  readonly showTextDocument = (
    document: unknown,
    { selection }: { readonly selection?: { readonly start: number } },
  ): Promise<void> => {
    this.documents.push({ document, cursor: selection?.start });
    return Promise.resolve();
  };
  /** Panels with pages that were opened. */
  readonly panels: FakePanel[] = [];
  readonly createWebviewPanel = (viewType: string, title: string): FakePanel => {
    const panel: FakePanel = { viewType, title, iconPath: undefined, webview: { html: '' } };
    this.panels.push(panel);
    return panel;
  };
  readonly createInputBox = (): FakeInputBox => new FakeInputBox();

  private shower(kind: ShownMessage['kind']) {
    return (
      text: string,
      ...rest: readonly (string | { readonly detail: string })[]
    ): Promise<string | undefined> => {
      const buttons = rest.filter((each) => typeof each === 'string');
      const detail = rest.flatMap((each) => (typeof each === 'string' ? [] : each.detail))[0];
      this.messages.push({ kind, text, detail, buttons });
      if (this.toastsStay && detail === undefined) return new Promise(() => undefined);
      return Promise.resolve(this.press);
    };
  }
}

/** A place in the workspace: its path is all there is to it. */
export class FakeUri {
  constructor(
    readonly path: string,
    readonly scheme = 'file',
  ) {}

  static file(path: string): FakeUri {
    return new FakeUri(path);
  }

  static joinPath({ path }: FakeUri, ...segments: readonly string[]): FakeUri {
    return new FakeUri(new URL(segments.join('/'), `file://${path}/`).pathname);
  }

  get fsPath(): string {
    return this.path;
  }

  with({ path }: { readonly path: string }): FakeUri {
    return new FakeUri(path);
  }

  toString(): string {
    return `${this.scheme}://${this.path}`;
  }
}

export class FakeFileSystemError extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

export interface FakeDocument {
  readonly uri: FakeUri;
  readonly languageId: string;
  version: number;
  getText(): string;
}

/** A document whose positions are offsets. */
export class FakeTextDocument {
  readonly eol = 1;

  constructor(
    readonly uri: FakeUri,
    private readonly text: string,
  ) {}

  readonly getText = (): string => this.text;
  readonly positionAt = (offset: number): number => offset;
}

class FakeWorkspaceEdit {
  readonly inserted: { readonly uri: FakeUri; readonly at: number; readonly text: string }[] = [];

  insert(uri: FakeUri, at: number, text: string): void {
    this.inserted.push({ uri, at, text });
  }
}

/** A workspace whose files are in memory, with what was asked of it. */
class FakeWorkspace {
  readonly files = new Map<string, string | FakeFileSystemError>();
  /** Bytes that were written, by path. */
  readonly written = new Map<string, Uint8Array>();
  /** Paths that were read, and `find` for each look at all of them. */
  readonly asked: string[] = [];
  textDocuments: readonly FakeDocument[] = [];
  isTrusted = true;
  workspaceFolders: readonly { readonly uri: FakeUri }[] | undefined;
  /** What stands in the settings, by whole names. */
  readonly settings = new Map<string, unknown>();
  readonly created = new Emitter<FakeUri>();
  readonly changedOnDisk = new Emitter<FakeUri>();
  readonly deleted = new Emitter<FakeUri>();
  private readonly foldersChanged = new Emitter<void>();
  readonly textChanged = new Emitter<{
    readonly document: FakeDocument;
    readonly contentChanges: readonly never[];
  }>();
  readonly closed = new Emitter<FakeDocument>();

  readonly onDidChangeWorkspaceFolders = this.foldersChanged.event;
  readonly onDidChangeTextDocument = this.textChanged.event;
  readonly onDidCloseTextDocument = this.closed.event;

  /** Tells of paths that end as its pattern does, as VS Code would. */
  readonly createFileSystemWatcher = (pattern: string) => {
    const ending = /\.\w+$/.exec(pattern)?.[0] ?? '';
    const only =
      ({ event }: Emitter<FakeUri>) =>
      (listener: (uri: FakeUri) => void) =>
        event((uri) => uri.path.endsWith(ending) && listener(uri));
    return {
      onDidCreate: only(this.created),
      onDidChange: only(this.changedOnDisk),
      onDidDelete: only(this.deleted),
      dispose: () => undefined,
    };
  };

  readonly findFiles = (): Promise<readonly FakeUri[]> => {
    this.asked.push('find');
    return Promise.resolve([...this.files.keys()].map((path) => new FakeUri(path)));
  };

  readonly getConfiguration = (section: string) => ({
    get: (name: string): unknown => this.settings.get(`${section}.${name}`),
  });

  /** A document to be edited: a file of {@link files}, or a new one. */
  readonly openTextDocument = (of: FakeUri | { readonly language: string }): Promise<FakeTextDocument> => {
    const { path } = of instanceof FakeUri ? of : new FakeUri('/Untitled-1');
    const content = this.files.get(path);
    return Promise.resolve(
      new FakeTextDocument(new FakeUri(path), typeof content === 'string' ? content : ''),
    );
  };
  /** Whether files can be changed. */
  isWritable = true;
  readonly applyEdit = ({ inserted }: FakeWorkspaceEdit): Promise<boolean> => {
    for (const { uri, at, text } of this.isWritable ? inserted : []) {
      const content = this.files.get(uri.path);
      const before = typeof content === 'string' ? content : '';
      this.files.set(uri.path, before.slice(0, at) + text + before.slice(at));
    }
    return Promise.resolve(this.isWritable);
  };

  readonly asRelativePath = ({ path }: FakeUri): string => path.slice(1);

  readonly fs = {
    readFile: ({ path }: FakeUri): Promise<Uint8Array> => {
      this.asked.push(path);
      const content = this.files.get(path) ?? new FakeFileSystemError('FileNotFound');
      return typeof content === 'string'
        ? Promise.resolve(new TextEncoder().encode(content))
        : Promise.reject(content);
    },
    writeFile: ({ path }: FakeUri, bytes: Uint8Array): Promise<void> => {
      this.written.set(path, bytes);
      return Promise.resolve();
    },
  };
}

/** Notes the commands that are run, and runs none. */
class FakeCommands {
  readonly executed: string[] = [];

  readonly executeCommand = (command: string): Promise<void> => {
    this.executed.push(command);
    return Promise.resolve();
  };
}

class FakeClipboard {
  text = '';

  readonly writeText = (text: string): Promise<void> => {
    this.text = text;
    return Promise.resolve();
  };
}

/** The part of VS Code's API that the tests in this process need; one for all of them, since modules load once. */
export const fakeVscode = {
  window: new FakeWindow(),
  commands: new FakeCommands(),
  workspace: new FakeWorkspace(),
  env: { shell: '/bin/sh', clipboard: new FakeClipboard(), remoteName: undefined as string | undefined },
  FileSystemError: FakeFileSystemError,
  Uri: FakeUri,
  EndOfLine: { LF: 1, CRLF: 2 },
  Range: class {
    constructor(
      readonly start: number,
      readonly end: number,
    ) {}
  },
  WorkspaceEdit: FakeWorkspaceEdit,
  QuickInputButtons: { Back: {} },
  MarkdownString: class {
    constructor(readonly value: string) {}
  },
  ThemeIcon: class {
    constructor(readonly id: string) {}
  },
  ThemeColor: class {
    constructor(readonly id: string) {}
  },
  TreeItem: class {
    constructor(
      readonly label: string,
      readonly collapsibleState: number,
    ) {}
  },
  ViewColumn: { Active: -1 },
  TreeItemCollapsibleState: { None: 0, Collapsed: 1, Expanded: 2 },
};

const loader = Module as unknown as { _load: (request: string, ...rest: unknown[]) => unknown };
const load = loader._load;
loader._load = (request, ...rest) =>
  request === 'vscode' ? fakeVscode : load.call(loader, request, ...rest);

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

/** What the code under test shows, and the button that is pressed in what it shows next. */
class FakeWindow {
  readonly messages: ShownMessage[] = [];
  readonly boxes: FakeInputBox[] = [];
  press: string | undefined;
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
  readonly createInputBox = (): FakeInputBox => new FakeInputBox();

  private shower(kind: ShownMessage['kind']) {
    return (
      text: string,
      ...rest: readonly (string | { readonly detail: string })[]
    ): Promise<string | undefined> => {
      const buttons = rest.filter((each) => typeof each === 'string');
      const detail = rest.flatMap((each) => (typeof each === 'string' ? [] : each.detail))[0];
      this.messages.push({ kind, text, detail, buttons });
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

/** A workspace whose files are in memory, with what was asked of it. */
class FakeWorkspace {
  readonly files = new Map<string, string | FakeFileSystemError>();
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

  readonly asRelativePath = ({ path }: FakeUri): string => path.slice(1);

  readonly fs = {
    readFile: ({ path }: FakeUri): Promise<Uint8Array> => {
      this.asked.push(path);
      const content = this.files.get(path) ?? new FakeFileSystemError('FileNotFound');
      return typeof content === 'string'
        ? Promise.resolve(new TextEncoder().encode(content))
        : Promise.reject(content);
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
  QuickInputButtons: { Back: {} },
  MarkdownString: class {
    constructor(readonly value: string) {}
  },
  ThemeIcon: class {
    constructor(readonly id: string) {}
  },
};

const loader = Module as unknown as { _load: (request: string, ...rest: unknown[]) => unknown };
const load = loader._load;
loader._load = (request, ...rest) =>
  request === 'vscode' ? fakeVscode : load.call(loader, request, ...rest);

import Module from 'node:module';
import { Emitter } from '../../src/base/lifecycle';

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
  readonly accepted = new Emitter<void>();
  private readonly hidden = new Emitter<void>();
  private readonly edited = new Emitter<string>();
  private readonly pressed = new Emitter<unknown>();
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

  readonly showErrorMessage = this.shower('error');
  readonly showWarningMessage = this.shower('warning');
  readonly showInformationMessage = this.shower('information');
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

/** The part of VS Code's API that the tests in this process need; one for all of them, since modules load once. */
export const fakeVscode = {
  window: new FakeWindow(),
  QuickInputButtons: { Back: {} },
};

const loader = Module as unknown as { _load: (request: string, ...rest: unknown[]) => unknown };
const load = loader._load;
loader._load = (request, ...rest) =>
  request === 'vscode' ? fakeVscode : load.call(loader, request, ...rest);

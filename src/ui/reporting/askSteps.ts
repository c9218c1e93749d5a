import * as vscode from 'vscode';
import { DisposableStack } from '../../base/lifecycle';
import { withoutLinks } from './plainText';

type Answers<K extends string> = Readonly<Partial<Record<K, string>>>;

interface StepBase<K extends string> {
  readonly key: K;
  /** A word or two for the title, which stays while a complaint stands in the place of the prompt. */
  readonly label: string;
  /** What the step asks, below or in the box. */
  readonly prompt: string;
  /** What stands in the box at first, or which item is active. */
  readonly initial?: (answers: Answers<K>) => string;
  /** Whether the step is asked at all, seen from the answers so far. Default: it is. */
  readonly when?: (answers: Answers<K>) => boolean;
}

export interface TextStep<K extends string> extends StepBase<K> {
  readonly placeholder?: string;
  readonly password?: boolean;
  /** The value is the path of a file, which may also be picked: the endings by what they are called. */
  readonly browse?: Readonly<Record<string, readonly string[]>>;
  /** Why a value is not accepted, as a sentence; or undefined. */
  readonly problem?: (value: string, answers: Answers<K>) => string | undefined;
}

export interface PickStep<K extends string> extends StepBase<K> {
  readonly items: readonly PickStepItem[];
}

export interface PickStepItem {
  /** The answer when it is picked. */
  readonly value: string;
  readonly label: string;
  readonly description?: string;
}

export type Step<K extends string> = TextStep<K> | PickStep<K>;

type Outcome = { readonly answer: string } | 'back' | 'cancelled';

/**
 * Asks one question after the other in the quick input, with a way back to each earlier one; answers stay while going
 * back and forth. Resolves with the answers - that of a step that was not asked is empty - or undefined when the person
 * gives up.
 */
export async function askSteps<K extends string>(
  title: string,
  steps: readonly Step<K>[],
): Promise<Readonly<Record<K, string>> | undefined> {
  const answers: Partial<Record<K, string>> = {};
  const asked: number[] = [];
  for (let index = 0; index < steps.length;) {
    const step = steps[index] as Step<K>;
    if (step.when?.(answers) === false) {
      index++;
      continue;
    }
    const outcome = await ask(
      title,
      step,
      answers,
      asked.length + 1,
      remaining(steps, index, answers),
      asked.length > 0,
    );
    if (outcome === 'cancelled') return undefined;
    if (outcome === 'back') {
      index = asked.pop() ?? 0;
      continue;
    }
    answers[step.key] = outcome.answer;
    asked.push(index);
    index++;
  }
  return Object.fromEntries(
    steps.map(({ key }, index) => [key, asked.includes(index) ? (answers[key] ?? '') : '']),
  ) as Record<K, string>;
}

function remaining<K extends string>(steps: readonly Step<K>[], from: number, answers: Answers<K>): number {
  return steps.slice(from).filter((step) => step.when?.(answers) !== false).length;
}

async function ask<K extends string>(
  title: string,
  step: Step<K>,
  answers: Answers<K>,
  number: number,
  left: number,
  canGoBack: boolean,
): Promise<Outcome> {
  const { input, answer } = 'items' in step ? pickQuestion(step, answers) : textQuestion(step, answers);
  input.title = `${title} · ${step.label}`;
  input.step = number;
  input.totalSteps = number + left - 1;
  // Looking something up elsewhere must not throw away what was typed.
  input.ignoreFocusOut = true;
  const browse = 'browse' in step ? step.browse : undefined;
  input.buttons = [
    ...(canGoBack ? [vscode.QuickInputButtons.Back] : []),
    ...(browse === undefined ? [] : [browseButton()]),
  ];
  // Where VS Code draws its own file dialog, that takes the place of the question for a while.
  let browsing = false;
  const held = new DisposableStack();
  held.add(input);
  try {
    return await new Promise<Outcome>((resolve, reject) => {
      held.add(
        input.onDidTriggerButton((button) => {
          if (button === vscode.QuickInputButtons.Back) return resolve('back');
          if (browse === undefined) return;
          browsing = true;
          pickFile(step.label, browse)
            .then((path) => {
              if (path !== undefined) input.value = path;
              browsing = false;
              input.show();
            })
            .catch(reject);
        }),
      );
      held.add(input.onDidHide(() => browsing || resolve('cancelled')));
      held.add(
        input.onDidAccept(() => {
          const given = answer();
          if (given !== undefined) resolve({ answer: given });
        }),
      );
      input.show();
    });
  } finally {
    held.dispose();
  }
}

function browseButton(): vscode.QuickInputButton {
  return { iconPath: new vscode.ThemeIcon('folder-opened'), tooltip: 'Browse…' };
}

/** The path of the file that a person picks; undefined where none is. */
async function pickFile(
  title: string,
  endings: Readonly<Record<string, readonly string[]>>,
): Promise<string | undefined> {
  const filters = Object.fromEntries(Object.entries(endings).map(([name, each]) => [name, [...each]]));
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const picked = await vscode.window.showOpenDialog({
    title,
    filters,
    openLabel: 'Choose',
    ...(folder && { defaultUri: folder }),
  });
  return picked?.[0]?.fsPath;
}

interface Question {
  readonly input: vscode.InputBox | vscode.QuickPick<Item>;
  /** What was answered; undefined where that is not accepted, which the input then tells. */
  readonly answer: () => string | undefined;
}

type Item = vscode.QuickPickItem & PickStepItem;

function textQuestion<K extends string>(step: TextStep<K>, answers: Answers<K>): Question {
  const input = vscode.window.createInputBox();
  // What stands in the box's prompt and complaint may come from settings, and links in them would be drawn.
  input.prompt = withoutLinks(step.prompt);
  if (step.placeholder !== undefined) input.placeholder = step.placeholder;
  input.password = step.password === true;
  input.value = answers[step.key] ?? step.initial?.(answers) ?? '';
  // A complaint about what is still being typed would only be in the way: it goes with the next key.
  input.onDidChangeValue(() => (input.validationMessage = undefined));
  return {
    input,
    answer: () => {
      const problem = step.problem?.(input.value, answers);
      input.validationMessage = problem && withoutLinks(problem);
      return problem === undefined ? input.value : undefined;
    },
  };
}

function pickQuestion<K extends string>(step: PickStep<K>, answers: Answers<K>): Question {
  const input = vscode.window.createQuickPick<Item>();
  input.placeholder = step.prompt;
  input.matchOnDescription = true;
  input.items = step.items;
  const active = answers[step.key] ?? step.initial?.(answers);
  const focused = input.items.filter(({ value }) => value === active);
  // Setting none would take away the focus of the first row, and Enter would do nothing.
  if (focused.length > 0) input.activeItems = focused;
  return { input, answer: () => input.selectedItems[0]?.value };
}

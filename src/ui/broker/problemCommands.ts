import * as vscode from 'vscode';
import { grouped } from '../../base/grouped';
import type { BrokerProblemArgument } from '../../contributions/arguments';
import { showInformation } from '../reporting/notifications';
import { withoutIcons } from '../reporting/plainText';
import type { BrokerProblems, Problem } from './brokerProblems';
import { problemRow } from './clientRow';
import { inspectProblem } from './problemNotices';

export interface ProblemCommandDependencies {
  readonly problems: Pick<BrokerProblems, 'all' | 'get' | 'dismiss' | 'clear'>;
  readonly inspect: (sequence: number) => void;
  /** No notifications of them from now on. */
  readonly beQuiet: () => Thenable<void>;
}

interface ProblemItem extends vscode.QuickPickItem {
  readonly key: string;
}

/** How long the status bar says that something was copied, in milliseconds. */
const copiedShown = 3_000;

/** The commands about what devices do wrong at the local broker. */
export class ProblemCommands {
  constructor(private readonly dependencies: ProblemCommandDependencies) {}

  readonly showBrokerProblem = async (argument?: BrokerProblemArgument): Promise<void> => {
    const problem = await this.problem(argument, 'Problem whose packet to show');
    if (problem) await inspectProblem(problem, this.dependencies.inspect);
  };

  readonly copyBrokerProblem = async (argument?: BrokerProblemArgument): Promise<void> => {
    const problem = await this.problem(argument, 'Problem to copy');
    if (!problem) return;
    await vscode.env.clipboard.writeText(problemText(problem));
    vscode.window.setStatusBarMessage('Problem copied', copiedShown);
  };

  readonly dismissBrokerProblem = async (argument?: BrokerProblemArgument): Promise<void> => {
    const problem = await this.problem(argument, 'Problem to dismiss');
    if (problem) this.dependencies.problems.dismiss(problem.key);
  };

  readonly quietBrokerProblems = async (): Promise<void> => this.dependencies.beQuiet();

  readonly clearBrokerProblems = (): void => this.dependencies.problems.clear();

  /** The one a command was given, or the one a person picks. */
  private async problem(
    argument: BrokerProblemArgument | undefined,
    question: string,
  ): Promise<Problem | undefined> {
    const { problems } = this.dependencies;
    if (argument) return problems.get(argument.problemKey);
    const items = problems.all().map((problem): ProblemItem => {
      const { label, description } = problemRow(problem);
      return { label: withoutIcons(label), description: withoutIcons(description), key: problem.key };
    });
    if (items.length === 0) {
      await showInformation('No device has done anything wrong at the local broker.');
      return undefined;
    }
    const picked = await vscode.window.showQuickPick(items, {
      placeHolder: question,
      matchOnDescription: true,
    });
    return picked && problems.get(picked.key);
  }
}

/** All that is known of it, for a bug report. */
function problemText({ who, peer, text, at, count }: Problem): string {
  const times = count > 1 ? ` (${grouped(count)} times)` : '';
  return `${new Date(at).toISOString()} ${who}, ${peer}${times}: ${text}`;
}

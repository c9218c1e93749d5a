import type * as vscode from 'vscode';
import { parseLastChoices, withChoices, type LastChoices } from '../../inspector/lastChoices';

const key = 'inspector.lastChoices';

/** Keeps what a person chose last in any inspector, for the next one that opens: in this window or another. */
export class ChoiceMemory {
  constructor(private readonly memento: Pick<vscode.Memento, 'get' | 'update'>) {}

  last(): LastChoices {
    return parseLastChoices(this.memento.get(key));
  }

  async made(choices: LastChoices): Promise<void> {
    await this.memento.update(key, withChoices(this.last(), parseLastChoices(choices)));
  }
}

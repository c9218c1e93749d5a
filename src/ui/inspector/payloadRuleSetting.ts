import * as vscode from 'vscode';
import type { Event } from '../../base/lifecycle';
import { filtersAround, parsePayloadRules, ruleFor, type PayloadRule } from '../../inspector/payloadRules';
import { formName, type PayloadMode } from '../../payload/payloadMode';
import { topicFilterProblem } from '../../protocol/topics';
import { onDidChangeSetting, readSetting, writeWorkspaceSetting } from '../vscodeBindings';

export function payloadRules(): readonly PayloadRule[] {
  return parsePayloadRules(readSetting('payloadRules'));
}

export const onDidChangePayloadRules: Event<void> = (listener) =>
  onDidChangeSetting('payloadRules', () => listener(undefined));

/** Asks for which topics, and writes the rule into the workspace's settings, or the user's where no folder is open. */
export async function rememberPayloadMode(topic: string, mode: PayloadMode): Promise<boolean> {
  const rules = payloadRules();
  if (mode === 'auto') {
    const applied = ruleFor(rules, topic);
    if (!applied) return false;
    await writeWorkspaceSetting(
      'payloadRules',
      rules.filter((rule) => rule !== applied),
    );
    return true;
  }
  const filter = await askFilter(topic, formName(mode));
  if (filter === undefined) return false;
  const others = rules.filter((rule) => rule.topic !== filter);
  // The first rule that fits counts: the newest is what the person means now.
  await writeWorkspaceSetting('payloadRules', [{ topic: filter, as: mode }, ...others]);
  return true;
}

const otherFilter = 'Another topic filter…';

async function askFilter(topic: string, form: string): Promise<string | undefined> {
  const filters = filtersAround(topic);
  const picked = await vscode.window.showQuickPick([...filters, otherFilter], {
    title: `Show payloads as ${form}`,
    placeHolder: 'Topics whose payloads are shown so from now on',
  });
  if (picked !== otherFilter) return picked;
  return vscode.window.showInputBox({
    title: `Show payloads as ${form}`,
    prompt: 'Topic filter, where + stands for one level and # for all that follow',
    value: topic,
    validateInput: (text) =>
      topicFilterProblem(text, false) === undefined
        ? undefined
        : 'That is no topic filter: + takes a whole level, and # a whole level at the end.',
  });
}

import type { Event } from '../../base/lifecycle';
import { filtersAround, parsePayloadRules, ruleFor, type PayloadRule } from '../../inspector/payloadRules';
import { formName, type PayloadMode } from '../../payload/payloadMode';
import { topicFilterProblem } from '../../protocol/topics';
import { askSteps } from '../reporting/askSteps';
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

/** No Topic Filter is empty. */
const otherFilter = '';

async function askFilter(topic: string, form: string): Promise<string | undefined> {
  const answers = await askSteps(`Show payloads as ${form}`, [
    {
      key: 'picked',
      label: 'Topics',
      prompt: 'Topics whose payloads are shown so from now on',
      items: [
        ...filtersAround(topic).map((filter) => ({ value: filter, label: filter })),
        { value: otherFilter, label: 'Another topic filter…' },
      ],
    },
    {
      key: 'typed',
      label: 'Topic filter',
      prompt: 'Topic filter, where + stands for one level and # for all that follow',
      when: ({ picked }) => picked === otherFilter,
      initial: () => topic,
      problem: (text) =>
        topicFilterProblem(text, false) === undefined
          ? undefined
          : 'That is no topic filter: + takes a whole level, and # a whole level at the end.',
    },
  ]);
  return answers && (answers.picked === otherFilter ? answers.typed : answers.picked);
}

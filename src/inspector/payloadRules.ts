import { isPayloadMode, type PayloadForm } from '../payload/payloadMode';
import { topicMatches } from '../protocol/topics';

/** What payloads of the topics that match a filter are shown as. */
export interface PayloadRule {
  /** A Topic Filter. */
  readonly topic: string;
  readonly as: PayloadForm;
}

/** Rules that count; a list of more is made by no hand. */
const mostRules = 1000;

/** The rules of a setting that anybody may have written. What is no rule is left out. */
export function parsePayloadRules(setting: unknown): readonly PayloadRule[] {
  if (!Array.isArray(setting)) return [];
  return setting.slice(0, mostRules).flatMap((rule: unknown) => {
    if (typeof rule !== 'object' || rule === null || !('topic' in rule) || !('as' in rule)) return [];
    const { topic, as } = rule;
    if (typeof topic !== 'string' || topic === '' || !isPayloadMode(as) || as === 'auto') return [];
    return [{ topic, as }];
  });
}

/** The first rule whose filter matches a topic. */
export function ruleFor(rules: readonly PayloadRule[], topic: string | undefined): PayloadRule | undefined {
  return topic === undefined ? undefined : rules.find((rule) => topicMatches(rule.topic, topic));
}

/** The filters that a person may mean who looks at a message of this topic, the narrowest first. */
export function filtersAround(topic: string): readonly string[] {
  const levels = topic.split('/');
  const filters = [topic];
  // Devices differ in one level, mostly not the last: each is offered as a wildcard.
  for (let level = levels.length - 1; level >= 0 && filters.length < mostFilters; level--) {
    // A wildcard in the first level matches no topic that begins with `$` [MQTT-4.7.2-1].
    if (level === 0 && topic.startsWith('$')) continue;
    filters.push(levels.map((name, index) => (index === level ? '+' : name)).join('/'));
  }
  if (levels.length > 1) filters.push([...levels.slice(0, -1), '#'].join('/'));
  if (levels.length > 2) filters.push(`${levels[0] ?? ''}/#`);
  return [...new Set(filters)];
}

const mostFilters = 6;

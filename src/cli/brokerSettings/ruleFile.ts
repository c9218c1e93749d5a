import { getNodeValue } from 'jsonc-parser';
import type { TopicRule } from '../../broker/access/topicRules';
import { topicFilterProblem } from '../../protocol/topics';
import { CommandError, didYouMean } from '../terminal';
import { parseJsonFile } from './configFile';

const keys = ['user', 'anonymous', 'publish', 'subscribe'];

/**
 * Rules about topics: `[{ "user": "anna", "publish": ["devices/%u/#"], "subscribe": ["#"] }]`. `"anonymous": true` instead of a
 * user means those without a user name, neither of both everybody.
 */
export function readRules(file: string, bytes: Uint8Array): readonly TopicRule[] {
  const value: unknown = getNodeValue(parseJsonFile(file, bytes));
  if (!Array.isArray(value)) throw new CommandError(`${file}: it has to be a list, [ … ]`);
  return value.map((each: unknown, index) => readRule(`${file}: rule ${index + 1}`, each));
}

function readRule(where: string, value: unknown): TopicRule {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new CommandError(`${where} has to be an object, { … }`);
  }
  const rule = value as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(rule).find((key) => !keys.includes(key));
  if (unknown !== undefined) {
    throw new CommandError(
      `${where}: "${unknown}" is not known; ${didYouMean(unknown, keys, `there is ${keys.join(', ')}`)}`,
    );
  }
  const { user, anonymous } = rule;
  if (user !== undefined && (typeof user !== 'string' || user === '')) {
    throw new CommandError(`${where}: "user" has to be a name in quotes`);
  }
  if (anonymous !== undefined && anonymous !== true)
    throw new CommandError(`${where}: "anonymous" can only be true`);
  if (user !== undefined && anonymous !== undefined) {
    throw new CommandError(`${where}: "user" and "anonymous" exclude each other`);
  }
  const who = user !== undefined ? { user } : anonymous === true ? 'anonymous' : 'everybody';
  return {
    who,
    publish: filtersOf(where, 'publish', rule['publish']),
    subscribe: filtersOf(where, 'subscribe', rule['subscribe']),
  };
}

function filtersOf(where: string, key: string, value: unknown): readonly string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new CommandError(`${where}: "${key}" has to be a list of topic filters`);
  return value.map((filter: unknown) => {
    if (typeof filter !== 'string' || topicFilterProblem(filter, false) !== undefined) {
      throw new CommandError(`${where}: "${key}" has ${JSON.stringify(filter)}, which is no topic filter`);
    }
    return filter;
  });
}

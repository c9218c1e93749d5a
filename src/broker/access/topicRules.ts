import type { AdmittedClient } from '../accessControl';

/** What some clients may do. Filters are Topic Filters; `%u` in a level is the user name, `%c` the Client Identifier. */
export interface TopicRule {
  /** Whom it is about: one user, those without a user name, or everybody. */
  readonly who: { readonly user: string } | 'anonymous' | 'everybody';
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/** Whether rules tell users apart, by name or by `%u`: they protect nothing while a name is taken unchecked. */
export function rulesNameUsers(rules: readonly TopicRule[]): boolean {
  return rules.some(
    ({ who, publish, subscribe }) =>
      typeof who === 'object' || [...publish, ...subscribe].some((filter) => filter.includes('%u')),
  );
}

/** How many answers are remembered for each client, and for topics of how many characters. */
const mostRemembered = 64;
const longestRemembered = 256;

/** A level of a rule: a wildcard, or text, which means itself also where it was put in for `%u` and looks like a wildcard. */
type RuleLevel = { readonly wildcard: '+' | '#' } | { readonly text: string };

interface ClientRules {
  readonly publish: readonly (readonly RuleLevel[])[];
  readonly subscribe: readonly (readonly RuleLevel[])[];
  readonly answers: Map<string, boolean>;
  readonly receiveAnswers: Map<string, boolean>;
}

/** Who may publish and subscribe to what: what no rule allows is forbidden; without any rule everything is allowed. */
export class TopicRules {
  private readonly clients = new WeakMap<AdmittedClient, ClientRules>();

  constructor(private readonly rules: readonly TopicRule[]) {}

  /** Everything is allowed. */
  get isEmpty(): boolean {
    return this.rules.length === 0;
  }

  mayPublish(client: AdmittedClient, topicName: string): boolean {
    if (this.rules.length === 0) return true;
    const { publish, answers } = this.of(client);
    return remembered(answers, topicName, publish);
  }

  /** Whether a message of this topic is among what it may subscribe to. */
  mayReceive(client: AdmittedClient, topicName: string): boolean {
    if (this.rules.length === 0) return true;
    const { subscribe, receiveAnswers } = this.of(client);
    return remembered(receiveAnswers, topicName, subscribe);
  }

  /** Everything that the filter matches has to be allowed: `#` is not, where only `a/#` is. */
  maySubscribe(client: AdmittedClient, topicFilter: string): boolean {
    if (this.rules.length === 0) return true;
    const levels = topicFilter.split('/');
    return this.of(client).subscribe.some((filter) => covers(filter, levels));
  }

  private of(client: AdmittedClient): ClientRules {
    let own = this.clients.get(client);
    if (!own) {
      const concerned = this.rules.filter(({ who }) => concerns(who, client.userName));
      const filtersOf = (kind: 'publish' | 'subscribe') =>
        concerned.flatMap((rule) => rule[kind]).flatMap((filter) => levelsFor(filter, client));
      own = {
        publish: filtersOf('publish'),
        subscribe: filtersOf('subscribe'),
        answers: new Map(),
        receiveAnswers: new Map(),
      };
      this.clients.set(client, own);
    }
    return own;
  }
}

function remembered(
  answers: Map<string, boolean>,
  topicName: string,
  filters: readonly (readonly RuleLevel[])[],
): boolean {
  const known = answers.get(topicName);
  if (known !== undefined) return known;
  const names = topicName.split('/');
  const isAllowed = filters.some((filter) => covers(filter, names));
  if (topicName.length > longestRemembered) return isAllowed;
  if (answers.size >= mostRemembered) answers.clear();
  answers.set(topicName, isAllowed);
  return isAllowed;
}

function concerns(who: TopicRule['who'], userName: string | undefined): boolean {
  if (who === 'everybody') return true;
  return who === 'anonymous' ? userName === undefined : who.user === userName;
}

/** The levels of a rule's filter for one client; none where it has no user name to put in. */
function levelsFor(filter: string, { userName, clientIdentifier }: AdmittedClient): RuleLevel[][] {
  if (userName === undefined && filter.includes('%u')) return [];
  // Level by level: a name with a slash in it must not reach into what belongs to others.
  const level = (text: string): RuleLevel =>
    text === '+' || text === '#'
      ? { wildcard: text }
      : { text: text.replace(/%[uc]/g, (which) => (which === '%u' ? (userName ?? '') : clientIdentifier)) };
  return [filter.split('/').map(level)];
}

/** Whether everything that the levels of a Topic Name or Topic Filter match is matched by the rule (4.7.1). */
function covers(rule: readonly RuleLevel[], levels: readonly string[]): boolean {
  const isHidden = levels[0]?.startsWith('$') === true; // [MQTT-4.7.2-1]
  for (const [index, allowed] of rule.entries()) {
    if (index === 0 && isHidden && 'wildcard' in allowed) return false;
    if ('wildcard' in allowed && allowed.wildcard === '#') return true;
    const level = levels[index];
    if (level === undefined || level === '#') return false;
    if ('text' in allowed && (level === '+' || level !== allowed.text)) return false;
  }
  return rule.length === levels.length;
}

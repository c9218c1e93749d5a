import { grouped } from '../../base/grouped';
import type { FilterTopics, TopicLevel } from '../../capture/topicLevel';
import type { RowContext } from '../../contributions/views';
import type { ProtocolVersion } from '../../protocol/controlPacket';
import { hexByte } from '../../base/bytes';
import { reasonCodeName } from '../../protocol/reasonCodes';
import { showBytes } from '../../protocol/show';
import { describeViolation } from '../../protocol/violations';
import { formatRate } from '../connections/connectionRow';
import { isGranted, type SubscribedFilter } from '../connections/subscribedFilters';
import { saying } from '../reporting/serverReasons';
import { valueLine } from './valueLine';

/** What a row of the Subscriptions view shows, without VS Code's types. */
export interface TopicRow {
  readonly label: string;
  readonly description: string;
  readonly tooltip: string;
  readonly spoken: string;
  readonly icon: readonly [codicon: string, color?: string] | undefined;
  readonly context: RowContext;
}

const rowCharacters = 80;
const tooltipCharacters = 1000;

/** A level of topics, with the last value where it is a topic. */
export function levelRow(level: TopicLevel): TopicRow {
  const label = level.name === '' ? '""' : level.name;
  const { value, count, topicName } = level;
  if (!value) {
    const topics = `${level.levels.size} ${level.levels.size === 1 ? 'level' : 'levels'} below`;
    return {
      label,
      description: '',
      tooltip: topicName,
      spoken: `${label}, ${topics}`,
      icon: undefined,
      context: 'level',
    };
  }
  const retained = value.retain ? ' · R' : '';
  const line = valueLine(value.payload, value.length, rowCharacters);
  const messages = `${grouped(count)} ${count === 1 ? 'message' : 'messages'}`;
  return {
    label,
    // What is short goes first: a sidebar cuts the end off, and no row scrolls sideways.
    description: `${grouped(count)}${retained} · ${line}`,
    tooltip: [
      topicName,
      valueLine(value.payload, value.length, tooltipCharacters),
      `${showBytes(value.length)} · QoS ${value.qos}${value.retain ? ' · retained' : ''} · ${messages} · ${clockTime(value.at)}`,
    ].join('\n'),
    spoken: `${label}, ${line}${value.retain ? ', retained' : ''}, ${messages}`,
    icon: undefined,
    context: 'topic',
  };
}

/** A filter with what came under it. `now` in milliseconds since the epoch. */
export function filterRow(
  topics: FilterTopics,
  subscribed: SubscribedFilter | undefined,
  connection: { readonly isConnected: boolean; readonly version: ProtocolVersion },
  now: number,
): TopicRow {
  const { topicFilter, count } = topics;
  const numbers = `${grouped(count)} · ${formatRate(topics.rate(now))}/s`;
  if (topicFilter === undefined) {
    return {
      label: 'other topics',
      description: numbers,
      tooltip:
        'Messages that match none of the filters. They were on their way when a subscription ended, or the server kept a subscription of an earlier session.',
      spoken: `other topics, ${numbers}`,
      icon: ['question'],
      context: 'otherTopics',
    };
  }
  const { text, refused, words = '' } = grantText(subscribed, connection);
  return {
    label: topicFilter,
    description: refused ? text : `${text} · ${numbers}`,
    tooltip: `${topicFilter}\n${text}${words && `.${words}`}\n${grouped(count)} messages`,
    spoken: `${topicFilter}, ${text}, ${grouped(count)} messages`,
    icon: refused ? ['warning', 'list.warningForeground'] : ['rss'],
    context: 'filter',
  };
}

/** What stands above the tree about topics that its bound on memory left out; empty where there are none. */
export function evictionText(topics: number): string {
  if (topics === 0) return '';
  const silent = 'silent longest and left out to bound memory.';
  return topics === 1 ? `1 topic was ${silent}` : `${grouped(topics)} topics were ${silent}`;
}

function grantText(
  subscribed: SubscribedFilter | undefined,
  { isConnected, version }: { readonly isConnected: boolean; readonly version: ProtocolVersion },
): { readonly text: string; readonly refused: boolean; readonly words?: string } {
  if (subscribed === undefined) return { text: 'no longer subscribed', refused: false };
  const { qos, grant } = subscribed;
  if (grant === 'waiting') {
    return {
      text: isConnected ? `QoS ${qos} · waiting for the server` : `QoS ${qos} · not connected`,
      refused: false,
    };
  }
  if ('violation' in grant) {
    const { message } = describeViolation(grant.violation, version);
    return { text: 'not subscribed: the server does not take it', refused: true, words: ` ${message}` };
  }
  const { reasonCode } = grant;
  if (!isGranted(reasonCode)) {
    return { text: refusalText(reasonCode, version), refused: true, words: saying(grant) };
  }
  return { text: reasonCode === qos ? `QoS ${qos}` : `QoS ${qos}, granted ${reasonCode}`, refused: false };
}

/** `refused: not authorized (0x87)`. */
export function refusalText(
  reasonCode: number,
  version: ProtocolVersion,
  answer: 'SUBACK' | 'UNSUBACK' = 'SUBACK',
): string {
  const name = reasonCodeName(reasonCode, answer, version);
  return `refused${name === undefined || version < 5 ? '' : `: ${name.toLowerCase()}`} (0x${hexByte(reasonCode)})`;
}

function clockTime(at: number): string {
  return new Date(at).toLocaleTimeString([], { hour12: false });
}

import { grouped } from '../../base/grouped';
import type { BrokerSubscription } from '../../broker/brokerSession';
import type { ClientStatus, RetainedStatus } from '../../broker/brokerStatus';
import { versionNames } from '../../protocol/versionNames';
import { valueLine } from '../subscriptions/valueLine';
import type { BrokerRow } from './brokerRow';
import type { Problem } from './brokerProblems';
import { counted, durationText, hostOf, shownIdentifier } from './clientText';

const warning = 'list.warningForeground';
const forEver = 0xffffffff;
/** How many characters of a retained payload are shown. */
const mostValue = 120;

/**
 * A client that is connected or has a Session.
 * @param now milliseconds since the epoch
 */
export function clientRow(client: ClientStatus, problems: readonly Problem[], now: number): BrokerRow {
  const { connection } = client;
  const violations = problems.reduce((sum, { count }) => sum + count, 0);
  const wrong = violations === 0 ? [] : [counted(violations, 'problem')];
  const label = shownIdentifier(client.clientIdentifier);
  const lines = [
    `${label}: ${connection ? 'connected' : 'not connected'}`,
    ...statusLines(client, now).map(([what, value]) => `${what}: ${value}`),
    ...problems.map(({ text, count }) => `${text}${count > 1 ? ` (${count} times)` : ''}`),
  ];
  const state = connection
    ? [versionNames[connection.version], upText(now - connection.connectedSince), hostOf(connection.peer)]
    : [`session ${expiryText(client, now)}`];
  return {
    label,
    // A narrow sidebar cuts the end off.
    description: [...wrong, ...state].join(' · '),
    tooltip: lines.join('\n'),
    spoken: [label, connection ? 'connected' : 'not connected', ...wrong, ...state].join(', '),
    icon:
      violations > 0
        ? ['warning', warning]
        : connection
          ? ['circle-filled', 'testing.iconPassed']
          : ['circle-outline', 'disabledForeground'],
    context: connection ? 'broker.client.connected' : 'broker.client.away',
  };
}

/** All there is to tell of a client, as names and values. */
export function statusLines(
  client: ClientStatus,
  now: number,
): readonly (readonly [what: string, value: string])[] {
  const { connection, subscriptions, inFlight, queued, queuedBytes, droppedMessages, takeOvers } = client;
  const lines: (readonly [string, string])[] = [];
  if (connection) {
    const { peer, listener, version, userName, keepAlive, lastHeard, connectedSince } = connection;
    lines.push(
      ['Address', `${peer} (${listener})`],
      ['Version', versionNames[version]],
      ['User', userName ?? 'none'],
      ['Connected for', durationText(now - connectedSince)],
      ['Keep alive', keepAliveText(keepAlive, lastHeard, now)],
      ['Messages', `${grouped(connection.messagesIn)} in · ${grouped(connection.messagesOut)} out`],
    );
  }
  lines.push(
    ['Session', connection ? sessionText(client) : expiryText(client, now)],
    ['Subscriptions', grouped(subscriptions.size)],
    ['In flight', grouped(inFlight)],
    ['Queue', queued === 0 ? 'empty' : `${counted(queued, 'message')} · ${grouped(queuedBytes)} B`],
  );
  if (droppedMessages > 0) lines.push(['Dropped', counted(droppedMessages, 'message')]);
  if (takeOvers > 0) lines.push(['Taken over', counted(takeOvers, 'time')]);
  return lines;
}

export function lineRow([what, value]: readonly [string, string]): BrokerRow {
  return { label: what, description: value, tooltip: `${what}\n${value}`, spoken: `${what}, ${value}` };
}

export function subscriptionRow(topicFilter: string, subscription: BrokerSubscription): BrokerRow {
  const { qos, noLocal, retainAsPublished, identifier } = subscription;
  const description = [
    `QoS ${qos}`,
    ...(noLocal ? ['no local'] : []),
    ...(retainAsPublished ? ['retain as published'] : []),
    ...(identifier === undefined ? [] : [`identifier ${identifier}`]),
  ].join(' · ');
  return {
    label: topicFilter,
    description,
    tooltip: `${topicFilter}\n${description}`,
    spoken: `${topicFilter}, ${description}`,
  };
}

export function problemRow({ who, clientIdentifier, short, text, count }: Problem): BrokerRow {
  const times = count > 1 ? ` (${grouped(count)} times)` : '';
  return {
    // Its address is in the tooltip: a narrow sidebar has no room for both.
    label: clientIdentifier ? shownIdentifier(clientIdentifier) : who,
    description: `${short}${times}`,
    tooltip: `${who}${times}\n${text}`,
    spoken: `${who}, ${short}${times}`,
    icon: ['warning', warning],
    context: 'broker.problem',
  };
}

export function retainedRow({ topicName, payload, qos }: RetainedStatus): BrokerRow {
  const value = valueLine(payload, payload.length, mostValue);
  const size = `QoS ${qos} · ${grouped(payload.length)} B`;
  return {
    label: topicName,
    description: value,
    tooltip: `${topicName}\n${value}\n${size}`,
    spoken: `${topicName}, ${value}, ${size}`,
    icon: ['pinned'],
    context: 'broker.retained',
  };
}

export function retainedMessagesRow(count: number): BrokerRow {
  const text = counted(count, 'retained message');
  return {
    label: 'Retained messages',
    description: count === 0 ? 'none' : grouped(count),
    tooltip:
      'Retained messages\nWhat the local broker sends to every new subscription: the last message of each topic that was published with RETAIN.',
    spoken: text,
    icon: ['archive'],
    context: 'broker.retainedMessages',
  };
}

/** How long the client may still be silent: one and a half times its Keep Alive (3.1.2.10). */
function keepAliveText(keepAlive: number, lastHeard: number, now: number): string {
  if (keepAlive === 0) return 'off';
  const margin = Math.ceil(keepAlive * 1.5 - (now - lastHeard) / 1000);
  return `${keepAlive} s · ${Math.max(0, margin)} s left`;
}

/** Not by the second: the row would be drawn anew as often. */
function upText(milliseconds: number): string {
  return milliseconds < 60_000 ? 'up <1 min' : `up ${durationText(milliseconds)}`;
}

function sessionText({ expiryInterval }: ClientStatus): string {
  if (expiryInterval === 0) return 'ends with the connection';
  return expiryInterval === forEver ? 'kept without end' : `kept for ${durationText(expiryInterval * 1000)}`;
}

function expiryText({ expiresAt }: ClientStatus, now: number): string {
  return expiresAt === undefined ? 'kept without end' : `ends in ${durationText(expiresAt - now)}`;
}

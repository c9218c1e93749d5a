import { durationText } from '../../../src/base/duration';
import { grouped } from '../../../src/base/grouped';
import type {
  TimelineConnection,
  TimelineHandshake,
  TimelineLane,
  TimelineMark,
} from '../../../src/inspector/analysisContract';
import { reasonCodeName } from '../../../src/protocol/reasonCodes';
import { describeViolation } from '../../../src/protocol/violations';
import { timeOfDay } from '../rowText';
import { allowedSilence } from './keepAliveMargin';

/** One thing of a lane that can be selected. */
export interface TimelineItem {
  /** The same as long as it is in the picture. */
  readonly key: string;
  readonly kind: 'connection' | 'handshake' | 'mark';
  readonly start: number;
  readonly end: number;
  /** A packet of it. */
  readonly sequence: number;
  readonly text: string;
}

/** All of a lane in the order of time, connections before what is on them. */
export function itemsOf(lane: TimelineLane, now: number): readonly TimelineItem[] {
  const items = [
    ...lane.connections.map((connection) => connectionItem(connection, now)),
    ...lane.handshakes.map(handshakeItem),
    ...lane.marks.map(markItem),
  ];
  return items.sort((a, b) => a.start - b.start || b.end - a.end);
}

const handshakeNames: Readonly<Record<TimelineHandshake['kind'], string>> = {
  qos1: 'QoS 1 message',
  qos2: 'QoS 2 message',
  subscribe: 'SUBSCRIBE',
  unsubscribe: 'UNSUBSCRIBE',
  connect: 'CONNECT',
  authenticate: 'AUTH',
  ping: 'PINGREQ',
};

const outcomes: Readonly<Record<TimelineHandshake['outcome'], string>> = {
  complete: 'answered',
  refused: 'refused',
  unanswered: 'never answered',
  resumed: 'resumed on a later connection',
  waiting: 'waiting',
};

const markNames: Readonly<Record<TimelineMark['kind'], string>> = {
  violation: 'violation',
  will: 'Will Message published',
  takeover: 'session taken over',
  refused: 'connection refused',
};

function connectionItem(connection: TimelineConnection, now: number): TimelineItem {
  const { number, start, end, connect, connack } = connection;
  const lasted = durationText((end?.at ?? now) - start.at);
  const parts = [
    `Connection “${connection.name}” from ${timeOfDay(start.at)}, ${end ? 'lasted' : 'open for'} ${lasted}`,
    connect ? (connect.cleanStart ? 'clean start' : 'kept session') : 'its CONNECT is not in the log',
    ...(connack
      ? [
          connack.reasonCode === 0
            ? connack.sessionPresent
              ? 'session present'
              : 'new session'
            : `refused with ${hex(connack.reasonCode)}`,
        ]
      : []),
    ...keepAliveText(connection),
    ...(connection.hasWill ? ['has a will'] : []),
    ...(end ? [endText(connection)] : []),
  ];
  return {
    key: `connection ${number}`,
    kind: 'connection',
    start: start.at,
    end: end?.at ?? now,
    sequence: connect?.sequence ?? start.sequence,
    text: parts.join(' · '),
  };
}

/**
 * How much of the time that the Keep Alive allows was left when the client was silent longest (3.1.2.10); nothing where no
 * packet says what it is.
 */
function keepAliveText({ keepAlive, longestSilence }: TimelineConnection): readonly string[] {
  if (keepAlive === undefined) return [];
  if (keepAlive === 0) return ['no keep alive'];
  const silence = longestSilence?.milliseconds ?? 0;
  if (silence === 0) return [`keep alive ${keepAlive} s`];
  const margin = allowedSilence(keepAlive) - silence;
  const left = margin >= 0 ? `${durationText(margin)} left` : `${durationText(margin)} too late`;
  return [`keep alive ${keepAlive} s, silent for at most ${durationText(silence)}, ${left}`];
}

function endText({ disconnect, takenOverBy }: TimelineConnection): string {
  if (takenOverBy) return `taken over by packet #${takenOverBy.sequence}`;
  if (!disconnect) return 'ended without DISCONNECT';
  const { by, reasonCode } = disconnect;
  const reason =
    reasonCode === 0 ? '' : ` (${reasonCodeName(reasonCode, 'DISCONNECT', 5) ?? hex(reasonCode)})`;
  return `DISCONNECT by the ${by}${reason}`;
}

function handshakeItem({ kind, outcome, start, end, sequence, count }: TimelineHandshake): TimelineItem {
  const name = count === 1 ? handshakeNames[kind] : `${grouped(count)} × ${handshakeNames[kind]}`;
  const took = end - start;
  const preposition = outcome === 'waiting' ? 'for' : 'after';
  // What followed on the later connection has a bar of its own there.
  const during = outcome === 'resumed' ? 'cut off' : outcomes[outcome];
  const when = took === 0 ? 'at once' : `${preposition} ${count === 1 ? '' : 'up to '}${durationText(took)}`;
  return {
    key: `handshake ${kind} ${outcome} ${sequence}`,
    kind: 'handshake',
    start,
    end,
    sequence,
    text: `${name} at ${timeOfDay(start)}, ${during} ${when}${outcome === 'resumed' ? `, ${outcomes.resumed}` : ''}`,
  };
}

function markItem({ kind, at, sequence, count, violation }: TimelineMark): TimelineItem {
  const name = violation ? describeViolation(violation, 5).message : markNames[kind];
  const text = `${timeOfDay(at)}: ${count > 1 ? `${name.replace(/\.$/, '')}, and ${count - 1} more` : name}`;
  return { key: `mark ${kind} ${sequence}`, kind: 'mark', start: at, end: at, sequence, text };
}

function hex(code: number): string {
  return `0x${code.toString(16).toUpperCase().padStart(2, '0')}`;
}

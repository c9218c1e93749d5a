import { assertNever } from '../../base/assert';
import { dateText } from '../../base/dateText';
import { grouped } from '../../base/grouped';
import type { SessionStoreFailure } from '../../base/sessionStoreError';
import type { Explanation } from './explanation';

const short = 'the session cannot be kept on the disk';

/** A Session that is to be resumed is kept on the disk, or not begun: half of it would lose or repeat messages. */
export function explainUnkept(failure: SessionStoreFailure, address: string): Explanation {
  const what = `The connection to ${address} was ended, because its session cannot be kept.`;
  const withoutIt = 'Going on would lose or repeat messages when the window closes.';
  const remedy = 'openSettings';
  switch (failure.code) {
    case 'inUse':
      return {
        short: 'session in use by another window',
        what: `The session at ${address} goes on in another window.`,
        why: 'That is connected with the same Client Identifier, and a session has one client at a time.',
        next: 'Disconnect it there, or choose another "clientId" here.',
        remedy,
      };
    case 'newer':
      return {
        short: 'the session is of a newer version',
        what: `The connection to ${address} was not made, because its session cannot be read.`,
        why: 'A newer version of this extension keeps it, in a way that this one does not know.',
        next: 'Update the extension, or choose another "clientId".',
        remedy,
      };
    case 'full':
      return {
        short,
        what,
        why: `There is no room for it: ${sentence(failure.detail)} ${withoutIt}`,
        next: 'Make room on the disk, or set "cleanStart" to true.',
        remedy,
      };
    case 'notPermitted':
      return {
        short,
        what,
        why: `The folder of this extension cannot be written: ${sentence(failure.detail)} ${withoutIt}`,
        next: 'Let this user write there, or set "cleanStart" to true.',
        remedy,
      };
    case 'unusable':
      return {
        short,
        what,
        why: `The disk says: ${sentence(failure.detail)} ${withoutIt}`,
        next: 'Look after that, or set "cleanStart" to true.',
        remedy,
      };
    default:
      return assertNever(failure);
  }
}

/** The same in one sentence, for somebody who asked for something else. */
export function unkeptSentence({ code }: SessionStoreFailure): string {
  if (code === 'inUse') return 'Another window uses this session.';
  return code === 'newer'
    ? 'A newer version of this extension keeps this session.'
    : 'The session cannot be kept.';
}

/**
 * What a person is told whose Session was damaged and set aside.
 * @param messages how many it had to send; undefined where nobody knows
 */
export function setAsideText(name: string, reason: string, messages: number | undefined): string {
  return `${name}: the session that was kept from earlier cannot be read (${reason}). ${unsentText(messages)} The file was set aside, and a new session begins.`;
}

interface Removed {
  /** In milliseconds since the epoch. */
  readonly lastUsed: number;
  /** Undefined where nobody knows. */
  readonly messages: number | undefined;
}

/** What a person is told whose Session had to go, as all together took too much room and it was not used for longest. */
export function prunedText({ lastUsed, messages }: Removed): string {
  return `A session that was kept on this computer and last used on ${dateText(lastUsed)} was removed to make room for others. ${unsentText(messages)}`;
}

function unsentText(messages: number | undefined): string {
  if (messages === undefined) return 'Messages that may have waited in it are not sent.';
  if (messages === 0) return 'No message waited in it.';
  return messages === 1
    ? '1 message that waited in it is not sent.'
    : `${grouped(messages)} messages that waited in it are not sent.`;
}

function sentence(text: string): string {
  return text === '' || /[.!?]$/.test(text) ? text : `${text}.`;
}

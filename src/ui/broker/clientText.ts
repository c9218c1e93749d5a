import { grouped } from '../../base/grouped';

/** How much of a Client Identifier or user name, and of a topic is shown, in characters; they may have 65,535 bytes. */
const longestShown = 64;
const longestTopic = 200;

/** A Client Identifier or user name as it is shown: cut, and without characters that no font has. */
export function shownIdentifier(clientIdentifier: string): string {
  return shown(clientIdentifier, longestShown);
}

/** A Topic Name or Topic Filter as it is shown. */
export function shownTopic(topic: string): string {
  return shown(topic, longestTopic);
}

function shown(text: string, longest: number): string {
  const visible = Array.from(text, (character) => (isControl(character) ? '�' : character));
  return visible.length <= longest ? visible.join('') : `${visible.slice(0, longest - 1).join('')}…`;
}

/** The host of an address with its port. */
export function hostOf(peer: string): string {
  const colon = peer.lastIndexOf(':');
  const host = colon < 0 ? peer : peer.slice(0, colon);
  // An IPv4 address, as a listener for both kinds tells of it.
  return /^\[::ffff:(\d+(?:\.\d+){3})\]$/i.exec(host)?.[1] ?? host;
}

/** A client as messages call it. */
export function clientText(clientIdentifier: string | undefined, peer: string): string {
  const host = hostOf(peer);
  return clientIdentifier === undefined || clientIdentifier === ''
    ? host
    : `${shownIdentifier(clientIdentifier)} (${host})`;
}

/** A time that has passed, in its largest unit: "up 4 min". `milliseconds` below nothing count as none. */
export function durationText(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** A number with its noun: "1 client", "2,000 clients". */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${grouped(count)} ${count === 1 ? noun : plural}`;
}

function isControl(character: string): boolean {
  return /[\p{Cc}\p{Cf}]/u.test(character);
}

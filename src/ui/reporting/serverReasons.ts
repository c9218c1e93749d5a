import { hexByte } from '../../base/bytes';
import { grouped } from '../../base/grouped';
import type { ClientFailure } from '../../client/clientFailure';
import { reasonCodeName } from '../../protocol/reasonCodes';
import { addressOf, type ConnectionProfile, protocolVersionOf } from '../connections/connectionProfile';
import { parseServerReference } from '../connections/serverReference';
import type { ServersWords } from '../connections/subscribedFilters';
import type { Explanation, Remedy } from './explanation';

interface Advice {
  /** What the code means, in the words of a row. */
  readonly meaning: string;
  readonly why: string;
  readonly next: string;
  readonly remedy: Remedy;
}

const badCredentials: Advice = {
  meaning: 'bad user name or password',
  why: 'The server does not accept this user name with this password.',
  next: 'Enter the password again, or correct the user name.',
  remedy: 'setPassword',
};

const notAuthorized: Advice = {
  meaning: 'not authorized',
  why: 'The server does not let this user or client in; many servers also answer so to a wrong password.',
  next: 'Check user name and password, and what the server allows this user.',
  remedy: 'setPassword',
};

const unacceptableVersion: Advice = {
  meaning: 'protocol version not accepted',
  why: 'The server does not speak this version of MQTT.',
  next: 'Choose another version: 3.1.1 is understood nearly everywhere.',
  remedy: 'editConnection',
};

const badClientIdentifier: Advice = {
  meaning: 'Client Identifier not accepted',
  why: 'The Client Identifier is too long, has characters the server does not take, or is not on its list.',
  next: 'Change or remove "clientId" in the settings of the connection.',
  remedy: 'openSettings',
};

const unavailable: Advice = {
  meaning: 'server unavailable',
  why: 'The server runs but does not serve MQTT right now.',
  next: 'Try again in a moment.',
  remedy: 'connect',
};

const elsewhere: Advice = {
  meaning: 'use another server',
  why: 'The server wants its clients to go to another one.',
  next: 'It does not name the other one: ask who runs it, then change host and port.',
  remedy: 'editConnection',
};

/** What to do about a password where there is no user name to enter one for. */
const introducing: Pick<Advice, 'next' | 'remedy'> = {
  next: 'Enter a user name, and its password if it has one.',
  remedy: 'editConnection',
};

/** The server named another one (4.11). */
function movingTo(
  serverReference: string,
  { network }: ConnectionProfile,
): Pick<Explanation, 'next' | 'remedy' | 'elsewhere'> {
  const next = `Change host and port to "${serverReference}".`;
  const elsewhere = network.transport === 'unix' ? undefined : parseServerReference(serverReference);
  if (elsewhere === undefined) return { next, remedy: 'editConnection' };
  return {
    next: `It names "${serverReference}": connecting there changes host and port of this connection in the settings, and its password goes there too.`,
    remedy: 'connectElsewhere',
    elsewhere,
  };
}

/**
 * What to do, where the server may name another one: the reasons that send clients there have them go, with any other reason
 * it comes behind what that asks for.
 */
function referring(
  reasonCode: number,
  serverReference: string | undefined,
  profile: ConnectionProfile,
  { next, remedy }: Pick<Advice, 'next' | 'remedy'>,
): Pick<Explanation, 'next' | 'remedy' | 'elsewhere'> {
  if (serverReference === undefined || serverReference === '') return { next, remedy };
  if (reasonCode === 0x9c || reasonCode === 0x9d) return movingTo(serverReference, profile);
  return { next: `${next} The server also names another one: "${serverReference}".`, remedy };
}

/** By Connect Return code of 3.1 and 3.1.1 (3.1.1: 3.2.2.3). */
const returnCodeAdvice: ReadonlyMap<number, Advice> = new Map([
  [1, unacceptableVersion],
  [2, badClientIdentifier],
  [3, unavailable],
  [4, badCredentials],
  [5, notAuthorized],
]);

/** By Connect Reason Code of 5.0 (3.2.2.2); what is missing has no better words than its name. */
const reasonCodeAdvice: ReadonlyMap<number, Advice> = new Map([
  [0x84, unacceptableVersion],
  [0x85, badClientIdentifier],
  [0x86, badCredentials],
  [0x87, notAuthorized],
  [0x88, unavailable],
  [0x89, { ...unavailable, meaning: 'server busy', why: 'The server has too much to do right now.' }],
  [
    0x8c,
    {
      meaning: 'authentication method not accepted',
      why: 'The server does not know this way to authenticate, or does not want it.',
      next: 'Choose another "authentication" in the settings of the connection.',
      remedy: 'openSettings',
    },
  ],
  [0x9c, elsewhere],
  [0x9d, { ...elsewhere, meaning: 'server moved' }],
]);

/** The server answered CONNECT with anything but success. */
export function explainConnectRefusal(
  failure: Extract<ClientFailure, { kind: 'refusedByServer' }>,
  profile: ConnectionProfile,
): Explanation {
  const { version, reasonCode, serverReference } = failure;
  const code = version === 5 ? `0x${hexByte(reasonCode)}` : `return code ${reasonCode}`;
  const advice = (version === 5 ? reasonCodeAdvice : returnCodeAdvice).get(reasonCode) ?? {
    meaning: reasonCodeName(reasonCode, 'CONNACK', version) ?? 'reason not known',
    why: 'The server gave no more than that code.',
    next: "The server's log usually says more.",
    remedy: 'connect' as const,
  };
  return {
    short: `refused: ${advice.meaning} (${code})`,
    what: `${addressOf(profile)} refused the connection: ${advice.meaning} (${code}).`,
    why: `${advice.why}${saying(failure)}`,
    ...referring(
      reasonCode,
      serverReference,
      profile,
      advice.remedy === 'setPassword' && profile.userName === undefined ? introducing : advice,
    ),
  };
}

/** By Disconnect Reason Code (3.14.2.1). */
const disconnectAdvice: ReadonlyMap<number, Pick<Advice, 'why' | 'next'> & Partial<Advice>> = new Map([
  [
    0x8e,
    {
      meaning: 'another client uses this Client Identifier',
      why: 'Another client connected with the same Client Identifier.',
      next: 'Give each client an identifier of its own, then connect again.',
    },
  ],
  [0x8b, { why: 'The server is being stopped or restarted.', next: 'Connect again when it is back.' }],
  [
    0x98,
    {
      why: "Somebody ended the connection in the server's administration.",
      next: 'Ask there, or connect again.',
    },
  ],
  ...([0x9c, 0x9d] as const).map((code) => [code, { why: elsewhere.why, next: elsewhere.next }] as const),
  [0x87, { why: 'This user may not do what was tried.', next: 'Check what the server allows this user.' }],
]);

/** The server ended a connection that was up, with a reason (5.0 only). */
export function explainServerDisconnect(
  failure: Extract<ClientFailure, { kind: 'disconnectedByServer' }>,
  profile: ConnectionProfile,
): Explanation {
  const { reasonCode, serverReference } = failure;
  const name =
    reasonCodeName(reasonCode, 'DISCONNECT', protocolVersionOf(profile.version)) ?? 'reason not known';
  const { meaning, why, next } = disconnectAdvice.get(reasonCode) ?? {
    why: 'The server gave this code as its reason.',
    next: 'Open the inspector to see what was sent before, then connect again.',
  };
  const code = `(0x${hexByte(reasonCode)})`;
  return {
    // In the words of a row, the end of which may be cut off: the meaning goes first where it says who ended it.
    short: meaning === undefined ? `disconnected by the server: ${name} ${code}` : `${meaning} ${code}`,
    what: `${addressOf(profile)} ended the connection: ${name} ${code}.`,
    why: `${why}${saying(failure)}`,
    ...referring(reasonCode, serverReference, profile, { next, remedy: 'connect' }),
  };
}

/** How many User Properties are worth a place in a message; the inspector has the rest. */
const mostShown = 5;

/** What the server says in its own words, Reason String and User Properties, as sentences to put behind others. */
export function saying({ reasonString = '', userProperties = [] }: ServersWords): string {
  const said = reasonString === '' ? '' : ` It says: "${reasonString}".`;
  if (userProperties.length === 0) return said;
  const pairs = userProperties.slice(0, mostShown).map(([name, value]) => `"${name}" is "${value}"`);
  const more = userProperties.length - pairs.length;
  return `${said} It adds: ${pairs.join(', ')}${more > 0 ? ` and ${grouped(more)} more` : ''}.`;
}

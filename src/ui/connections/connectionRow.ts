import { assertNever } from '../../base/assert';
import { grouped } from '../../base/grouped';
import type { ClientState, Retry } from '../../client/mqttClient';
import type { RowContext } from '../../contributions/views';
import { explainClientFailure } from '../reporting/clientFailure';
import { droppedLines } from '../reporting/droppedText';
import { explanationText } from '../reporting/explanation';
import { protocolText, securityLines } from '../reporting/certificateText';
import {
  addressOf,
  type ConnectionProfile,
  type InvalidProfile,
  mqttText,
  versionName,
} from './connectionProfile';
import type { LiveConnection } from './liveConnection';
import { negotiatedText } from './negotiatedText';
import { isInsecure, serverOf } from './networkProfile';

/** What a row of the Connections view shows, without VS Code's types. */
export interface ConnectionRow {
  readonly label: string;
  readonly description: string;
  readonly tooltip: string;
  /** What a screen reader says instead of label and description. */
  readonly spoken: string;
  readonly icon: readonly [codicon: string, color?: string];
  readonly context: RowContext;
}

const grey = 'disabledForeground';
/** Of a connection that is up: one that is down looks like any other, since nobody can read along there. */
const insecureIcon = ['unlock', 'list.warningForeground'] as const;
const insecureLine =
  'Insecure: the certificate of the server is not verified ("tls.verify" is off), so anybody in between can read and change everything.';

export function connectionRow(
  connection: Pick<LiveConnection, 'profile' | 'state' | 'messagesPerSecond' | 'secondsToRetry'> &
    Partial<Pick<LiveConnection, 'security' | 'outstanding'>>,
): ConnectionRow {
  const { profile, state, security, outstanding = 0 } = connection;
  const insecure = isInsecure(profile);
  const { name } = profile;
  const version = versionText(profile, state);
  const spokenVersion = version === 'automatic' ? mqttText(version) : `MQTT ${version}`;
  const address = addressOf(profile);
  const where = `${address} · ${version}`;
  const origin = `Defined in the ${profile.scope} settings.`;
  const row = (
    description: string,
    spokenState: string,
    icon: ConnectionRow['icon'],
    context: RowContext,
    more = '',
  ): ConnectionRow => ({
    label: name,
    // A narrow sidebar cuts the end off: the reason of a failure goes before everything, the address behind.
    description: [
      ...(insecure && !fails(state) ? ['insecure'] : []),
      description,
      ...(insecure && fails(state) ? ['insecure'] : []),
      ...(profile.scope === 'workspace' ? ['workspace'] : []),
    ].join(' · '),
    tooltip: [
      `${name}: ${spokenState}`,
      insecure ? insecureLine : '',
      `${address}, ${spokenVersion}${userPart(profile)}`,
      ...(security === undefined ? [] : securityLines(security)),
      outstanding === 0 ? '' : `Outstanding: ${grouped(outstanding)} (messages and requests that wait)`,
      more,
      origin,
    ]
      .filter((line) => line !== '')
      .join('\n'),
    spoken: `${name}, ${insecure ? 'insecure, ' : ''}${spokenState}, ${address}, ${spokenVersion}, ${profile.scope} settings`,
    icon,
    context,
  });
  switch (state.state) {
    case 'connected': {
      const rate = formatRate(connection.messagesPerSecond());
      // How it is spoken to stands below and in the tooltip.
      const server = `${serverOf(profile)} · ${version}`;
      const icon = insecure ? insecureIcon : (['circle-filled', 'testing.iconPassed'] as const);
      return row(
        // What changes goes first: a narrow sidebar cuts the end off. Behind a warning there is room for where it leads alone.
        insecure ? `${server} · ${rate}/s` : `${rate}/s · ${server}`,
        `connected, ${rate} messages a second`,
        icon,
        contextOf(state, profile),
        [
          negotiatedText(state.negotiated, state.sessionPresent, state.version),
          ...droppedLines(state.dropped, state.version),
        ].join('\n'),
      );
    }
    case 'connecting': {
      const attempt = state.retry === undefined ? '' : ` (attempt ${state.retry.attempt})`;
      return row(
        `connecting to ${address}…${attempt}`,
        `connecting${attempt}`,
        ['loading~spin'],
        state.retry === undefined ? 'connection.connecting' : 'connection.reconnecting',
        state.retry && retryText(state.retry, profile),
      );
    }
    case 'reconnecting': {
      const short =
        state.suspicion === undefined
          ? explainClientFailure(state.failure, profile).short
          : 'another client may use this client identifier';
      const seconds = connection.secondsToRetry();
      const when = `reconnecting in ${seconds} s (attempt ${state.attempt})`;
      return row(
        // The icon says that it is being made again, so that there is room for the reason.
        `in ${seconds} s: ${short} · attempt ${state.attempt}`,
        `${when}, ${short}`,
        ['sync', 'list.warningForeground'],
        'connection.reconnecting',
        retryText(state, profile),
      );
    }
    case 'disconnecting':
      return row(
        `disconnecting from ${address}…`,
        'disconnecting',
        ['loading~spin'],
        'connection.connecting',
      );
    case 'disconnected': {
      if (state.failure === undefined) {
        return row(where, 'not connected', ['circle-outline', grey], 'connection.disconnected');
      }
      const explanation = explainClientFailure(state.failure, profile);
      const icon = ['warning', 'list.warningForeground'] as const;
      return row(
        explanation.short,
        `not connected, ${explanation.short}`,
        icon,
        'connection.disconnected',
        explanationText(explanation),
      );
    }
    default:
      return assertNever(state);
  }
}

export function invalidRow({ label, problem, scope }: InvalidProfile): ConnectionRow {
  return {
    label,
    description: problem,
    tooltip: `This entry of "mqttWorkbench.connections" in the ${scope} settings cannot be used.\n${problem}`,
    spoken: `${label}, not usable, ${problem}`,
    icon: ['error', 'list.errorForeground'],
    context: 'connection.invalid',
  };
}

/** The line below a connection: what the server agreed to, what to do about a failure, or what is asked for. */
export function detailRow(
  connection: Pick<LiveConnection, 'profile' | 'state' | 'version'> &
    Partial<Pick<LiveConnection, 'security'>>,
): {
  readonly label: string;
  readonly description: string;
} {
  const { profile, state, version, security } = connection;
  if (state.state === 'connected') {
    const { negotiated, sessionPresent } = state;
    const parts = security === undefined ? [] : [protocolText(security)];
    // The numbers first: where the end is cut off the words may go.
    parts.push(keepAliveText(negotiated.keepAlive));
    if (version === 5) parts.push(`${negotiated.receiveMaximum} receive max`);
    return { label: `session: ${sessionPresent ? 'resumed' : 'new'}`, description: parts.join(' · ') };
  }
  if (state.state === 'reconnecting') {
    const suspicion = 'Another client may use this Client Identifier.';
    const next = state.suspicion === undefined ? 'It is tried again until you disconnect.' : suspicion;
    return { label: next, description: '' };
  }
  if (state.state === 'disconnected' && state.failure !== undefined) {
    return { label: explainClientFailure(state.failure, profile).next, description: '' };
  }
  return {
    label: profile.userName === undefined ? 'no user name' : `as ${profile.userName}`,
    description: `${keepAliveText(profile.keepAlive)} · ${profile.scope} settings`,
  };
}

/** What can be done with a connection that is up. */
function contextOf(
  { version }: Extract<ClientState, { state: 'connected' }>,
  { connect }: ConnectionProfile,
): RowContext {
  if (version !== 5) return 'connection.connected';
  return connect?.authentication === undefined ? 'connection.connected5' : 'connection.authenticated5';
}

/** Whether there is something wrong to tell. */
export function fails(state: ClientState): boolean {
  return state.state === 'reconnecting' || (state.state === 'disconnected' && state.failure !== undefined);
}

/** What is spoken, or what is going to be. */
function versionText({ version }: ConnectionProfile, state: ClientState): string {
  if (state.state !== 'connected' || version !== 'automatic') return version;
  const { fellBackFrom } = state;
  const refused = fellBackFrom === undefined ? '' : ` (${versionName(fellBackFrom)} refused)`;
  return `${versionName(state.version)}${refused}`;
}

/** Why a connection is made again. */
function retryText({ failure, suspicion }: Retry, profile: ConnectionProfile): string {
  const explanation = explanationText(explainClientFailure(failure, profile));
  return suspicion === undefined
    ? explanation
    : `The server dropped it again and again soon after it was up: another client may use this Client Identifier. ${explanation}`;
}

function keepAliveText(seconds: number): string {
  return seconds === 0 ? 'no keep alive' : `${seconds} s keep alive`;
}

/** Messages a second, with a decimal only where it tells something. */
export function formatRate(rate: number): string {
  return rate > 0 && rate < 9.95 ? String(Number(rate.toFixed(1))) : grouped(Math.round(rate));
}

function userPart({ userName }: ConnectionProfile): string {
  return userName === undefined ? '' : `, as ${userName}`;
}

import {
  connectionDefaults,
  type ConnectionSetting,
  settings,
  type VersionName,
  versionNames,
} from '../../contributions/settings';
import type { ProtocolVersion } from '../../protocol/controlPacket';
import { type ConnectProfile, parseConnect } from './connectProfile';
import {
  blankless,
  booleanProblem,
  choiceProblem,
  described,
  firstProblem,
  strangeFieldProblem,
  textProblem,
} from './fieldProblems';
import { parseNetwork, toNetworkSetting, type Whereabouts } from './networkProfile';

export { addressOf } from './networkProfile';
export { hostProblem, portProblem } from './serverAddress';

/** Which settings a profile stands in. */
export type ProfileScope = 'user' | 'workspace';

/** A connection as the settings describe it, checked and with its defaults filled in. */
export interface ConnectionProfile extends Whereabouts {
  /** Tells profiles apart: names repeat between scopes. */
  readonly key: string;
  readonly scope: ProfileScope;
  readonly name: string;
  readonly version: VersionName;
  readonly userName: string | undefined;
  readonly clientId: string | undefined;
  readonly cleanStart: boolean;
  /** Seconds; 0 is off. */
  readonly keepAlive: number;
  /** Whether a connection that is lost is made again. */
  readonly reconnect: boolean;
  /** What CONNECT asks for besides; absent where that is nothing. */
  readonly connect?: ConnectProfile;
}

/** An entry of the settings that cannot be used, and the sentence that says why. */
export interface InvalidProfile {
  readonly key: string;
  readonly scope: ProfileScope;
  readonly label: string;
  readonly problem: string;
}

export type ParsedProfile =
  | { readonly profile: ConnectionProfile; readonly invalid?: undefined }
  | { readonly invalid: InvalidProfile; readonly profile?: undefined };

const protocolVersions: Readonly<Record<VersionName, ProtocolVersion>> = {
  '3.1': 3,
  '3.1.1': 4,
  '5.0': 5,
  automatic: 5,
};

/** What a version is called. */
export function versionName(version: ProtocolVersion): VersionName {
  return versionNames.find((name) => protocolVersions[name] === version) ?? '5.0';
}

/** What a connection speaks, in words: which of the two is not known before it is up. */
export function mqttText(version: VersionName): string {
  return `MQTT ${version === 'automatic' ? '5.0 or 3.1.1' : version}`;
}

/** The version a profile speaks, or tries first. */
export function protocolVersionOf(version: VersionName): ProtocolVersion {
  return protocolVersions[version];
}

/** Whether what waits to be sent outlives the window: an identifier of this window alone nobody can resume. */
export function outlivesWindow({ cleanStart, clientId }: ConnectionProfile): boolean {
  return !cleanStart && clientId !== undefined;
}

/** What a profile of that name is found by. */
export function profileKey(scope: ProfileScope, name: string): string {
  return `${scope}:${name}`;
}

/** Reads all entries of one scope; of several with one name the first counts. */
export function parseProfiles(entries: unknown, scope: ProfileScope): readonly ParsedProfile[] {
  if (!Array.isArray(entries)) return [];
  const taken = new Set<string>();
  return entries.map((entry: unknown, index) => {
    const parsed = parseProfile(entry, scope, index);
    if (parsed.profile === undefined) return parsed;
    const { name } = parsed.profile;
    if (taken.has(name)) {
      return invalid(
        scope,
        index,
        name,
        `name: an earlier connection of these settings is called "${name}" too.`,
      );
    }
    taken.add(name);
    return parsed;
  });
}

function parseProfile(entry: unknown, scope: ProfileScope, index: number): ParsedProfile {
  if (typeof entry !== 'object' || entry === null) {
    return invalid(scope, index, `entry ${index + 1}`, 'A connection is an object with a name and a host.');
  }
  const given = entry as Readonly<Partial<Record<keyof ConnectionSetting, unknown>>>;
  const { name } = given;
  const { version, cleanStart, keepAlive, reconnect } = { ...connectionDefaults, ...given };
  const label = typeof name === 'string' && name !== '' ? name : `entry ${index + 1}`;
  const nameless = described('name', typeof name === 'string' ? nameProblem(name) : 'must be a text.');
  if (nameless !== undefined) return invalid(scope, index, label, nameless);
  const strange = strangeFieldProblem(entry, Object.keys(settings.connections.items.properties));
  if (strange !== undefined) return invalid(scope, index, label, strange);
  const whereabouts = parseNetwork(given);
  if (typeof whereabouts === 'string') return invalid(scope, index, label, whereabouts);
  const problem = firstProblem([
    () => described('version', choiceProblem(version, versionNames)),
    () => described('userName', textProblem(given.userName)),
    () => described('clientId', textProblem(given.clientId)),
    () => described('cleanStart', booleanProblem(cleanStart)),
    () => described('reconnect', booleanProblem(reconnect)),
    () => described('keepAlive', isUint16(keepAlive) ? undefined : 'must be a whole number from 0 to 65535.'),
  ]);
  if (problem !== undefined) return invalid(scope, index, label, problem);
  if (cleanStart === false && needsIdentifier(version) && blankless(given.clientId) === undefined) {
    return invalid(
      scope,
      index,
      label,
      'clientId: needed to resume a session, as "cleanStart": false asks for.',
    );
  }
  const connect = parseConnect(given, version as VersionName, blankless(given.userName));
  if (typeof connect === 'string') return invalid(scope, index, label, connect);
  return {
    profile: {
      key: profileKey(scope, label),
      scope,
      name: label,
      ...whereabouts,
      version: version as VersionName,
      userName: blankless(given.userName),
      clientId: blankless(given.clientId),
      cleanStart: cleanStart as boolean,
      keepAlive: keepAlive as number,
      reconnect: reconnect as boolean,
      ...(Object.keys(connect).length > 0 && { connect }),
    },
  };
}

/**
 * Whether a Session of that version can be resumed under a Client Identifier of the settings only: each window would leave
 * one behind that nobody can resume, and that has no end before 5.0.
 */
export function needsIdentifier(version: unknown): boolean {
  return version !== '5.0';
}

/** Why a text cannot be a connection's name, or undefined. */
export function nameProblem(name: string): string | undefined {
  if (name.trim() === '') return 'A connection needs a name.';
  return name.trim() === name ? undefined : 'A name neither starts nor ends with a space.';
}

/** Whether nothing that a profile says is another. Parsing writes the fields of all in the same order. */
export function sameProfile(one: ConnectionProfile, other: ConnectionProfile): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** The entry to write for a profile: what is at its default is left out, so that settings stay short. */
export function toSetting(profile: Omit<ConnectionProfile, 'key' | 'scope'>): ConnectionSetting {
  const { name, version, userName, clientId, cleanStart, keepAlive, reconnect } = profile;
  return {
    name,
    ...toNetworkSetting(profile),
    version,
    ...(userName !== undefined && { userName }),
    ...(clientId !== undefined && { clientId }),
    ...(cleanStart !== connectionDefaults.cleanStart && { cleanStart }),
    ...(keepAlive !== connectionDefaults.keepAlive && { keepAlive }),
    ...(reconnect !== connectionDefaults.reconnect && { reconnect }),
    ...profile.connect,
  };
}

function invalid(scope: ProfileScope, index: number, label: string, problem: string): ParsedProfile {
  return { invalid: { key: `${scope}:#${index}`, scope, label, problem } };
}

function isUint16(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 65535;
}

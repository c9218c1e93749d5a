import {
  authenticationNames,
  type ConnectSetting,
  connectProperties,
  type WillSetting,
} from '../../contributions/connectSettings';
import type { VersionName } from '../../contributions/settings';
import {
  booleanProblem,
  choiceProblem,
  described,
  firstProblem,
  isRecord,
  numberProblem,
  userPropertiesProblem,
} from './fieldProblems';
import { willOnly5, willProblem } from './willProfile';

/** What CONNECT of a connection asks for that few need: what the settings say, checked. Absent where they say nothing. */
export type ConnectProfile = ConnectSetting;

type NumberField =
  'sessionExpiry' | 'receiveMaximum' | 'maximumPacketSize' | 'topicAliasMaximum' | 'qos2InFlightBefore5';

type Given<T> = Readonly<Partial<Record<keyof T, unknown>>>;

/** What goes with 5.0 only. */
const only5 = [
  ...(['authentication', 'sessionExpiry', 'receiveMaximum', 'topicAliasMaximum'] as const),
  ...(['userProperties', 'requestResponseInformation'] as const),
];

/** Reads the part of a connection that only CONNECT tells, or says as a sentence which field is wrong. */
export function parseConnect(
  given: Given<ConnectSetting>,
  version: VersionName,
  userName: string | undefined,
): ConnectProfile | string {
  const { authentication, sessionExpiry, will, receiveMaximum, maximumPacketSize, topicAliasMaximum } = given;
  const { qos2InFlightBefore5, userProperties, requestResponseInformation } = given;
  const number = (field: NumberField) =>
    described(field, numberProblem(given[field], connectProperties[field]));
  const problem = firstProblem([
    () => described('authentication', choiceProblem(authentication ?? 'none', authenticationNames)),
    () => of5(given, only5, '', version),
    () => number('sessionExpiry'),
    () => number('receiveMaximum'),
    () => number('maximumPacketSize'),
    () => number('topicAliasMaximum'),
    () =>
      version === '5.0' && qos2InFlightBefore5 !== undefined
        ? 'qos2InFlightBefore5: goes with MQTT 3.1 and 3.1.1 only. In 5.0 the server says how many it takes.'
        : number('qos2InFlightBefore5'),
    () => described('userProperties', userPropertiesProblem(userProperties)),
    () => described('requestResponseInformation', booleanProblem(requestResponseInformation)),
    () => willProblem(will),
    () => (isRecord(will) ? of5<WillSetting>(will, willOnly5, 'will.', version) : undefined),
    () =>
      (authentication ?? 'none') !== 'none' && userName === undefined
        ? 'authentication: needs a "userName" to prove.'
        : undefined,
  ]);
  if (problem !== undefined) return problem;
  const kept = {
    ...(authentication !== 'none' && { authentication }),
    ...{ sessionExpiry, will, receiveMaximum, maximumPacketSize, topicAliasMaximum },
    ...{ qos2InFlightBefore5, userProperties },
    ...(requestResponseInformation !== false && { requestResponseInformation }),
  };
  // Every field was found to be what the settings call it.
  return Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined));
}

/** As much of it as the version can say: what another one does not know goes with the one that knew it. */
export function fittedConnect(connect: ConnectProfile, version: VersionName): ConnectProfile {
  if (version === '5.0') return without(connect, ['qos2InFlightBefore5']);
  if (maySpeak5(version)) return connect;
  const { will, ...rest } = connect;
  return { ...without(rest, only5), ...(will && { will: without(will, willOnly5) }) };
}

/** Whether what goes with 5.0 only makes sense. */
export function maySpeak5(version: string): boolean {
  return version === '5.0' || version === 'automatic';
}

function without<T extends object>(from: T, fields: readonly (keyof T)[]): T {
  const kept = { ...from };
  for (const field of fields) delete kept[field];
  return kept;
}

/** Somebody who asks an older server for what it has never heard of must not find out by its silence. */
function of5<T>(
  given: Given<T>,
  fields: readonly (keyof T & string)[],
  prefix: string,
  version: VersionName,
): string | undefined {
  if (maySpeak5(version)) return undefined;
  const field = fields.find((each) => given[each] !== undefined && given[each] !== 'none');
  return field && `${prefix}${field}: goes with MQTT 5.0 only, and this connection speaks ${version}.`;
}

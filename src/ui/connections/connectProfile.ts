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
  lengthProblem,
  numberProblem,
  textProblem,
  topicProblem,
} from './fieldProblems';

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
/** What of a will goes with 5.0 only. */
const willOnly5 = ['delay', 'expiry', 'contentType', 'responseTopic', 'userProperties'] as const;
const willFields: readonly string[] = ['topic', 'payload', 'qos', 'retain', ...willOnly5];

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
    () => willProblem(will, version),
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

function willProblem(written: unknown, version: VersionName): string | undefined {
  if (written === undefined) return undefined;
  if (!isRecord(written)) return 'will: must be an object with a topic.';
  const strange = Object.keys(written).find((field) => !willFields.includes(field));
  if (strange !== undefined) return `will.${strange}: there is no such field.`;
  const given: Given<WillSetting> = written;
  const schema = connectProperties.will.properties;
  const text = (field: 'payload' | 'contentType') => () =>
    described(`will.${field}`, textProblem(given[field]) ?? lengthProblem(given[field]));
  return firstProblem([
    () => described('will.topic', topicProblem(given.topic)),
    text('payload'),
    () => described('will.qos', numberProblem(given.qos, schema.qos)),
    () => described('will.retain', booleanProblem(given.retain)),
    () => of5(given, willOnly5, 'will.', version),
    () => described('will.delay', numberProblem(given.delay, schema.delay)),
    () => described('will.expiry', numberProblem(given.expiry, schema.expiry)),
    text('contentType'),
    () =>
      described(
        'will.responseTopic',
        given.responseTopic === undefined ? undefined : topicProblem(given.responseTopic),
      ),
    () => described('will.userProperties', userPropertiesProblem(given.userProperties)),
  ]);
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

function userPropertiesProblem(value: unknown): string | undefined {
  const isText = (each: unknown) => typeof each === 'string' && lengthProblem(each) === undefined;
  const fits = (each: unknown) => isText(each) || (Array.isArray(each) && each.every(isText));
  if (value === undefined || (isRecord(value) && Object.entries(value).flat().every(fits))) return undefined;
  return 'must be an object whose values are texts, or lists of them.';
}

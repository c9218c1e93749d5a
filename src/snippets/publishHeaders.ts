import { encodeUtf8, utf8Length } from '../base/utf8';
import type { QoS } from '../protocol/controlPacket';
import type { Properties } from '../protocol/properties';
import { topicNameProblem } from '../protocol/topics';
import { bodyFormats, encodeBody, laterBodyFormats, type BodyFormat } from './body';
import type { ProblemCode } from './problems';

/** What the headers of a PUBLISH say. */
export interface PublishHeaders {
  qos: QoS;
  retain: boolean;
  /** The name of the profile to send through. */
  connection: string | undefined;
  bodyFormat: BodyFormat;
  readonly properties: Properties;
}

/** What is wrong with a value; undefined where nothing is. */
export type ValueFault = readonly [code: ProblemCode, ...details: readonly string[]] | undefined;

export interface PublishHeader {
  readonly name: string;
  /** May be given more than once. */
  readonly repeatable?: true;
  /** A property that MQTT has since 5.0. */
  readonly property?: true;
  /** Takes the value, its variables replaced and no white space around it. */
  readonly read: (value: string, into: PublishHeaders) => ValueFault;
}

/** The headers of a PUBLISH. They are written in any case. */
export const publishHeaders: readonly PublishHeader[] = [
  {
    name: 'QoS',
    read: (value, into) => whole('QoS', value, 0, 2, (qos) => (into.qos = qos as QoS)),
  },
  {
    name: 'Retain',
    read: (value, into) =>
      option('Retain', value, ['true', 'false'], (chosen) => (into.retain = chosen === 'true')),
  },
  {
    name: 'Connection',
    read: (value, into) => {
      if (value === '') return ['emptyValue', 'Connection'];
      into.connection = value;
      return undefined;
    },
  },
  {
    name: 'Body',
    read: (value, into) => {
      const [word = ''] = value.split('(');
      if (laterBodyFormats.some((format) => format === word.toLowerCase()))
        return ['bodyFormatNotSupported', value];
      return option('Body', value, bodyFormats, (chosen) => (into.bodyFormat = chosen));
    },
  },
  { name: 'Body-End', read: (value) => option('Body-End', value, ['exact'], () => undefined) },
  {
    name: 'Content-Type',
    property: true,
    read: (value, { properties }) => mqttString(value) ?? assign(() => (properties.contentType = value)),
  },
  {
    name: 'Response-Topic',
    property: true,
    read: (value, { properties }) => topicFault(value) ?? assign(() => (properties.responseTopic = value)), // [MQTT-3.3.2-14]
  },
  {
    name: 'Correlation-Data',
    property: true,
    read: (value, { properties }) => {
      const data = correlationData(value);
      if (!(data instanceof Uint8Array)) return data;
      if (data.length > 65_535) return ['stringTooLong', String(data.length)];
      properties.correlationData = data;
      return undefined;
    },
  },
  {
    name: 'Message-Expiry-Interval',
    property: true,
    read: (value, { properties }) =>
      whole(
        'Message-Expiry-Interval',
        value,
        0,
        0xffff_ffff,
        (seconds) => (properties.messageExpiryInterval = seconds),
      ),
  },
  {
    name: 'Payload-Format-Indicator',
    property: true,
    read: (value, { properties }) =>
      whole(
        'Payload-Format-Indicator',
        value,
        0,
        1,
        (format) => (properties.payloadFormatIndicator = format),
      ),
  },
  {
    name: 'Topic-Alias',
    property: true,
    read: (value, { properties }) =>
      whole('Topic-Alias', value, 1, 65_535, (alias) => (properties.topicAlias = alias)), // [MQTT-3.3.2-8]
  },
  {
    name: 'User-Property',
    property: true,
    repeatable: true,
    read: (value, { properties }) => {
      const equals = value.indexOf('=');
      if (equals < 0) return ['notAPair', 'User-Property'];
      const pair = [value.slice(0, equals).trim(), value.slice(equals + 1).trim()] as const;
      const wrong = mqttString(pair[0]) ?? mqttString(pair[1]);
      return (
        wrong ?? assign(() => (properties.userProperties = [...(properties.userProperties ?? []), pair]))
      );
    },
  },
];

/** What is wrong with a Topic Name to send to. */
export function topicFault(topicName: string): ValueFault {
  const wrong = topicNameProblem(topicName);
  return mqttString(topicName) ?? (wrong && ['violation', wrong, topicName]);
}

/** What keeps a text from being a UTF-8 Encoded String of MQTT (1.5.4). */
function mqttString(text: string): ValueFault {
  const length = utf8Length(text);
  if (length > 65_535) return ['stringTooLong', String(length)]; // [MQTT-4.7.3-3] of topics; their length is two bytes
  const zero = text.indexOf('\0');
  return zero < 0 ? undefined : ['violation', 'nullCharacter', String(utf8Length(text.slice(0, zero)))]; // [MQTT-1.5.4-2]
}

function whole(
  name: string,
  value: string,
  least: number,
  most: number,
  take: (number: number) => void,
): ValueFault {
  const number = /^\d{1,10}$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= least && number <= most)) return ['notANumber', name, String(least), String(most)];
  take(number);
  return undefined;
}

function option<T extends string>(
  name: string,
  value: string,
  known: readonly T[],
  take: (chosen: T) => void,
): ValueFault {
  const chosen = known.find((one) => one === value.toLowerCase());
  if (chosen === undefined) return ['notAnOption', name, known.join(', ')];
  take(chosen);
  return undefined;
}

/** `hex:..`, `base64:..`, or any other text for its UTF-8. */
export function correlationData(value: string): Uint8Array | NonNullable<ValueFault> {
  const [prefix = '', ...rest] = value.split(':');
  const format = prefix.toLowerCase();
  if (rest.length === 0 || (format !== 'hex' && format !== 'base64')) return encodeUtf8(value);
  const bytes = encodeBody(rest.join(':'), format);
  return bytes instanceof Uint8Array ? bytes : [bytes.code, ...bytes.details];
}

function assign(effect: () => void): undefined {
  effect();
}

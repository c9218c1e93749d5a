import { findIllFormedUtf8 } from '../../base/utf8';
import {
  connectProperties,
  type PayloadEncoding,
  payloadEncodings,
  type UserPropertiesSetting,
  type WillSetting,
} from '../../contributions/connectSettings';
import type { WillMessage } from '../../protocol/controlPacket';
import { encodeBody } from '../../snippets/body';
import { describeProblem } from '../../snippets/problems';
import { correlationData } from '../../snippets/publishHeaders';
import {
  booleanProblem,
  choiceProblem,
  described,
  firstProblem,
  isRecord,
  lengthProblem,
  numberProblem,
  strangeFieldProblem,
  textProblem,
  topicProblem,
  userPropertiesProblem,
} from './fieldProblems';

type Given = Readonly<Partial<Record<keyof WillSetting, unknown>>>;

/** What of a will goes with 5.0 only. */
export const willOnly5 = [
  ...(['delay', 'expiry', 'payloadFormatIndicator', 'contentType', 'responseTopic'] as const),
  ...(['correlationData', 'userProperties'] as const),
];

/** What is wrong with a will in the settings as a sentence that names the field, or undefined. */
export function willProblem(written: unknown): string | undefined {
  if (written === undefined) return undefined;
  if (!isRecord(written)) return 'will: must be an object with a topic.';
  const { properties: schema } = connectProperties.will;
  const given: Given = written;
  const number = (field: 'qos' | 'delay' | 'expiry' | 'payloadFormatIndicator') => () =>
    described(`will.${field}`, numberProblem(given[field], schema[field]));
  return firstProblem([
    () => strangeFieldProblem(written, Object.keys(schema), 'will.'),
    () => described('will.topic', topicProblem(given.topic)),
    () => described('will.payload', textProblem(given.payload)),
    () => described('will.payloadEncoding', choiceProblem(given.payloadEncoding ?? 'text', payloadEncodings)),
    () => described('will.payload', payloadProblem(given)),
    number('qos'),
    () => described('will.retain', booleanProblem(given.retain)),
    number('delay'),
    number('expiry'),
    number('payloadFormatIndicator'),
    () => described('will.contentType', textProblem(given.contentType) ?? lengthProblem(given.contentType)),
    () =>
      described(
        'will.responseTopic',
        given.responseTopic === undefined ? undefined : topicProblem(given.responseTopic),
      ),
    () => described('will.correlationData', correlationProblem(given.correlationData)),
    () => described('will.userProperties', userPropertiesProblem(given.userProperties)),
  ]);
}

/** Why a payload cannot be sent as it is written, or undefined; `isText` says that its Payload Format Indicator is 1. */
export function willPayloadProblem(
  payload: string,
  encoding: PayloadEncoding,
  isText = false,
): string | undefined {
  const bytes = encodeBody(payload, encoding);
  if (bytes instanceof Uint8Array)
    return lengthProblem(bytes) ?? (isText ? textBytesProblem(bytes) : undefined);
  const at = encoding === 'text' ? '' : ` It is character ${bytes.at.start + 1}.`;
  return `is not written in ${encoding}: ${describeProblem({ ...bytes, ...bytes.at })}${at}`;
}

/** A server may refuse the CONNECT for a payload that is no text (0x99), or leave it to whoever gets the will. */
function payloadProblem({ payload = '', payloadEncoding = 'text', ...will }: Given): string | undefined {
  const isText = will.payloadFormatIndicator === 1;
  return willPayloadProblem(payload as string, payloadEncoding as PayloadEncoding, isText);
}

function textBytesProblem(bytes: Uint8Array): string | undefined {
  const at = findIllFormedUtf8(bytes, 0, bytes.length);
  if (at < 0) return undefined;
  return `has to be text in UTF-8, as payloadFormatIndicator in the settings says, and at byte ${at} it is not.`;
}

function correlationProblem(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string') return 'must be a text, or bytes as "hex:…" or "base64:…".';
  const bytes = correlationData(value);
  if (bytes instanceof Uint8Array) return lengthProblem(bytes);
  const [code, ...details] = bytes;
  return describeProblem({ code, details, start: 0, end: 0 });
}

function payloadOf({ payload = '', payloadEncoding = 'text' }: Partial<WillSetting>): Uint8Array {
  const bytes = encodeBody(payload, payloadEncoding);
  if (!(bytes instanceof Uint8Array)) throw new Error('The payload of a will was not checked.');
  return bytes;
}

/** The Will Message of a setting that {@link willProblem} found nothing wrong with. */
export function willMessage(will: WillSetting): WillMessage {
  const { topic, qos = 0, retain = false, delay, expiry, payloadFormatIndicator } = will;
  const { contentType, responseTopic, userProperties } = will;
  const data = will.correlationData === undefined ? undefined : correlationData(will.correlationData);
  return {
    ...{ topicName: topic, payload: payloadOf(will), qos, retain },
    properties: {
      ...(delay !== undefined && { willDelayInterval: delay }),
      ...(payloadFormatIndicator !== undefined && { payloadFormatIndicator }),
      ...(expiry !== undefined && { messageExpiryInterval: expiry }),
      ...(contentType !== undefined && { contentType }),
      ...(responseTopic !== undefined && { responseTopic }),
      ...(data instanceof Uint8Array && { correlationData: data }),
      ...(userProperties && { userProperties: pairsOf(userProperties) }),
    },
  };
}

/** User Properties of the settings as MQTT has them: pairs, in their order. */
export function pairsOf(properties: UserPropertiesSetting): [string, string][] {
  return Object.entries(properties).flatMap(([name, values]) =>
    (typeof values === 'string' ? [values] : values).map((value): [string, string] => [name, value]),
  );
}

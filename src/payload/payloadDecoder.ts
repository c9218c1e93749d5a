import { assertNever } from '../base/assert';
import { decodeUtf8 } from '../base/utf8';
import { describeJsonExpectation } from './json';
import type {
  PayloadFormat,
  PayloadFormatId,
  PayloadLines,
  PayloadProblem,
  PayloadSample,
} from './payloadFormat';
import { sampleLength, wholeCharacters } from './payloadMode';
import { payloadFormat, payloadFormats } from './registry';

/** What a person may choose to read a payload as; `auto` goes by its look. */
export type PayloadChoice = 'auto' | PayloadFormatId;

export interface DecodedPayload extends PayloadLines {
  /** What the lines are in. */
  readonly format: PayloadFormatId;
  /** Why they are not in the format that was chosen. */
  readonly problem: PayloadProblem | undefined;
}

/** A payload as lines. Where it is not what was chosen, the lines are what it looks like and the problem says why. */
export function decodePayload(bytes: Uint8Array, choice: PayloadChoice = 'auto'): DecodedPayload {
  const candidates = choice === 'auto' ? likely(bytes) : [payloadFormat(choice), ...likely(bytes)];
  let problem: PayloadProblem | undefined;
  for (const format of candidates) {
    const read = format.read(bytes);
    if ('lineCount' in read) return { format: format.id, problem, ...read };
    if (choice !== 'auto') problem ??= read;
  }
  throw new Error('The last format of the registry reads everything.');
}

/**
 * The beginning of a payload on one line, such as `{"on":true,"mV":3312}` or `DE AD BE EF`; `…` at the end says that there
 * is more, and is among the `limit` characters. `length` is that of the whole payload where `bytes` are its beginning.
 */
export function oneLine(bytes: Uint8Array, length = bytes.length, limit = 120): string {
  const sample = sampleOf(bytes, length);
  for (const format of payloadFormats) {
    const line = format.oneLine(sample, limit);
    if (line !== undefined) return line;
  }
  throw new Error('The last format of the registry shows everything.');
}

/** The problem in words. */
export function describePayloadProblem(problem: PayloadProblem): string {
  switch (problem.code) {
    case 'notUtf8':
      return `Not UTF-8: the byte at offset ${problem.offset} belongs to no character.`;
    case 'notJson':
      return `Not JSON: ${describeJsonExpectation(problem.expected)} is expected at offset ${problem.offset}.`;
    default:
      return assertNever(problem);
  }
}

function likely(bytes: Uint8Array): readonly PayloadFormat[] {
  const sample = sampleOf(bytes, bytes.length);
  return payloadFormats.filter((format) => format.oneLine(sample, 1) !== undefined);
}

function sampleOf(all: Uint8Array, length: number): PayloadSample {
  const bytes = all.subarray(0, sampleLength);
  const complete = bytes.length === length;
  return {
    bytes,
    text: complete ? decodeUtf8(bytes) : decodeUtf8(bytes, 0, wholeCharacters(bytes)),
    complete,
  };
}

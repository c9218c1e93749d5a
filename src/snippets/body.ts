import { assertNever } from '../base/assert';
import { fromBase64 } from '../base/base64';
import { fromHex, noBytes } from '../base/bytes';
import type { Span } from '../base/spans';
import { encodeUtf8 } from '../base/utf8';
import { describeJsonExpectation, scanJson } from '../payload/json';
import type { ProblemCode } from './problems';

/** How the text of a body becomes bytes. */
export const bodyFormats = ['text', 'json', 'hex', 'base64'] as const;
export type BodyFormat = (typeof bodyFormats)[number];

/** The first words of formats that the language has and this version does not. */
export const laterBodyFormats = ['cbor', 'msgpack', 'protobuf', 'avro', 'struct', 'sparkplug'] as const;

/** What is wrong in the text of a body, at a place in that text. */
export interface BodyFault {
  readonly code: ProblemCode;
  readonly at: Span;
  readonly details: readonly string[];
}

/** The bytes that a text means in a format, or what is wrong with it. */
export function encodeBody(text: string, format: BodyFormat): Uint8Array | BodyFault {
  switch (format) {
    case 'text':
      return encodeUtf8(text);
    case 'json':
      return jsonFault(text) ?? encodeUtf8(text);
    case 'hex':
      return hexFault(text) ?? fromHex(text) ?? noBytes;
    case 'base64': {
      const bytes = fromBase64(text);
      return typeof bytes === 'number' ? fault('badBase64', bytes) : bytes;
    }
    default:
      return assertNever(format);
  }
}

/** Why a text is not JSON, or undefined where it is. */
export function jsonFault(text: string): BodyFault | undefined {
  const problem = scanJson(text, () => undefined);
  return problem && fault('badJson', problem.offset, describeJsonExpectation(problem.expected));
}

/** A body that is a file: `< path`, or `<@ path` where the variables in the file are to be replaced. */
export interface FileBody {
  readonly replaceVariables: boolean;
  /** The place of the path in the body's text. */
  readonly path: Span;
}

export function fileBody(text: string): FileBody | undefined {
  const match = /^<(@?)[ \t]+(\S.*)$/.exec(text);
  if (!match?.[2] || /[\r\n]/.test(text)) return undefined;
  const start = text.length - match[2].length;
  return { replaceVariables: match[1] === '@', path: { start, end: start + match[2].trimEnd().length } };
}

/** Digits stand in pairs: `DE A DB` would otherwise be taken for two bytes that nobody wrote. */
function hexFault(text: string): BodyFault | undefined {
  const wrong = text.search(/[^0-9a-fA-F\s]/);
  if (wrong >= 0) return fault('badHex', wrong, String.fromCodePoint(text.codePointAt(wrong) ?? 0));
  for (const { 0: digits, index } of text.matchAll(/\S+/g)) {
    if (digits.length % 2 !== 0) return fault('oddHex', index + digits.length - 1);
  }
  return undefined;
}

function fault(code: ProblemCode, offset: number, ...details: readonly string[]): BodyFault {
  return { code, at: { start: offset, end: offset + 1 }, details };
}

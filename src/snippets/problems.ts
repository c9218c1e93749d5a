import type { Span } from '../base/spans';
import { violationTable, type ViolationId } from '../protocol/violations';

export type ProblemSeverity = 'error' | 'warning';

interface ProblemDefinition {
  readonly severity: ProblemSeverity;
  /** What is wrong and what to do, with `{0}`, `{1}`, ... for the details. */
  readonly message: string;
}

const definitions = {
  unknownVerb: {
    severity: 'error',
    message: "'{0}' is no request. A block begins with a line such as 'PUBLISH devices/bench/led'.",
  },
  verbNotSupported: { severity: 'warning', message: '{0} is not supported in this version.' },
  noRequest: {
    severity: 'error',
    message: "This block has no request line such as 'PUBLISH devices/bench/led'.",
  },
  missingTopic: { severity: 'error', message: '{0} needs a topic: {0} devices/bench/led.' },
  malformedHeader: {
    severity: 'error',
    message: "This is no header. Headers are written 'Name: value'; an empty line goes before the body.",
  },
  unknownHeader: { severity: 'error', message: "{1} has no header '{0}'." },
  duplicateHeader: { severity: 'error', message: "'{0}' may be given once." },
  headerNeedsVersion5: {
    severity: 'error',
    message: "'{0}' exists since MQTT 5.0, and the connection speaks an older version.",
  },
  unknownMetadata: { severity: 'warning', message: "There is no '@{0}', so this line has no effect." },
  metadataNotSupported: { severity: 'warning', message: "'@{0}' has no effect yet: {1}." },
  promptNotSupported: {
    severity: 'error',
    message: "Prompts are not there yet, so '@prompt' asks nothing. Define '@{0} = value' in its place.",
  },
  skipped: {
    severity: 'error',
    message: "'@skip' keeps this message from being sent. Take that line out to send it.",
  },
  malformedVariable: {
    severity: 'error',
    message: "A variable is defined as '@name = value', its name of letters, digits, '_' and '-'.",
  },
  duplicateVariable: {
    severity: 'warning',
    message: "'{0}' is defined again further down, and that definition counts.",
  },
  unknownVariable: {
    severity: 'error',
    message:
      "There is no variable '{0}'. Define it as '@{0} = value', or write '\\{{' for the characters themselves.",
  },
  unknownBuiltIn: { severity: 'error', message: "There is no built-in variable '{0}'." },
  variableNotSupported: { severity: 'error', message: "'{0}' is not supported in this version." },
  variablesTooDeep: {
    severity: 'error',
    message: "The value of '{0}' takes more than 64 variables inside one another.",
  },
  variableCycle: { severity: 'error', message: "The value of '{0}' depends on itself." },
  valueTooLong: {
    severity: 'error',
    message: 'With this value the text has more than 16,777,216 characters.',
  },
  unclosedReference: {
    severity: 'error',
    message: "'{{' has no '}}' on this line. Write '\\{{' for the characters themselves.",
  },
  badArguments: { severity: 'error', message: "'{0}' is written {1}." },
  noConnection: { severity: 'error', message: "'{0}' needs a connection, and there is none." },
  notANumber: { severity: 'error', message: "'{0}' must be a whole number from {1} to {2}." },
  notAnOption: { severity: 'error', message: "'{0}' must be one of: {1}." },
  emptyValue: { severity: 'error', message: "'{0}' has no value." },
  notAPair: { severity: 'error', message: "'{0}' is written name=value." },
  bodyFormatNotSupported: { severity: 'error', message: "'Body: {0}' is not supported in this version." },
  badHex: {
    severity: 'error',
    message: "'{0}' is no hexadecimal digit.",
  },
  oddHex: { severity: 'error', message: 'A byte has two hexadecimal digits, and here is one.' },
  badBase64: { severity: 'error', message: 'This is not Base64 (RFC 4648, section 4).' },
  badJson: { severity: 'error', message: 'This is not JSON: {0} is expected here.' },
  violation: { severity: 'error', message: '' },
  stringTooLong: {
    severity: 'error',
    message: '{0} bytes of UTF-8 are too many: MQTT strings end at 65,535.',
  },
  fileNotFound: { severity: 'error', message: "There is no file '{0}'. Paths are relative to this file." },
  fileNotReadable: { severity: 'error', message: "The file '{0}' cannot be read." },
  fileNotTrusted: {
    severity: 'error',
    message: "The file '{0}' was not read, because this workspace is not trusted. Trust it to publish files.",
  },
  fileNotSaved: {
    severity: 'error',
    message: "The path '{0}' is relative to this file, which has no place yet. Save this file first.",
  },
  fileNotText: {
    severity: 'error',
    message: "'{0}' is not UTF-8, so its variables cannot be replaced. '< {0}' sends it as it is.",
  },
} as const satisfies Readonly<Record<string, ProblemDefinition>>;

export type ProblemCode = keyof typeof definitions;

/** Something wrong in a file: `start` and `end` are offsets in its text, in UTF-16 code units. */
export interface SnippetProblem extends Span {
  readonly code: ProblemCode;
  /** What the message speaks of, in its order. Of a `violation` the {@link ViolationId} and the value found. */
  readonly details: readonly string[];
}

export function problem(
  code: ProblemCode,
  { start, end }: Span,
  ...details: readonly string[]
): SnippetProblem {
  return { code, start, end, details };
}

export function severityOf({ code }: SnippetProblem): ProblemSeverity {
  return definitions[code].severity;
}

/** The problem in words. */
export function describeProblem({ code, details }: SnippetProblem): string {
  if (code === 'violation') {
    return violationTable[details[0] as ViolationId].message.replace('{value}', details[1] ?? '');
  }
  return definitions[code].message.replace(/\{(\d)\}/g, (_, index: string) => details[Number(index)] ?? '');
}

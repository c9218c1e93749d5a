import { utf8Length } from '../../base/utf8';
import { topicNameProblem } from '../../protocol/topics';

/** Texts and binary data of MQTT have two bytes for their length (1.5.4, 1.5.6). */
const longestText = 65_535;

/** Why a value of the settings cannot be what its field needs, or undefined. */

export function textProblem(value: unknown): string | undefined {
  return value === undefined || typeof value === 'string' ? undefined : 'must be a text.';
}

export function booleanProblem(value: unknown): string | undefined {
  return value === undefined || typeof value === 'boolean' ? undefined : 'must be true or false.';
}

export function choiceProblem(value: unknown, choices: readonly string[]): string | undefined {
  return (choices as readonly unknown[]).includes(value)
    ? undefined
    : `must be one of ${choices.join(', ')}.`;
}

export function numberProblem(
  value: unknown,
  { minimum, maximum }: { readonly minimum: number; readonly maximum: number },
): string | undefined {
  if (value === undefined) return undefined;
  const fits = typeof value === 'number' && Number.isInteger(value) && value >= minimum && value <= maximum;
  return fits ? undefined : `must be a whole number from ${minimum} to ${maximum}.`;
}

export function topicProblem(value: unknown): string | undefined {
  if (typeof value !== 'string') return 'must be a text.';
  return topicNameProblem(value) === undefined
    ? lengthProblem(value)
    : 'must be a topic name: not empty, and without "+", "#" and U+0000.';
}

/** Of a text in UTF-8, or of binary data; of anything else nothing is said. */
export function lengthProblem(value: unknown): string | undefined {
  const length =
    typeof value === 'string' ? utf8Length(value) : value instanceof Uint8Array ? value.length : 0;
  return length <= longestText ? undefined : `has more than ${longestText} bytes.`;
}

export function userPropertiesProblem(value: unknown): string | undefined {
  const isText = (each: unknown) => typeof each === 'string' && lengthProblem(each) === undefined;
  const fits = (each: unknown) => isText(each) || (Array.isArray(each) && each.every(isText));
  if (value === undefined || (isRecord(value) && Object.entries(value).flat().every(fits))) return undefined;
  return 'must be an object whose values are texts, or lists of them.';
}

/** A field that does not exist, and the one that was probably meant: a misspelt field must not go by unnoticed. */
export function strangeFieldProblem(
  written: object,
  fields: readonly string[],
  prefix = '',
): string | undefined {
  const strange = Object.keys(written).find((field) => !fields.includes(field));
  if (strange === undefined) return undefined;
  const meant = fields.find((field) => field.toLowerCase() === strange.toLowerCase());
  return `${prefix}${strange}: there is no such field${meant === undefined ? '' : `; "${prefix}${meant}" is meant, perhaps`}.`;
}

/** `field: problem`, or undefined where there is no problem. */
export function described(field: string, problem: string | undefined): string | undefined {
  return problem === undefined ? undefined : `${field}: ${problem}`;
}

/** The first problem that there is; later ones are not looked for. */
export function firstProblem(checks: readonly (() => string | undefined)[]): string | undefined {
  for (const check of checks) {
    const problem = check();
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** A text that says something; an empty one is none. */
export function blankless(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

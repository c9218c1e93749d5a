import { toHex } from '../base/bytes';

/** What the built-in variables are made of; the core has no clock, no dice and no connections of its own. */
export interface BuiltInSources {
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  /** A number from 0 up to, but not including, 1. */
  readonly random: () => number;
  /** How often this block was sent before in a repeat, from 0. */
  readonly counter: number;
  /** Of the connection that is going to send; undefined where there is none. */
  readonly clientIdentifier: string | undefined;
}

export type BuiltInResult =
  | { readonly value: string }
  /** `usage` shows how the arguments are written. */
  | { readonly failure: 'badArguments'; readonly usage: string }
  | { readonly failure: 'unknownBuiltIn' | 'variableNotSupported' | 'noConnection' };

interface BuiltIn {
  readonly usage: string;
  /** Undefined where the arguments are not those of the usage. */
  readonly evaluate: (words: readonly string[], sources: BuiltInSources) => string | undefined;
}

const withoutArguments = (
  name: string,
  evaluate: (sources: BuiltInSources) => string,
): readonly [string, BuiltIn] => [
  name,
  { usage: name, evaluate: (words, sources) => (words.length === 0 ? evaluate(sources) : undefined) },
];

const mostRandomBytes = 65_536;
/** The times that JavaScript's Date can name. */
const latestTime = 8_640_000_000_000_000;

const builtIns: ReadonlyMap<string, BuiltIn> = new Map([
  withoutArguments('$guid', ({ random }) => guid(random)),
  withoutArguments('$timestamp', ({ now }) => String(Math.floor(now / 1000))),
  withoutArguments('$timestampMs', ({ now }) => String(Math.floor(now))),
  withoutArguments('$counter', ({ counter }) => String(counter)),
  [
    '$isoTimestamp',
    {
      usage: '$isoTimestamp, or with an offset of ms, s, m, h or d: $isoTimestamp -1h',
      evaluate: ([offset = '0s', ...more], { now }) => {
        const at = now + (more.length === 0 ? (milliseconds(offset) ?? Number.NaN) : Number.NaN);
        return Math.abs(at) <= latestTime ? new Date(at).toISOString() : undefined;
      },
    },
  ],
  [
    '$randomInt',
    {
      usage: '$randomInt min max, both included',
      evaluate: (words, { random }) => {
        const [low, high] = range(words, /^-?\d{1,15}$/);
        return low === undefined ? undefined : String(low + Math.floor(random() * (high - low + 1)));
      },
    },
  ],
  [
    '$randomFloat',
    {
      usage: '$randomFloat min max',
      evaluate: (words, { random }) => {
        const [low, high] = range(words, /^-?\d{1,15}(\.\d{1,15})?$/);
        return low === undefined ? undefined : String(low + random() * (high - low));
      },
    },
  ],
  [
    '$randomHex',
    {
      usage: `$randomHex bytes, up to ${mostRandomBytes}`,
      evaluate: ([count = '', ...more], { random }) =>
        more.length === 0 && /^\d{1,5}$/.test(count) && Number(count) <= mostRandomBytes
          ? toHex(randomBytes(Number(count), random))
          : undefined,
    },
  ],
]);

/** Variables of the language that this version does not know yet. */
const notYet: ReadonlySet<string> = new Set(['$env', '$dotenv', '$secret']);

/** The value of `$name argument ...`. */
export function evaluateBuiltIn(reference: string, sources: BuiltInSources): BuiltInResult {
  const [name = '', ...words] = reference.split(/\s+/);
  if (notYet.has(name)) return { failure: 'variableNotSupported' };
  if (name === '$clientId' && words.length === 0) {
    return sources.clientIdentifier === undefined
      ? { failure: 'noConnection' }
      : { value: sources.clientIdentifier };
  }
  const builtIn = builtIns.get(name);
  if (!builtIn) return { failure: 'unknownBuiltIn' };
  const value = builtIn.evaluate(words, sources);
  return value === undefined ? { failure: 'badArguments', usage: builtIn.usage } : { value };
}

/** Both ends of a range, or nothing where these are not two numbers of that form in order. */
function range(words: readonly string[], form: RegExp): readonly [number, number] | readonly [undefined] {
  const [low = '', high = '', ...more] = words;
  if (more.length > 0 || !form.test(low) || !form.test(high) || Number(low) > Number(high))
    return [undefined];
  return [Number(low), Number(high)];
}

const unitMilliseconds: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** `-250ms`, `+1h`, `2d` in milliseconds. */
function milliseconds(duration: string): number | undefined {
  const match = /^([+-]?\d{1,15})(ms|s|m|h|d)$/.exec(duration);
  return match ? Number(match[1]) * (unitMilliseconds[match[2] ?? ''] ?? Number.NaN) : undefined;
}

function randomBytes(count: number, random: () => number): Uint8Array {
  return Uint8Array.from({ length: count }, () => Math.floor(random() * 256));
}

/** A random UUID, version 4 (RFC 9562, 5.4). */
function guid(random: () => number): string {
  const bytes = randomBytes(16, random);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = toHex(bytes);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

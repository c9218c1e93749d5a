import { decodeUtf8 } from '../base/utf8';
import { scanJson } from './json';

/** A payload as a value; undefined inside of `value` never happens, JSON has none. */
export interface PayloadValue {
  readonly value: unknown;
}

/** A run of digits that may be more than a double holds. */
const manyDigits = /\d{16}/;

/**
 * What a payload is as a value: that of its JSON, whole numbers beyond 2^53 as bigint. Undefined where it is no JSON. Takes
 * time that grows with its length, so the caller bounds that.
 */
export function payloadValue(bytes: Uint8Array): PayloadValue | undefined {
  const text = decodeUtf8(bytes);
  if (text === undefined || text === '') return undefined;
  if (manyDigits.test(text)) return exactValue(text);
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The value that `path` leads to, member by member; undefined where there is none. Only own members count. */
export function valueAt(value: unknown, path: readonly (string | number)[]): PayloadValue | undefined {
  let inside = value;
  for (const step of path) {
    if (typeof inside !== 'object' || inside === null || !Object.hasOwn(inside, step)) return undefined;
    // The length of a list is none of its elements.
    if (Array.isArray(inside) && typeof step !== 'number') return undefined;
    inside = (inside as Readonly<Record<string | number, unknown>>)[step];
  }
  return { value: inside };
}

function exactValue(text: string): PayloadValue | undefined {
  const builder = new ValueBuilder();
  const problem = scanJson(text, (kind, start, end) => builder.add(kind, text.slice(start, end)));
  return problem ? undefined : { value: builder.value };
}

/** Values from tokens, without a stack of calls. */
class ValueBuilder {
  value: unknown = undefined;
  private readonly open: (unknown[] | Record<string, unknown>)[] = [];
  private readonly keys: string[] = [];

  add(kind: string, token: string): void {
    if (kind === 'key') this.keys.push(JSON.parse(token) as string);
    else if (kind === 'scalar') this.place(scalar(token));
    else if (kind === 'open') {
      const inside = token === '[' ? [] : {};
      this.place(inside);
      this.open.push(inside);
    } else if (kind === 'close') this.open.pop();
  }

  private place(value: unknown): void {
    const around = this.open.at(-1);
    if (around === undefined) this.value = value;
    else if (Array.isArray(around)) around.push(value);
    else {
      const key = this.keys.pop() ?? '';
      // As a member of its own even where it is called __proto__.
      Object.defineProperty(around, key, { value, enumerable: true, configurable: true, writable: true });
    }
  }
}

function scalar(token: string): unknown {
  const value: unknown = JSON.parse(token);
  const isExact = typeof value !== 'number' || Number.isSafeInteger(value) || !/^-?\d+$/.test(token);
  return isExact ? value : BigInt(token);
}

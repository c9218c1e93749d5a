import { concatBytes, fromHex, toHex } from '../../../src/base/bytes';

/** Named lines that others include with `@name`. */
export type Parts = ReadonlyMap<string, readonly string[]>;

/** Values that were found in earlier packets, as hexadecimal digits. */
export type Captures = Map<string, string>;

/** The tokens of lines of hexadecimal text, without comments and with the parts they name. */
export function tokensOf(lines: readonly string[], parts: Parts): readonly string[] {
  return lines.flatMap((line) => {
    const text = (line.split('#')[0] ?? '').trim();
    if (text.startsWith('@')) {
      const part = parts.get(text.slice(1));
      if (!part) throw new Error(`there is no part "${text.slice(1)}"`);
      return tokensOf(part, parts);
    }
    return text === ''
      ? []
      : text
          .replace(/([(|)])/g, ' $1 ')
          .trim()
          .split(/\s+/);
  });
}

/** The bytes to send. `61*20` repeats a byte, `<name>` is a value that was captured. */
export function bytesOf(tokens: readonly string[], captures: Captures): Uint8Array {
  return concatBytes(
    tokens.map((token) => {
      const [, name] = /^<([^:>]+)>$/.exec(token) ?? [];
      const captured = name === undefined ? undefined : captures.get(name);
      const [digits = '', count = '1'] = (captured ?? token).split('*');
      const bytes = fromHex(digits.repeat(Number(count)));
      if (!bytes) throw new Error(`"${token}" is neither hexadecimal nor a value that was captured`);
      return bytes;
    }),
  );
}

/**
 * Whether the packet is what the tokens say: `??` is any byte, `...` any number of bytes, `len` a Variable Byte Integer,
 * `( a | b )` one of several, and `<name>` two bytes that are kept under this name (`<name:4>` four, `<name:*>` any
 * number) or, where there is such a value already, that value. Captures are taken only where all matches.
 */
export function matches(packet: Uint8Array, tokens: readonly string[], captures: Captures): boolean {
  const names: string[] = [];
  const pattern = tokens.map((token) => patternOf(token, captures, names)).join('');
  const found = new RegExp(`^${pattern}$`).exec(toHex(packet));
  if (!found) return false;
  names.forEach((name, index) => captures.set(name, found.groups?.[`v${index}`] ?? ''));
  return true;
}

const wildcards: ReadonlyMap<string, string> = new Map([
  ['??', '[0-9a-f]{2}'],
  ['...', '(?:[0-9a-f]{2})*'],
  ['len', '(?:[89a-f][0-9a-f]){0,3}[0-7][0-9a-f]'],
  ['(', '(?:'],
  ['|', '|'],
  [')', ')'],
]);

function patternOf(token: string, captures: Captures, names: string[]): string {
  const wildcard = wildcards.get(token);
  if (wildcard !== undefined) return wildcard;
  const [, name, size = '2'] = /^<([^:>]+)(?::(\d+|\*))?>$/.exec(token) ?? [];
  if (name !== undefined) {
    const known = captures.get(name);
    if (known !== undefined) return known;
    if (names.includes(name)) return `\\k<v${names.indexOf(name)}>`;
    names.push(name);
    return `(?<v${names.length - 1}>(?:[0-9a-f]{2})${size === '*' ? '*' : `{${size}}`})`;
  }
  const [digits = '', count] = token.split('*');
  if (!/^(?:[0-9a-f]{2})+$/i.test(digits)) throw new Error(`"${token}" is no part of a pattern`);
  return count === undefined ? digits.toLowerCase() : `(?:${digits.toLowerCase()}){${Number(count)}}`;
}

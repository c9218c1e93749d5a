export const noBytes: Uint8Array = new Uint8Array(0);

type SetAll = (this: Uint8Array, from: Uint8Array, at: number) => void;

const { set: setAll } = Uint8Array.prototype as { set: SetAll };

/**
 * What `to.set(from, at)` does. Looking that method up costs as much as copying the bytes of a short message: engines keep
 * no shortcut to the methods of typed arrays.
 */
export function setBytes(to: Uint8Array, from: Uint8Array, at: number): void {
  setAll.call(to, from, at);
}

export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

const hexDigits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** One byte as two lower-case hexadecimal digits. */
export function hexByte(byte: number): string {
  return hexDigits[byte & 0xff] ?? '';
}

/** Lower-case hexadecimal digits, two a byte, with `separator` between bytes. */
export function toHex(bytes: Uint8Array, separator = ''): string {
  return Array.from(bytes, hexByte).join(separator);
}

/** The bytes of hexadecimal digits with white space anywhere between bytes, or undefined where it is anything else. */
export function fromHex(text: string): Uint8Array | undefined {
  const digits = text.replace(/\s+/g, '');
  if (digits.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(digits)) return undefined;
  return Uint8Array.from({ length: digits.length / 2 }, (_, index) =>
    Number.parseInt(digits.slice(index * 2, index * 2 + 2), 16),
  );
}

/**
 * Whether a value is what its type promises, which nobody has checked for callers in JavaScript. A `Uint8Array` of another
 * realm is one too.
 */
export function isBytes(value: unknown): boolean {
  return value instanceof Uint8Array || Object.prototype.toString.call(value) === '[object Uint8Array]';
}

/** Throws a TypeError where a value is no bytes: written all the same, it would come to zeros. */
export function expectBytes(value: unknown, name: string): void {
  if (isBytes(value)) return;
  const what = value === null || typeof value !== 'object' ? typeof value : value.constructor.name;
  throw new TypeError(`${name} has to be a Uint8Array and is of type ${what}`);
}

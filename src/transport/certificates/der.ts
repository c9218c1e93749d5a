/** What X.509 needs of the Distinguished Encoding Rules (ITU-T X.690). */

const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

export function element(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.of(tag), lengthOctets(content.length), content]);
}

/** In two's complement, as short as it can be: an unsigned number whose first bit is set has a zero before it. */
export function integer(unsigned: Uint8Array): Buffer {
  const first = unsigned.findIndex((byte) => byte !== 0);
  const digits = first < 0 ? Buffer.of(0) : Buffer.from(unsigned.subarray(first));
  return element(tags.integer, (digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), digits]) : digits);
}

export const sequence = (...items: readonly Uint8Array[]): Buffer => element(tags.sequence, ...items);
export const set = (...items: readonly Uint8Array[]): Buffer => element(tags.set, ...items);
export const utf8 = (text: string): Buffer => element(tags.utf8String, Buffer.from(text, 'utf8'));
export const octets = (bytes: Uint8Array): Buffer => element(tags.octetString, bytes);
export const nothing = (): Buffer => element(tags.null);
export const yes = (): Buffer => element(tags.boolean, Buffer.of(0xff));

/** Whole bytes. */
export const bits = (bytes: Uint8Array): Buffer => element(tags.bitString, Buffer.of(0), bytes);

/** Named bits, as a list of flags is written: without zeros at the end. */
export function namedBits(...numbers: readonly number[]): Buffer {
  const last = Math.max(...numbers);
  const bytes = Buffer.alloc((last >> 3) + 1);
  for (const number of numbers) bytes[number >> 3] = (bytes[number >> 3] ?? 0) | (0x80 >> (number & 7));
  return element(tags.bitString, Buffer.of(7 - (last & 7)), bytes);
}

/** An element of a choice or an optional one: `[number]`, primitive or constructed. */
export const tagged = (number: number, constructed: boolean, ...contents: readonly Uint8Array[]): Buffer =>
  element(0x80 | (constructed ? 0x20 : 0) | number, ...contents);

export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const digits = [arc & 0x7f];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) {
      digits.unshift((left & 0x7f) | 0x80);
    }
    return digits;
  });
  return element(tags.objectIdentifier, Uint8Array.from(bytes));
}

/** @param at milliseconds since the epoch; whole seconds count. Two digits of the year until 2049 (RFC 5280, 4.1.2.5). */
export function time(at: number): Buffer {
  const digits = new Date(at).toISOString().replace(/[-T:]|\.\d+/g, '');
  const isShort = digits < '2050';
  return element(
    isShort ? tags.utcTime : tags.generalizedTime,
    Buffer.from(isShort ? digits.slice(2) : digits, 'ascii'),
  );
}

function lengthOctets(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length);
  const digits: number[] = [];
  for (let left = length; left > 0; left = Math.floor(left / 256)) digits.unshift(left & 0xff);
  return Buffer.of(0x80 | digits.length, ...digits);
}

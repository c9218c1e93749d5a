/** What may come next: between tokens, or inside of one. */
type State =
  | 'value'
  | 'valueOrEnd'
  | 'key'
  | 'keyOrEnd'
  | 'colon'
  | 'commaOrEnd'
  | 'over'
  | 'string'
  | 'escape'
  | 'literal'
  | NumberState;

/** What a number has so far: those in {@link wholeNumber} may end there. */
type NumberState = 'minus' | 'zero' | 'digits' | 'point' | 'fraction' | 'exponent' | 'sign' | 'power';

const wholeNumber: ReadonlySet<State> = new Set(['zero', 'digits', 'fraction', 'power']);
const literals: ReadonlyMap<number, string> = new Map([
  [0x74, 'rue'],
  [0x66, 'alse'],
  [0x6e, 'ull'],
]);
/** Brackets that may be open at once: nobody means more, and each is kept. */
const deepest = 1024 * 1024;
const [quote, backslash, object, array] = [0x22, 0x5c, 0x7b, 0x5b];

/**
 * Whether bytes are JSON (RFC 8259), piece by piece, so that a text of any length can be looked at in steps. That they are
 * UTF-8 is somebody else's to check.
 */
export class JsonCheck {
  private state: State = 'value';
  private isKey = false;
  /** Letters of a literal, and hexadecimal digits of an escape, that are still to come. */
  private letters = '';
  private digits = 0;
  private open = new Uint8Array(64);
  private depth = 0;
  private failed = false;

  /** Looks at the next bytes; returns whether all so far can be the beginning of JSON. */
  push(bytes: Uint8Array, start = 0, end = bytes.length): boolean {
    for (let at = start; at < end && !this.failed; at++) {
      if (this.state === 'string') at = endOfPlain(bytes, at, end);
      if (at < end) this.failed = !this.accepts(bytes[at] as number);
    }
    return !this.failed;
  }

  /** Whether what was pushed is one value, whole. */
  end(): boolean {
    if (this.failed) return false;
    return this.state === 'over' || (this.depth === 0 && wholeNumber.has(this.state));
  }

  private accepts(byte: number): boolean {
    switch (this.state) {
      case 'string':
        return this.inString(byte);
      case 'escape':
        return this.inEscape(byte);
      case 'literal':
        return this.inLiteral(byte);
      case 'value':
      case 'valueOrEnd':
      case 'key':
      case 'keyOrEnd':
      case 'colon':
      case 'commaOrEnd':
      case 'over':
        return isSpace(byte) || this.between(byte);
      default:
        return this.inNumber(byte, this.state);
    }
  }

  private between(byte: number): boolean {
    switch (this.state) {
      case 'valueOrEnd':
        return (byte === 0x5d && this.close(array)) || this.value(byte);
      case 'value':
        return this.value(byte);
      case 'keyOrEnd':
        return (byte === 0x7d && this.close(object)) || this.key(byte);
      case 'key':
        return this.key(byte);
      case 'colon':
        return byte === 0x3a && this.enter('value');
      case 'commaOrEnd':
        if (byte === 0x2c) return this.enter(this.open[this.depth - 1] === object ? 'key' : 'value');
        return (byte === 0x7d && this.close(object)) || (byte === 0x5d && this.close(array));
      default:
        return false;
    }
  }

  private value(byte: number): boolean {
    if (byte === object || byte === array) return this.nest(byte);
    if (byte === quote) return this.enter('string', false);
    if (byte === 0x2d) return this.enter('minus');
    if (isDigit(byte)) return this.enter(byte === 0x30 ? 'zero' : 'digits');
    const letters = literals.get(byte);
    this.letters = letters ?? '';
    return letters !== undefined && this.enter('literal');
  }

  private key(byte: number): boolean {
    return byte === quote && this.enter('string', true);
  }

  private enter(state: State, isKey = this.isKey): true {
    this.state = state;
    this.isKey = isKey;
    return true;
  }

  private ended(): true {
    return this.enter(this.depth === 0 ? 'over' : 'commaOrEnd');
  }

  private nest(bracket: number): boolean {
    if (this.depth === deepest) return false;
    if (this.depth === this.open.length) {
      const wider = new Uint8Array(2 * this.open.length);
      wider.set(this.open);
      this.open = wider;
    }
    this.open[this.depth++] = bracket;
    return this.enter(bracket === object ? 'keyOrEnd' : 'valueOrEnd');
  }

  private close(bracket: number): boolean {
    if (this.depth === 0 || this.open[this.depth - 1] !== bracket) return false;
    this.depth--;
    return this.ended();
  }

  private inString(byte: number): boolean {
    if (byte === quote) return this.isKey ? this.enter('colon') : this.ended();
    return byte === backslash && this.enter('escape');
  }

  private inEscape(byte: number): boolean {
    if (this.digits > 0) {
      const isHex = isDigit(byte) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
      if (isHex && --this.digits === 0) this.state = 'string';
      return isHex;
    }
    if (byte === 0x75) this.digits = 4;
    else if ('"\\/bfnrt'.includes(String.fromCharCode(byte))) this.state = 'string';
    else return false;
    return true;
  }

  private inLiteral(byte: number): boolean {
    if (this.letters.charCodeAt(0) !== byte) return false;
    this.letters = this.letters.slice(1);
    return this.letters !== '' || this.ended();
  }

  private inNumber(byte: number, state: NumberState): boolean {
    const next = afterByteOfNumber(byte, state);
    if (next) return this.enter(next);
    if (!wholeNumber.has(state)) return false;
    this.ended();
    return isSpace(byte) || this.between(byte);
  }
}

/** How a number goes on with a byte; undefined where it does not. */
function afterByteOfNumber(byte: number, state: NumberState): NumberState | undefined {
  if (isDigit(byte)) {
    if (state === 'minus') return byte === 0x30 ? 'zero' : 'digits';
    if (state === 'point' || state === 'fraction') return 'fraction';
    if (state === 'exponent' || state === 'sign' || state === 'power') return 'power';
    return state === 'digits' ? 'digits' : undefined;
  }
  const isInteger = state === 'zero' || state === 'digits';
  if (byte === 0x2e) return isInteger ? 'point' : undefined;
  if ((byte | 0x20) === 0x65) return isInteger || state === 'fraction' ? 'exponent' : undefined;
  return (byte === 0x2b || byte === 0x2d) && state === 'exponent' ? 'sign' : undefined;
}

/** The first byte of [`at`, `end`) that a string cannot just hold. */
function endOfPlain(bytes: Uint8Array, at: number, end: number): number {
  let next = at;
  while (next < end) {
    const byte = bytes[next] as number;
    if (byte < 0x20 || byte === quote || byte === backslash) break;
    next++;
  }
  return next;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

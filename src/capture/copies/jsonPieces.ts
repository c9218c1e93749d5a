import { toBase64 } from '../../base/base64';
import { decodeUtf8 } from '../../base/utf8';
import { payloadKind } from '../export/payloadKind';
import { stepBytes, textSteps } from '../export/rowText';

/** Bytes that are too many to be written in one step, as a value in JSON: a text, left out where they are none, or Base64. */
export class LongBytes {
  constructor(
    private readonly bytes: Uint8Array,
    private readonly form: 'base64' | 'text',
  ) {}

  /** Yields where it has taken as long as a step may. */
  *isThere(): Generator<'', boolean> {
    return this.form === 'base64' || (yield* payloadKind(this.bytes)) !== 'binary';
  }

  *pieces(): Generator<string> {
    const { bytes, form } = this;
    yield '"';
    if (form === 'base64') {
      for (let at = 0; at < bytes.length; at += stepBytes) yield toBase64(bytes.subarray(at, at + stepBytes));
    } else {
      for (const [start, end] of textSteps(bytes))
        yield JSON.stringify(decodeUtf8(bytes, start, end)).slice(1, -1);
    }
    yield '"';
  }
}

/** What `JSON.stringify(value, null, 2)` gives, in pieces where it holds what is long. A piece may be empty. */
export function* jsonPieces(value: unknown, indent = ''): Generator<string> {
  if (value instanceof LongBytes) {
    yield* value.pieces();
    return;
  }
  if (!holdsLong(value)) {
    // Strings in JSON have no line break.
    yield JSON.stringify(value, null, 2).replace(/\n/g, `\n${indent}`);
    return;
  }
  const inner = `${indent}  `;
  let before = '{';
  for (const [name, part] of Object.entries(value)) {
    if (part instanceof LongBytes && !(yield* part.isThere())) continue;
    yield `${before}\n${inner}${JSON.stringify(name)}: `;
    yield* jsonPieces(part, inner);
    before = ',';
  }
  yield `\n${indent}}`;
}

/** Objects alone hold it. */
function holdsLong(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).some((part) => part instanceof LongBytes || holdsLong(part));
}

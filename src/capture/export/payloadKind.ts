import { decodeUtf8, findIllFormedUtf8 } from '../../base/utf8';
import { JsonCheck } from '../../payload/jsonCheck';
import { textSteps } from './rowText';

/** What a payload is exported as, besides base64. */
export type PayloadKind = 'json' | 'text' | 'binary';

/** A longer payload is looked at in steps: parsing it would take too long for one. */
export const longestJson = 256 * 1024;

/** Finds out what a payload is; yields where it has taken as long as a step may. */
export function* payloadKind(payload: Uint8Array): Generator<'', PayloadKind> {
  if (payload.length <= longestJson) {
    const text = decodeUtf8(payload);
    return text === undefined ? 'binary' : isJson(text) ? 'json' : 'text';
  }
  const json = new JsonCheck();
  for (const [start, end] of textSteps(payload)) {
    if (findIllFormedUtf8(payload, start, end) >= 0) return 'binary';
    json.push(payload, start, end);
    yield '';
  }
  return json.end() ? 'json' : 'text';
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

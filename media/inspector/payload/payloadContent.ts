import { assertNever } from '../../../src/base/assert';
import { decodeUtf8, findIllFormedUtf8, utf8Length } from '../../../src/base/utf8';
import { imageType, type ImageType } from '../../../src/payload/imageType';
import { JsonTree } from '../../../src/payload/jsonTree';
import { describePayloadProblem } from '../../../src/payload/payloadDecoder';
import { chooseForm, formName, sampleLength, type PayloadForm } from '../../../src/payload/payloadMode';
import type { ByteSource } from '../byteSource';
import { sizeText } from '../sizeText';
import { textPageLength } from './textPages';

/** Bytes of JSON that become a tree; a longer one is text in pages. */
export const longestTree = 8 * 1024 * 1024;
/** Bytes of an image that is shown. */
const longestImage = 32 * 1024 * 1024;

/** What a payload is shown as. */
export type PayloadContent =
  | { readonly form: 'json'; readonly tree: JsonTree }
  | { readonly form: 'text' }
  | { readonly form: 'hex' }
  | { readonly form: 'image'; readonly type: ImageType; readonly bytes: Uint8Array };

export interface ShownPayload {
  readonly content: PayloadContent;
  /** What the person must know about what is shown: not what was chosen, or not all at once. */
  readonly notices: readonly string[];
}

/** A payload in a form, or in the next best where it is none of that; undefined where the log no longer has it. */
export async function payloadContent(
  source: ByteSource,
  form: PayloadForm,
): Promise<ShownPayload | undefined> {
  const shown = await inForm(source, form);
  if (shown === 'gone') return undefined;
  if (typeof shown !== 'string') return { content: shown, notices: [] };
  // What it looks like, unless that is what it just turned out not to be.
  const look = chooseForm('auto', undefined, beginning(source), source.length).form;
  for (const next of [look, 'text', 'hex'] as const) {
    if (next === form) continue;
    const instead = await inForm(source, next);
    if (instead === 'gone') return undefined;
    if (typeof instead === 'string') continue;
    return { content: instead, notices: [`${shown} Shown as ${formName(next)}.`] };
  }
  return { content: { form: 'hex' }, notices: [shown] };
}

/** As many of the first bytes as tell what a payload is. They are here with any packet. */
export function beginning(source: ByteSource): Uint8Array {
  const bytes: number[] = [];
  for (let at = 0; at < Math.min(sampleLength, source.length); at++) {
    const byte = source.at(at);
    if (byte === undefined) break;
    bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

/** The content, or a sentence why it cannot be of this form. */
async function inForm(source: ByteSource, form: PayloadForm): Promise<PayloadContent | string> {
  switch (form) {
    case 'json':
      return asJson(source);
    case 'text':
      return asText(source);
    case 'hex':
      return { form };
    case 'image':
      return asImage(source);
    default:
      return assertNever(form);
  }
}

async function asJson(source: ByteSource): Promise<PayloadContent | string> {
  if (source.length > longestTree) return `Too long for a tree, which takes up to ${sizeText(longestTree)}.`;
  const bytes = await source.read(0, source.length);
  if (!bytes) return 'gone';
  const text = decodeUtf8(bytes);
  if (text === undefined) return notUtf8(findIllFormedUtf8(bytes, 0, bytes.length));
  const tree = JsonTree.parse(text);
  if (tree instanceof JsonTree) return { form: 'json', tree };
  if ('code' in tree) return 'Too many values for a tree.';
  const offset = utf8Length(text.slice(0, tree.offset));
  return describePayloadProblem({ code: 'notJson', offset, expected: tree.expected });
}

async function asText(source: ByteSource): Promise<PayloadContent | string> {
  // A long one is told page by page, which says what of each is no text.
  if (source.length > textPageLength) return { form: 'text' };
  const bytes = await source.read(0, source.length);
  if (!bytes) return 'gone';
  const at = findIllFormedUtf8(bytes, 0, bytes.length);
  return at < 0 ? { form: 'text' } : notUtf8(at);
}

async function asImage(source: ByteSource): Promise<PayloadContent | string> {
  const type = imageType(beginning(source), source.length);
  if (!type) return 'Not a PNG, JPEG, GIF, WebP or BMP image.';
  if (source.length > longestImage) {
    return `Too large for an image, which may have up to ${sizeText(longestImage)}.`;
  }
  const bytes = await source.read(0, source.length);
  return bytes ? { form: 'image', type, bytes } : 'gone';
}

function notUtf8(offset: number): string {
  return describePayloadProblem({ code: 'notUtf8', offset });
}

import { assertNever } from '../base/assert';
import { decodeUtf8 } from '../base/utf8';
import { imageSignatureLength, imageType } from './imageType';
import { payloadFormat, payloadFormats } from './registry';

/** What a payload may be shown as. */
export const payloadForms = ['json', 'text', 'hex', 'image'] as const;
export type PayloadForm = (typeof payloadForms)[number];

/** What a person may choose: a form, or what a rule, the Content Type or the look says. */
export const payloadModes = ['auto', ...payloadForms] as const;
export type PayloadMode = (typeof payloadModes)[number];

export function isPayloadMode(value: unknown): value is PayloadMode {
  return payloadModes.some((mode) => mode === value);
}

/** Why a payload is shown as what it is shown as. */
export type ModeSource = 'chosen' | 'contentType' | 'look';

export interface ChosenForm {
  readonly form: PayloadForm;
  readonly because: ModeSource;
}

/** By how many bytes a payload's form is told, however long it is. */
export const sampleLength = 4096;

/**
 * The form to try first. `sample` is the payload's beginning, of {@link sampleLength} bytes where it has as many. A choice
 * counts, then a Content Type that says what it is, then the look.
 */
export function chooseForm(
  mode: PayloadMode,
  contentType: string | undefined,
  sample: Uint8Array,
  length = sample.length,
): ChosenForm {
  if (mode !== 'auto') return { form: mode, because: 'chosen' };
  const told = contentType === undefined ? undefined : formOfContentType(contentType);
  if (told !== undefined) return { form: told, because: 'contentType' };
  return { form: formOfLook(sample, length), because: 'look' };
}

/** What a media type (RFC 6838) says about its bytes; undefined where it says nothing that can be shown. */
export function formOfContentType(contentType: string): PayloadForm | undefined {
  const type = (contentType.split(';')[0] ?? '').trim().toLowerCase();
  // Scripts can be in it, so it is never an image here.
  if (type === 'image/svg+xml') return 'text';
  if (/^(?:application|text)\/(?:[\w.-]+\+)?json$/.test(type)) return 'json';
  if (/^text\/|^application\/(?:[\w.-]+\+)?xml$/.test(type)) return 'text';
  if (/^image\//.test(type)) return 'image';
  return undefined;
}

function formOfLook(sample: Uint8Array, length: number): PayloadForm {
  if (imageType(sample.subarray(0, imageSignatureLength), length)) return 'image';
  const complete = sample.length === length;
  const text = decodeUtf8(sample, 0, complete ? sample.length : wholeCharacters(sample));
  const found = payloadFormats.find(
    (format) => format.oneLine({ bytes: sample, text, complete }, 1) !== undefined,
  );
  return found?.id ?? 'hex';
}

/** What a form is called. */
export function formName(form: PayloadForm): string {
  switch (form) {
    case 'image':
      return 'Image';
    case 'json':
    case 'text':
    case 'hex':
      return payloadFormat(form).name;
    default:
      return assertNever(form);
  }
}

/** How many of the bytes are left when a character that the end cuts is left out. */
export function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) {
      const wanted = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
      return wanted > back ? bytes.length - back : bytes.length;
    }
  }
  return bytes.length;
}

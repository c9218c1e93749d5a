import { decodeUtf8 } from '../base/utf8';
import { scanJson } from './json';

/** What an editor takes a payload for: VS Code's identifier of the language, and the extension of such files. */
export interface PayloadLanguage {
  readonly language: string;
  readonly extension: string;
}

const plain: PayloadLanguage = { language: 'plaintext', extension: 'txt' };

/** Subtypes of media types, and structured suffixes (RFC 6838, 4.2.8), that editors know. */
const languages: Readonly<Record<string, PayloadLanguage>> = {
  json: { language: 'json', extension: 'json' },
  xml: { language: 'xml', extension: 'xml' },
  html: { language: 'html', extension: 'html' },
  yaml: { language: 'yaml', extension: 'yaml' },
  'x-yaml': { language: 'yaml', extension: 'yaml' },
  csv: { language: 'plaintext', extension: 'csv' },
  css: { language: 'css', extension: 'css' },
  javascript: { language: 'javascript', extension: 'js' },
  markdown: { language: 'markdown', extension: 'md' },
};

/**
 * The language of a payload's text, by its Content Type, else by its look. Undefined where it is no text: nobody reads
 * that as it is.
 */
export function payloadLanguage(
  payload: Uint8Array,
  contentType: string | undefined,
): (PayloadLanguage & { readonly text: string }) | undefined {
  const text = decodeUtf8(payload);
  if (text === undefined || text.includes('\0')) return undefined;
  const subtype = /^[\w.+-]+\/([\w.+-]+)/.exec(contentType?.toLowerCase() ?? '')?.[1] ?? '';
  const named = languages[subtype] ?? languages[subtype.slice(subtype.lastIndexOf('+') + 1)];
  return { ...(named ?? byLook(text)), text };
}

function byLook(text: string): PayloadLanguage {
  const isJson = /^\s*[{[]/.test(text) && scanJson(text, () => undefined) === undefined;
  const looks = isJson
    ? 'json'
    : /^\s*<\?xml\s/.test(text)
      ? 'xml'
      : /^\s*<(!doctype )?html/i.test(text)
        ? 'html'
        : '';
  return languages[looks] ?? plain;
}

import { hexByte } from '../base/bytes';

/** How much of an identifier or a topic is shown, in UTF-16 code units: they may have 65,535 bytes. */
const longestShown = 200;

/** A Client Identifier may hold any character: none of them may act on the terminal. JSON has those that are cut whole. */
export function quoted(text: string): string {
  const shown = text.length <= longestShown ? text : `${text.slice(0, longestShown - 1)}…`;
  return JSON.stringify(shown).replace(
    /[\u007f-\u009f]/g,
    (control) => `\\u00${hexByte(control.charCodeAt(0))}`,
  );
}

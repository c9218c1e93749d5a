import '@vscode-elements/elements/dist/vscode-toolbar-button/index.js';
import { html, nothing, type TemplateResult } from 'lit';
import type { CaptureFileState } from '../../src/inspector/fileContract';
import './captureFileBar.css';
import { sizeText } from './sizeText';

export interface CaptureFileActions {
  cancelReading(): void;
  readFileAgain(): void;
  showAdded(): void;
}

/** How far a capture file was read, what is wrong with it, and what can be done about that. */
export function captureFileBar(file: CaptureFileState, actions: CaptureFileActions): TemplateResult {
  return html`${progress(file, actions)} ${outdated(file, actions)} ${notes(file, actions)}`;
}

const readHeadings: Readonly<Record<CaptureFileState['format'], string>> = {
  capture: 'There is no MQTT in this file',
  unread: 'This kind of file is not read',
  none: 'This is not a capture file',
};

/** What stands in the panel of a file without packets. */
export function emptyFile({ phase, name, format }: CaptureFileState): TemplateResult {
  const heading =
    phase === 'reading'
      ? `Reading ${name}`
      : phase === 'read'
        ? readHeadings[format]
        : phase === 'cancelled'
          ? 'Nothing was found before reading was stopped'
          : 'This file could not be read';
  return html`<div class="empty">
    <span class="codicon codicon-file-binary" aria-hidden="true"></span>
    <h2>${heading}</h2>
  </div>`;
}

function progress({ phase, read, size }: CaptureFileState, actions: CaptureFileActions) {
  if (phase === 'cancelled') {
    return notice(
      'circle-slash',
      `Reading was stopped after ${sizeText(read)} of ${sizeText(size)}. What was read until then is shown.`,
      again(actions),
    );
  }
  if (phase !== 'reading') return nothing;
  return html`<div class="notice file-progress">
    <progress aria-label="Reading the file" max=${Math.max(1, size)} .value=${read}></progress>
    <span class="text">Reading: ${sizeText(read)} of ${sizeText(size)}</span>
    ${button('debug-stop', 'Stop reading the file', 'Stop', () => actions.cancelReading())}
  </div>`;
}

function outdated({ outdated: isOutdated, grown }: CaptureFileState, actions: CaptureFileActions) {
  if (grown) return notice('info', 'More was added to the file since it was read.', added(actions));
  if (!isOutdated) return nothing;
  return notice('warning', 'The file has changed on the disk since it was read.', again(actions));
}

function notes({ notes: all, phase, damaged }: CaptureFileState, actions: CaptureFileActions) {
  const [first, ...others] = all;
  if (first === undefined) return nothing;
  if (phase === 'failed') return notice('error', first, again(actions));
  const icon = damaged ? 'warning' : 'info';
  if (others.length === 0) return notice(icon, first, nothing);
  return html`<details class="notice file-notes">
    <summary>
      <span class="codicon codicon-${icon}" aria-hidden="true"></span
      ><span class="text">${first} <span class="more">${others.length} more</span></span>
    </summary>
    <ul>
      ${others.map((note) => html`<li>${note}</li>`)}
    </ul>
  </details>`;
}

function again(actions: CaptureFileActions): TemplateResult {
  return button('refresh', 'Read the file again', 'Read the File Again', () => actions.readFileAgain());
}

function added(actions: CaptureFileActions): TemplateResult {
  return button('arrow-down', 'Show what was added to the file', 'Show What Was Added', () =>
    actions.showAdded(),
  );
}

/** @param label begins as the text does, for those who ask for a button by what they read on it */
function button(icon: string, label: string, text: string, press: () => void): TemplateResult {
  return html`<vscode-toolbar-button icon=${icon} label=${label} @click=${press}
    >${text}</vscode-toolbar-button
  >`;
}

function notice(icon: string, text: string, action: TemplateResult | typeof nothing): TemplateResult {
  return html`<div class="notice file-notice" role="status">
    <span class="codicon codicon-${icon}" aria-hidden="true"></span><span class="text">${text}</span>${action}
  </div>`;
}

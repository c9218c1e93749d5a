import { Emitter } from '../../src/base/lifecycle';
import { parsePanelState, type PanelState } from '../../src/inspector/panelState';
import type { MessagePort } from '../../src/inspector/peer';

interface VscodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VscodeApi;

/** What VS Code gives a webview: a channel to the extension, and a state that outlives the page. */
export interface VscodeHost extends MessagePort {
  readonly state: PanelState;
  keep(state: PanelState): void;
}

/** To be called once: VS Code hands its API out a single time. */
export function vscodeHost(): VscodeHost {
  const api = acquireVsCodeApi();
  const messages = new Emitter<unknown>();
  window.addEventListener('message', (event) => messages.fire(event.data));
  return {
    post: (message) => api.postMessage(message),
    onMessage: messages.event,
    state: parsePanelState(api.getState()),
    keep: (state) => api.setState(state),
  };
}

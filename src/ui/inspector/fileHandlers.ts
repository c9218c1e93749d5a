import type * as vscode from 'vscode';
import type { Event } from '../../base/lifecycle';
import type { Endpoints } from '../../capture/pcap/endpoints';
import type { CaptureFileHost, CaptureFileState } from '../../inspector/fileContract';
import type { Handlers } from '../../inspector/peer';

/** The capture file that a panel shows, as far as a panel knows it. */
export interface ShownFile {
  readonly uri: vscode.Uri;
  readonly state: CaptureFileState;
  readonly onDidChange: Event<void>;
  cancel(): void;
  readAgain(): void;
  showAdded(): void;
  /** The ends of a connection of its log. */
  endpointsOf(connection: number): Endpoints | undefined;
}

/** The extension host's side of what the view of a capture file asks for; without a file there is nothing to do. */
export function fileHandlers(file: ShownFile | undefined): Handlers<CaptureFileHost> {
  return {
    fileState: () => file?.state,
    cancelReading: () => file?.cancel(),
    readFileAgain: () => file?.readAgain(),
    showAdded: () => file?.showAdded(),
  };
}

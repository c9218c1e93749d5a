/** How the reading of the capture file that a panel shows stands. */
export interface CaptureFileState {
  /** The file's name without its folder. */
  readonly name: string;
  readonly phase: 'reading' | 'read' | 'cancelled' | 'failed';
  /** Bytes of the file that were read, and that it has. */
  readonly read: number;
  readonly size: number;
  /** What is to be said of the file besides its packets: whole sentences, the gravest first. */
  readonly notes: readonly string[];
  /** Whether the file is a capture: another one may be of a format that is known but not read, or none of a capture at all. */
  readonly format: 'capture' | 'unread' | 'none';
  /** Something in the file could not be read. */
  readonly damaged: boolean;
  /** The file on the disk is another one than was read. */
  readonly outdated: boolean;
  /** It is the one that was read, and something was added behind, as while it is being recorded. */
  readonly grown: boolean;
}

/** What the view of a capture file asks of the extension host. */
export interface CaptureFileHost {
  /** Undefined (or null, as VS Code's channel makes it) where the panel shows what this window captures. */
  fileState(): CaptureFileState | null | undefined;
  /** Stops reading; what was read so far stays. */
  cancelReading(): void;
  /** Reads the file from its beginning; the page is loaded anew. */
  readFileAgain(): void;
  /** Reads it with what was added, and shows the first packet of that. */
  showAdded(): void;
}

export interface CaptureFileView {
  fileChanged(state: CaptureFileState): void;
}

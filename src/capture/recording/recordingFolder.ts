/** A file of the ring. */
export interface RecordingFile {
  readonly name: string;
  /** When it was written to last, in milliseconds since the epoch. */
  readonly modified: number;
  /** When somebody, perhaps another window, last gave a sign of recording to it; undefined where that was closed. */
  readonly beatAt: number | undefined;
}

/** The file that is being recorded to. Everything rejects with the platform's error. */
export interface RecordingOutput {
  readonly name: string;
  /** Appends. */
  write(bytes: Uint8Array): Promise<void>;
  /** Resolves when what was written survives a crash; with false where somebody has removed the file meanwhile. */
  sync(): Promise<boolean>;
  /** Says that it is still recorded to, also while there is nothing to write; at least every {@link beatInterval}. */
  beat(): Promise<void>;
  /** Closes the file with its first `length` bytes; a file without any goes. */
  close(length: number): Promise<void>;
}

/** Milliseconds between two signs that a file is recorded to; without three of them nobody does any more, as after a crash. */
export const beatInterval = 30_000;

/** Where the files of a ring lie. */
export interface RecordingFolder {
  /** The recordings in it, those of other windows too, and nothing else that lies there. None where it is not there yet. */
  list(): Promise<readonly RecordingFile[]>;
  /** A new file, under this name or one like it; makes the folder where it is not there. */
  create(name: string): Promise<RecordingOutput>;
  remove(name: string): Promise<void>;
}

const prefix = 'mqtt-';
const ending = '.pcapng';

/** The name of a recording that begins at a moment: in UTC, so that names are in the order of time. */
export function recordingName(at: number): string {
  return `${prefix}${new Date(at).toISOString().replace(/:/g, '-')}${ending}`;
}

/** Whether a file is a recording: others in the folder are somebody's own. */
export function isRecordingName(name: string): boolean {
  return /^mqtt-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z(-\d+)?\.pcapng$/.test(name);
}

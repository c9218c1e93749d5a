import { concatBytes } from '../../src/base/bytes';
import type { RecordingFolder } from '../../src/capture/recording/recordingFolder';

interface MemoryRecording {
  written: Uint8Array;
  /** How much of it a crash leaves. */
  safe: number;
  modified: number;
  beatAt: number | undefined;
}

/** A folder of recordings in memory, on which a test lets writing fail. */
export class MemoryRecordings implements RecordingFolder {
  readonly files = new Map<string, MemoryRecording>();
  /** What every writing rejects with. */
  failure: Error | undefined;
  /** The clock of whoever records. */
  now = (): number => 0;
  private time = 0;

  list() {
    return Promise.resolve(
      Array.from(this.files, ([name, { modified, beatAt }]) => ({ name, modified, beatAt })),
    );
  }

  create(name: string) {
    if (this.failure) return Promise.reject(this.failure);
    const file: MemoryRecording = {
      written: new Uint8Array(0),
      safe: 0,
      modified: this.time++,
      beatAt: this.now(),
    };
    let unique = name;
    for (let number = 2; this.files.has(unique); number++)
      unique = name.replace('.pcapng', `-${number}.pcapng`);
    this.files.set(unique, file);
    return Promise.resolve({
      name: unique,
      write: (bytes: Uint8Array) => {
        if (this.failure) return Promise.reject(this.failure);
        file.written = concatBytes([file.written, bytes]);
        file.modified = this.time++;
        return Promise.resolve();
      },
      sync: () => {
        file.safe = file.written.length;
        return Promise.resolve(this.files.get(unique) === file);
      },
      beat: () => Promise.resolve(void (file.beatAt = this.now())),
      close: (length: number) => {
        file.beatAt = undefined;
        file.written = file.written.slice(0, length);
        if (length === 0) this.files.delete(unique);
        return Promise.resolve();
      },
    });
  }

  remove(name: string) {
    this.files.delete(name);
    return Promise.resolve();
  }
}

import assert from 'node:assert/strict';
import type { Transport, TransportFailure } from '../../src/session/effects';

/** Listens to a transport and keeps what it hears. */
export class Ears {
  readonly chunks: Uint8Array[] = [];
  drains = 0;
  /** How often it heard that the peer takes something, though not all. */
  steps = 0;
  ended: { failure: TransportFailure | undefined } | undefined;
  private readonly watchers = new Set<() => void>();

  constructor(readonly transport: Transport) {
    const noted = (action: () => void) => {
      action();
      for (const watcher of [...this.watchers]) watcher();
    };
    transport.start({
      bytes: (chunk) => noted(() => this.chunks.push(chunk)),
      drained: () => noted(() => this.drains++),
      progressed: () => noted(() => this.steps++),
      closed: (failure) =>
        noted(() => {
          assert.equal(this.ended, undefined);
          this.ended = { failure };
        }),
    });
  }

  get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }

  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (!condition()) return;
        this.watchers.delete(check);
        resolve();
      };
      this.watchers.add(check);
      check();
    });
  }
}

import { type Disposable, Emitter } from '../base/lifecycle';
import { ClientError } from './clientFailure';
import type { PublishOutcome } from './clientMessages';

/**
 * What became of a message that no promise stands for any more: it is of an earlier life of the Session, or its promise has
 * rejected with `kept`. `topicName` is undefined where the server had taken it (PUBREC), as no more is kept of it then.
 */
export type KeptFailure = { readonly topicName: string | undefined } &
  /** The server did not take it, or lost the Session after it had (`sessionLost`). */
  (
    | { readonly outcome: PublishOutcome }
    /** It did not go out, and will not: what `publish()` would have rejected with. */
    | { readonly error: Error }
  );

/** Tells what became of messages that are not through and that nobody waits for. */
export class KeptFailures implements Disposable {
  private readonly failed = new Emitter<KeptFailure>();
  readonly event = this.failed.event;

  /** What a promise would have resolved with. */
  resolved(topicName: string | undefined, outcome: PublishOutcome): void {
    if (outcome.reasonCode >= 0x80 || outcome.sessionLost) this.tell({ topicName, outcome });
  }

  /** What a promise would have rejected with: nothing is to be told where the message is still kept. */
  rejected(topicName: string | undefined, error: Error): void {
    if (!(error instanceof ClientError && error.kept)) this.tell({ topicName, error });
  }

  dispose(): void {
    this.failed.dispose();
  }

  private tell(failure: KeptFailure): void {
    try {
      this.failed.fire(failure);
    } catch (error) {
      // What else is settled in this turn must not suffer: its error goes to whoever hears of unhandled ones.
      void Promise.resolve().then(() => {
        throw error;
      });
    }
  }
}

import type { Duplex } from 'node:stream';
import { type TransportFailure, TransportFailureError } from '../base/transportFailure';
import type { StepListener } from '../session/effects';
import type { SocketFault } from './socketFailure';

/** How long an opening may take, and who hears which of its steps is under way. */
export class Deadline {
  /** @param signal aborts when time is up */
  constructor(
    readonly signal: AbortSignal,
    readonly stepBegan: StepListener = () => undefined,
  ) {}
}

/** What one step on the way to an open connection is about. */
export interface OpeningStep<T> {
  /** The stream it happens on, which is destroyed where the step fails. */
  readonly stream: Duplex;
  readonly deadline: Deadline;
  /** A failure of the stream, or of the time, as one of this step. */
  readonly failure: (error: unknown) => TransportFailure;
  /** Does the step: calls one of both, once or more often. */
  readonly run: (done: (value: T) => void, failed: (failure: TransportFailure) => void) => void;
}

/** Time is up; its code is the one that sockets have for that. */
export class DeadlineError extends Error {
  readonly code = 'ETIMEDOUT';
}

/** The peer ended the stream in the middle of a step. */
class EndedError extends Error {
  readonly code = 'ENDED';
}

/** Takes one step. Rejects with a {@link TransportFailureError}, and nothing of the stream is left then. */
export function takeStep<T>({ stream, deadline, failure, run }: OpeningStep<T>): Promise<T> {
  const { signal } = deadline;
  const late = () => failure(new DeadlineError('no answer in time'));
  deadline.stepBegan(late());
  return new Promise((resolve, reject) => {
    const finish = () => {
      stream.off('error', broke);
      stream.off('close', ended);
      signal.removeEventListener('abort', expired);
    };
    const failed = (reason: TransportFailure) => {
      finish();
      stream.destroy();
      reject(new TransportFailureError(reason));
    };
    const broke = (error: unknown) => failed(failure(error));
    const ended = () => failed(failure(new EndedError('the peer ended the connection')));
    const expired = () => failed(late());
    stream.on('error', broke);
    stream.on('close', ended);
    signal.addEventListener('abort', expired);
    const done = (value: T) => {
      finish();
      resolve(value);
    };
    if (signal.aborted) expired();
    // What happened between two steps found nobody who listens.
    else if (stream.errored) broke(stream.errored);
    else if (stream.destroyed) ended();
    else {
      try {
        run(done, failed);
      } catch (error) {
        broke(error); // What it was told to do makes no sense.
      }
    }
  });
}

/** Keeps an error that comes between two steps from ending the process: the next step finds the stream destroyed. */
export function tolerateErrors(stream: Duplex): void {
  stream.on('error', () => undefined);
}

/** The peer ended the stream in the middle of a step, in Node's words or ours; undefined where it is another failure. */
export function endedFault(error: unknown): SocketFault | undefined {
  const ended = error instanceof EndedError || (error instanceof Error && error.message === 'socket hang up');
  return ended ? { code: 'closed', detail: error.message } : undefined;
}

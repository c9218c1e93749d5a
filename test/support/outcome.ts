import { ClientError, PublishError, RequestError } from '../../src/client/mqttClient';
import { ProtocolViolation } from '../../src/protocol/violations';
import { turn } from './fakeClock';

/** Observes a promise from the beginning, so that its rejection is never unhandled. */
export function watched<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

/** What a promise of a client settled with, the kind of failure where it rejected, or 'pending'. */
export async function outcome(promise: Promise<unknown>): Promise<unknown> {
  void watched(promise);
  const pending = {};
  for (let hop = 0; hop < 3; hop++) await turn();
  const settled = await Promise.race([promise, Promise.resolve(pending)]).catch((error: unknown) => error);
  if (settled instanceof ClientError) return `${settled.failure.kind}${settled.kept ? ', kept' : ''}`;
  if (settled instanceof PublishError || settled instanceof RequestError) return settled.failure.kind;
  if (settled instanceof ProtocolViolation) return settled.violation.id;
  return settled === pending ? 'pending' : settled;
}

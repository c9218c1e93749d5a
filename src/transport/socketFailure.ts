import type { TransportFailure, TransportFailureCode } from '../base/transportFailure';

const codes: Readonly<Record<string, TransportFailureCode>> = {
  ECONNREFUSED: 'refused',
  ENOTFOUND: 'hostNotFound',
  EAI_AGAIN: 'hostNotFound',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ETIMEDOUT: 'timedOut',
  ECONNRESET: 'reset',
  ECONNABORTED: 'reset',
  EPIPE: 'reset',
  EADDRINUSE: 'addressInUse',
  EACCES: 'notPermitted',
  EPERM: 'notPermitted',
};

/** An error of Node's sockets as a value. Where several addresses were tried the first failure counts. */
export function socketFailure(error: unknown): TransportFailure {
  const causes: readonly unknown[] = error instanceof AggregateError ? error.errors : [];
  const first: unknown = causes[0] ?? error;
  const code = first instanceof Error && 'code' in first ? String(first.code) : '';
  const text = first instanceof Error ? first.message : String(first);
  return { code: codes[code] ?? 'other', detail: code === '' ? text : code };
}

import type { SocketFailure, SocketFailureCode } from '../base/transportFailure';

const codes: Readonly<Record<string, SocketFailureCode>> = {
  ECONNREFUSED: 'refused',
  ENOTFOUND: 'hostNotFound',
  EAI_AGAIN: 'hostNotFound',
  EAI_FAIL: 'hostNotFound',
  EAI_NODATA: 'hostNotFound',
  EAI_NONAME: 'hostNotFound',
  ENOENT: 'noSuchSocket',
  ENOTSOCK: 'noSuchSocket',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ENETDOWN: 'unreachable',
  EHOSTDOWN: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  ETIMEDOUT: 'timedOut',
  ECONNRESET: 'reset',
  ECONNABORTED: 'reset',
  EPIPE: 'reset',
  EADDRINUSE: 'addressInUse',
  EACCES: 'notPermitted',
  EPERM: 'notPermitted',
  ERR_SOCKET_BAD_PORT: 'optionsInvalid',
  ERR_INVALID_CHAR: 'optionsInvalid',
  ERR_INVALID_HTTP_TOKEN: 'optionsInvalid',
  ERR_UNESCAPED_CHARACTERS: 'optionsInvalid',
  ERR_INVALID_ARG_TYPE: 'optionsInvalid',
  ERR_INVALID_ARG_VALUE: 'optionsInvalid',
};

/** What a failure of the platform is, without the step that it happened at. */
export interface SocketFault {
  readonly code: SocketFailureCode;
  readonly detail: string;
}

/**
 * An error of Node's sockets without its step. Where several addresses were tried the first failure counts, unless there is
 * a machine at one of them that refuses: that no IPv6 leads there then is nothing to look after.
 */
export function socketFault(error: unknown): SocketFault {
  const cause = tellingCause(error);
  const code = errorCode(cause);
  const text = cause instanceof Error ? cause.message : String(cause);
  return { code: codes[code] ?? 'other', detail: code === '' ? text : code };
}

/** An error of a bare socket as a value. */
export function socketFailure(error: unknown): SocketFailure {
  const fault = socketFault(error);
  return { step: fault.code === 'hostNotFound' ? 'nameResolution' : 'tcp', ...fault };
}

/** The code of an error of Node's; empty where it has none. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function tellingCause(error: unknown): unknown {
  const causes: readonly unknown[] = error instanceof AggregateError ? error.errors : [];
  return causes.find((cause) => codes[errorCode(cause)] === 'refused') ?? causes[0] ?? error;
}

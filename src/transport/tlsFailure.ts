import type { TlsFailure } from '../base/transportFailure';
import { endedFault } from './openingStep';
import { errorCode, socketFault } from './socketFailure';

/** Alerts of TLS by the end of OpenSSL's and BoringSSL's names, where the text does not give the number (RFC 8446, 6). */
const alerts: Readonly<Record<string, number>> = {
  UNEXPECTED_MESSAGE: 10,
  BAD_RECORD_MAC: 20,
  HANDSHAKE_FAILURE: 40,
  BAD_CERTIFICATE: 42,
  UNSUPPORTED_CERTIFICATE: 43,
  CERTIFICATE_REVOKED: 44,
  CERTIFICATE_EXPIRED: 45,
  CERTIFICATE_UNKNOWN: 46,
  ILLEGAL_PARAMETER: 47,
  UNKNOWN_CA: 48,
  ACCESS_DENIED: 49,
  DECODE_ERROR: 50,
  DECRYPT_ERROR: 51,
  PROTOCOL_VERSION: 70,
  INSUFFICIENT_SECURITY: 71,
  INTERNAL_ERROR: 80,
  UNRECOGNIZED_NAME: 112,
  CERTIFICATE_REQUIRED: 116,
  NO_APPLICATION_PROTOCOL: 120,
};

/** What OpenSSL and BoringSSL call bytes that are no TLS record. */
const notTls = /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|WRONG_SSL_VERSION|UNKNOWN_PROTOCOL/;
/** A version of TLS that is not allowed here. */
const noCommonVersion = /UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW|NO_PROTOCOLS_AVAILABLE|INAPPROPRIATE_FALLBACK/;

/** An error of a TLS socket as a value, during the handshake and after it. */
export function tlsFailure(error: unknown): TlsFailure {
  const ended = endedFault(error);
  if (ended) return { step: 'tls', ...ended };
  const code = errorCode(error);
  const text = error instanceof Error ? error.message : String(error);
  const detail = code === '' ? text : code;
  const alert = alertOf(code, text);
  if (alert !== undefined) return { step: 'tls', code: 'alert', alert, detail };
  if (notTls.test(code)) return { step: 'tls', code: 'notTls', detail };
  if (noCommonVersion.test(code)) return { step: 'tls', code: 'noCommonVersion', detail };
  // Node's words for an end in the middle of the handshake come with the code of a reset.
  if (/before secure TLS connection/.test(text)) return { step: 'tls', code: 'closed', detail };
  return { step: 'tls', ...socketFault(error) };
}

/** The number of the alert that the peer sent; undefined where there was none. */
function alertOf(code: string, text: string): number | undefined {
  const number = /alert number (\d+)/i.exec(text)?.[1];
  if (number !== undefined) return Number(number);
  const name = /ALERT_(\w+)$/.exec(code)?.[1];
  return name === undefined ? undefined : alerts[name];
}

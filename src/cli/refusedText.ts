import { clientCertificateText } from '../base/rejectedCertificate';
import { spokenThere } from '../protocol/foreignProtocol';
import type { RefusedConnection } from '../session/effects';
import { quoted } from './quoted';

/** Alerts by which a client says that it does not believe the certificate (RFC 8446, 6.2). */
const distrust = new Set([42, 43, 44, 45, 46, 48]);

/** The first byte of a TLS handshake. */
const handshakeByte = 0x16;

/**
 * Why a connection never became MQTT, for people.
 * @param now in milliseconds since the epoch
 */
export function refusedText({ failure, received }: RefusedConnection, now: number): string {
  const spoken = spokenThere(received);
  switch (failure.code) {
    case 'notTls':
      return spoken === undefined
        ? 'it does not speak TLS, and this port is for TLS'
        : `it speaks ${spoken} on a port for TLS`;
    case 'alert':
      return distrust.has(failure.alert)
        ? `it does not trust the broker's certificate (TLS alert ${failure.alert})`
        : `it ended the TLS handshake (alert ${failure.alert})`;
    case 'noCommonVersion':
      return 'it speaks no version of TLS that is allowed here';
    case 'certificateRejected':
      return clientCertificateText(failure, now, quoted);
    case 'subprotocolRefused':
      return `it does not offer the WebSocket subprotocol "mqtt" (${failure.detail})`;
    case 'upgradeRefused':
      return `it asks for a page, and this port is for MQTT over WebSocket (${failure.detail})`;
    case 'notWebSocket':
      return spoken === undefined || spoken === 'HTTP'
        ? `it does not speak WebSocket (${failure.detail})`
        : `it speaks ${spoken} on a port for WebSocket`;
    case 'timedOut':
      return 'its handshake took too long';
    case 'closed':
      // Some clients look at the certificate when they have shaken hands, and go without an alert.
      return failure.step === 'tls' && received[0] === handshakeByte
        ? "it left during the handshake, without a word; perhaps it does not trust the broker's certificate"
        : 'it left during the handshake';
    default:
      return `its handshake failed (${failure.detail})`;
  }
}

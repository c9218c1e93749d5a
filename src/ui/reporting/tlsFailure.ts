import type { TlsFailure } from '../../base/transportFailure';
import { addressOf, type ConnectionProfile } from '../connections/connectionProfile';
import { explainRejectedCertificate } from './certificateRejected';
import type { Explanation, Remedy } from './explanation';

interface AlertText {
  readonly short: string;
  readonly why: string;
  readonly next: string;
  readonly remedy: Remedy;
}

const choosePair = 'Edit the connection and choose the client certificate and key that the server knows.';

/** What servers mean by their alerts (RFC 8446, section 6), by number. */
const alerts: Readonly<Record<number, AlertText>> = {
  40: {
    short: 'TLS: no agreement with the server',
    why: 'Server and client have no cipher suite in common, or the server wants a client certificate (handshake failure).',
    next: 'Choose a client certificate if the server asks for one; otherwise check "tls.ciphers" and the server.',
    remedy: 'editConnection',
  },
  42: {
    short: 'client certificate not accepted',
    why: 'The server does not accept the client certificate, or wants one and got none (bad certificate).',
    next: choosePair,
    remedy: 'editConnection',
  },
  43: {
    short: 'client certificate of an unsupported kind',
    why: 'The server cannot use a client certificate of this kind (unsupported certificate).',
    next: choosePair,
    remedy: 'editConnection',
  },
  44: {
    short: 'client certificate revoked',
    why: 'The client certificate was revoked (certificate revoked).',
    next: choosePair,
    remedy: 'editConnection',
  },
  45: {
    short: 'client certificate expired',
    why: 'The client certificate has expired, or is not valid yet (certificate expired).',
    next: 'Renew the client certificate, or check the clock of the server.',
    remedy: 'editConnection',
  },
  46: {
    short: 'client certificate not accepted',
    why: 'The server does not accept the client certificate and says no more (certificate unknown).',
    next: choosePair,
    remedy: 'editConnection',
  },
  48: {
    short: 'client certificate of an unknown authority',
    why: 'The server does not know the authority that signed the client certificate (unknown CA).',
    next: choosePair,
    remedy: 'editConnection',
  },
  49: {
    short: 'TLS: access denied',
    why: 'The server does not let the owner of this client certificate in (access denied).',
    next: choosePair,
    remedy: 'editConnection',
  },
  51: {
    short: 'client certificate not accepted',
    why: 'The server could not check the signature of this client (decrypt error).',
    next: choosePair,
    remedy: 'editConnection',
  },
  70: {
    short: 'TLS: version not accepted',
    why: 'The server speaks none of the versions of TLS that were offered (protocol version).',
    next: 'Lower "tls.minimumVersion", or let the server speak a newer version.',
    remedy: 'openSettings',
  },
  71: {
    short: 'TLS: not secure enough for the server',
    why: 'The server wants stronger cipher suites (insufficient security).',
    next: 'Check "tls.ciphers".',
    remedy: 'openSettings',
  },
  112: {
    short: 'TLS: server name not known',
    why: 'The server does not know the name that it was asked for (unrecognized name).',
    next: 'Correct the host or "tls.serverName".',
    remedy: 'openSettings',
  },
  116: {
    short: 'client certificate needed',
    why: 'The server lets only clients with a certificate in, and got none (certificate required).',
    next: choosePair,
    remedy: 'editConnection',
  },
  120: {
    short: 'TLS: application protocol not accepted',
    why: 'The server speaks none of the application protocols that were offered (no application protocol).',
    next: 'Check "tls.alpn".',
    remedy: 'openSettings',
  },
};

/** TLS could not be agreed on, or the server ended it with an alert. */
export function explainTlsFailure(failure: TlsFailure, profile: ConnectionProfile, now: number): Explanation {
  const address = addressOf(profile);
  const what = `The TLS handshake with ${address} failed.`;
  switch (failure.code) {
    case 'certificateRejected':
      return explainRejectedCertificate(failure, profile, now);
    case 'alert': {
      const known = alerts[failure.alert];
      return known === undefined
        ? {
            short: `TLS: ended by the server with alert ${failure.alert}`,
            what: `${address} ended TLS with alert ${failure.alert}.`,
            why: `The system says: ${failure.detail}.`,
            next: "The server's log usually names the reason.",
            remedy: 'connect',
          }
        : { ...known, what: `${address} ended TLS with an alert.` };
    }
    case 'notTls':
      return {
        short: 'no TLS there',
        what,
        why: `What answers on port ${profile.port} does not speak TLS; MQTT without TLS usually listens on port 1883, with TLS on 8883.`,
        next: 'Correct the port, or choose a transport without TLS.',
        remedy: 'editConnection',
      };
    case 'noCommonVersion':
      return {
        short: 'TLS: no version in common',
        what,
        why: `The server speaks only versions of TLS that are older than "tls.minimumVersion" allows, or that this program does not speak (${failure.detail}).`,
        next: 'Let the server speak TLS 1.2 or 1.3, or lower "tls.minimumVersion".',
        remedy: 'openSettings',
      };
    case 'optionsInvalid':
      return {
        short: 'TLS settings not usable',
        what: `Nothing was sent to ${address}: its TLS settings cannot be used.`,
        why: `The system says: ${failure.detail}.`,
        next: 'Correct "tls.ciphers" and "tls.minimumVersion".',
        remedy: 'openSettings',
      };
    case 'authoritiesUnreadable':
      return {
        short: "this computer's certificates cannot be read",
        what: `Nothing was sent to ${address}: the authorities that this computer trusts cannot be read.`,
        why: `The system says: ${failure.detail}.`,
        next: 'Name the file of the authority in "tls.ca" and set "tls.systemCertificates" to false.',
        remedy: 'openSettings',
      };
    case 'timedOut':
      return {
        short: 'TLS: no answer',
        what: `${address} accepted the connection but did not answer the TLS handshake.`,
        why: 'What listens there does not speak TLS, or hangs.',
        next: 'Check that the port is the one with TLS, and that the server is well.',
        remedy: 'editConnection',
      };
    case 'closed':
    case 'reset':
      return {
        short: 'TLS: closed by the server',
        what: `${address} closed the connection without a word of TLS.`,
        why: 'Servers do that when the port is not the one with TLS, or when they want a client certificate.',
        next: "Check the port and the client certificate; the server's log usually names the reason.",
        remedy: 'editConnection',
      };
    default:
      return {
        short: `TLS failed: ${failure.detail}`,
        what,
        why: `The system says: ${failure.detail}.`,
        next: "Check port and TLS settings; the server's log usually names the reason.",
        remedy: 'editConnection',
      };
  }
}

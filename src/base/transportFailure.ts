import type { PeerCertificate } from './certificate';

/** What can go wrong with a socket, whatever it is used for. */
export type SocketFailureCode =
  | 'refused'
  | 'hostNotFound'
  /** There is no Unix socket at that path. */
  | 'noSuchSocket'
  | 'unreachable'
  | 'timedOut'
  | 'reset'
  /** The peer ended the connection in the middle of a step. */
  | 'closed'
  | 'addressInUse'
  | 'notPermitted'
  /** The options themselves make no sense, such as a port out of range, a header with a line break or unknown ciphers. */
  | 'optionsInvalid'
  | 'other';

/** The steps that only have to do with the socket. `tcp` is the stream itself: of TCP, or of a Unix socket. */
type SocketStep = 'nameResolution' | 'tcp';

interface FailedStep<Step extends string, Code extends string> {
  readonly step: Step;
  readonly code: Code;
  /** The platform's own code or text, for the log. */
  readonly detail: string;
}

/** The stream could not be had, or broke. */
export type SocketFailure = FailedStep<SocketStep, SocketFailureCode>;

/** The options that name a file, as the settings call them below `tls`. */
export type CertificateSetting = 'ca' | 'certificate' | 'key' | 'pfx';

/** A file cannot be used, so nothing was connected. */
export interface CertificateFileFailure extends FailedStep<
  'certificateFile',
  | 'missing'
  | 'unreadable'
  /** It holds something else than it should. */
  | 'invalid'
  /** It holds the certificate and no key, and no other file of a key is named. */
  | 'keyMissing'
  /** The key does not belong to the certificate. */
  | 'mismatch'
  /** It is encrypted, and there is no passphrase, or one that does not open it. */
  | 'passphraseMissing'
  | 'passphraseWrong'
  /** Settings of a workspace that is not trusted name it. */
  | 'notTrusted'
  /** Its path starts at the workspace's folder, and there is none on this computer. */
  | 'noFolder'
> {
  readonly setting: CertificateSetting;
  readonly path: string;
}

/** The handshake of TLS failed, or the peer ended TLS with an alert later on. */
export type TlsFailure =
  | FailedStep<'tls', SocketFailureCode>
  /** What answers does not speak TLS. */
  | FailedStep<'tls', 'notTls'>
  /** The server speaks no version that is allowed here. */
  | FailedStep<'tls', 'noCommonVersion'>
  /** The authorities that the operating system trusts cannot be had from it, or not in time; nothing was connected. */
  | FailedStep<'tls', 'authoritiesUnreadable'>
  /** `detail` is OpenSSL's verification code, or Node's, such as `CERT_HAS_EXPIRED`. */
  | (FailedStep<'tls', 'certificateRejected'> & {
      readonly certificate: PeerCertificate | undefined;
    })
  /** The server gave up with an alert; its number is one of RFC 8446, section 6. */
  | (FailedStep<'tls', 'alert'> & { readonly alert: number });

/** The proxy on the way failed; `proxy` is its address, without any password. */
export type ProxyFailure = { readonly proxy: string } & (
  | FailedStep<'proxy', SocketFailureCode>
  /** The setting that names the proxy cannot be understood; nothing was connected. */
  | FailedStep<'proxy', 'addressInvalid'>
  /** It wants to know who asks, and was not told or does not believe it. */
  | (FailedStep<'proxy', 'authenticationRequired'> & { readonly sentCredentials: boolean })
  /** It does not connect to the server. `status` is of HTTP, or the reply of SOCKS 5 (RFC 1928, section 6). */
  | (FailedStep<'proxy', 'connectRefused'> & { readonly status: number })
  /** What answers is no proxy of that kind. */
  | FailedStep<'proxy', 'notProxy'>
  /** The TLS connection to the proxy itself failed. */
  | (FailedStep<'proxy', 'tlsFailed'> & { readonly failure: TlsFailure })
);

/** The WebSocket could not be opened, or was closed for a reason. */
export type WebSocketFailure =
  | FailedStep<'webSocket', SocketFailureCode>
  /** The server answered with another HTTP status than 101; `detail` is its text. */
  | (FailedStep<'webSocket', 'upgradeRefused'> & { readonly status: number })
  /** What answers does not speak HTTP, or no WebSocket. */
  | FailedStep<'webSocket', 'notWebSocket'>
  /** It opened, but for another protocol than MQTT. */
  | FailedStep<'webSocket', 'subprotocolRefused'>
  /** A frame broke the rules of WebSocket. */
  | FailedStep<'webSocket', 'frameInvalid'>
  /** A frame of text, which is not for MQTT [MQTT-6.0.0-1]; `detail` has its first bytes in hexadecimal. */
  | FailedStep<'webSocket', 'textFrame'>
  /** The peer closed with a status code of RFC 6455, section 7.4, that tells of a fault; `detail` is its text. */
  | (FailedStep<'webSocket', 'closedWithStatus'> & { readonly status: number });

/** The statement that a {@link WebSocketFailure} `textFrame` breaks, in 3.1.1 and in 5.0. */
export const binaryFramesClause = 'MQTT-6.0.0-1';

/**
 * Why a connection could not be made or broke, and at which step: first the certificate files are read, then the name
 * is resolved, TCP connects, a proxy is asked, TLS shakes hands, and the WebSocket is opened.
 */
export type TransportFailure =
  CertificateFileFailure | SocketFailure | ProxyFailure | TlsFailure | WebSocketFailure;

export type TransportFailureCode = TransportFailure['code'];

/** What the attempt to open a connection or a port rejects with. */
export class TransportFailureError extends Error {
  override readonly name = 'TransportFailureError';

  constructor(readonly failure: TransportFailure) {
    super(`${failure.step}, ${failure.code}: ${failure.detail}`);
  }
}

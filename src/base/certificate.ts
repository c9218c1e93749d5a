/** What a certificate says of itself, as far as people ask for it. Names are distinguished names: `CN=broker, O=Acme`. */
export interface PeerCertificate {
  /** Whom it is for. */
  readonly subject: string;
  /** The one Common Name of the subject; absent where there is none, or there are several. */
  readonly commonName?: string;
  /** Who signed it. */
  readonly issuer: string;
  /** From when and until when it is valid, in milliseconds since the epoch. */
  readonly validFrom: number;
  readonly validTo: number;
  /** The hosts it is for, such as `DNS:broker.local` or `IP Address:127.0.0.1`. */
  readonly subjectAltNames: readonly string[];
  /** SHA-256 over the whole certificate: pairs of hexadecimal digits with colons. */
  readonly fingerprint256: string;
}

/** A distinguished name, which may be empty. */
export function nameText(name: string): string {
  return name === '' ? 'nobody in particular' : name;
}

/** What a TLS handshake came to. */
export interface TransportSecurity {
  /** `TLSv1.3` and the like. */
  readonly protocol: string;
  /** The cipher suite by its standard name. */
  readonly cipher: string;
  /** What both ends agreed to speak, where they spoke of it (ALPN). */
  readonly applicationProtocol: string | undefined;
  /** Whether the certificate was checked and found good; false only where that was switched off and it was not. */
  readonly verified: boolean;
  /** Undefined where a cipher suite without certificates was asked for by name. */
  readonly certificate: PeerCertificate | undefined;
}

import { nameText, type PeerCertificate, type TransportSecurity } from '../../base/certificate';
import { dateText } from '../../base/dateText';

/** A certificate in one sentence: whom it is for, who signed it, and when it is valid. */
export function certificateSentence({ subject, issuer, validFrom, validTo }: PeerCertificate): string {
  const signed = subject === issuer ? 'signed by itself' : `issued by ${nameText(issuer)}`;
  return `Its certificate is for ${nameText(subject)}, ${signed}, valid from ${dateText(validFrom)} to ${dateText(validTo)}.`;
}

/** TLS in a few words: `TLS 1.3`. */
export function protocolText({ protocol }: TransportSecurity): string {
  return protocol.replace(/^TLSv(?=\d)/, 'TLS ').replace(/^TLS 1$/, 'TLS 1.0');
}

/** What a handshake came to, a line each: protocol and cipher suite, then the server's certificate. */
export function securityLines(security: TransportSecurity): readonly string[] {
  const { cipher, applicationProtocol, certificate } = security;
  const agreed = applicationProtocol === undefined ? '' : `, ALPN ${applicationProtocol}`;
  return [
    `${protocolText(security)}, ${cipher}${agreed}`,
    ...(certificate === undefined
      ? []
      : [
          `Certificate of ${nameText(certificate.subject)}, issued by ${nameText(certificate.issuer)}, valid until ${dateText(certificate.validTo)}`,
          `SHA-256 ${certificate.fingerprint256}`,
        ]),
  ];
}

import { nameText, type PeerCertificate } from './certificate';
import { dateText } from './dateText';

/** A certificate that was not accepted. */
export interface RejectedCertificate {
  /** Undefined where none was shown. */
  readonly certificate: PeerCertificate | undefined;
  /** OpenSSL's verification code, or Node's, such as `CERT_HAS_EXPIRED`. */
  readonly detail: string;
}

/** What is wrong with it: what OpenSSL says in many codes, as far as it makes a difference. */
export type CertificateProblem =
  | 'expired'
  /** It has not, but that of who signed it. */
  | 'issuerExpired'
  | 'notYetValid'
  | 'selfSigned'
  | 'unknownAuthority'
  | 'otherHost'
  /** It is one for servers where clients show theirs, or the other way round. */
  | 'otherPurpose'
  | 'revoked'
  | 'other';

const problems: Readonly<Record<string, CertificateProblem>> = {
  CERT_NOT_YET_VALID: 'notYetValid',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'selfSigned',
  SELF_SIGNED_CERT_IN_CHAIN: 'unknownAuthority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unknownAuthority',
  UNABLE_TO_GET_ISSUER_CERT: 'unknownAuthority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unknownAuthority',
  ERR_TLS_CERT_ALTNAME_INVALID: 'otherHost',
  INVALID_PURPOSE: 'otherPurpose',
  CERT_REVOKED: 'revoked',
};

/** @param now in milliseconds since the epoch */
export function certificateProblem(
  { validTo }: PeerCertificate,
  detail: string,
  now: number,
): CertificateProblem {
  if (detail === 'CERT_HAS_EXPIRED') return validTo < now ? 'expired' : 'issuerExpired';
  return problems[detail] ?? 'other';
}

/**
 * Why a server does not let a client in for its certificate, as a clause about the client.
 * @param now in milliseconds since the epoch
 * @param shown a name of the certificate's as it may be shown: the client has chosen it
 */
export function clientCertificateText(
  { certificate, detail }: RejectedCertificate,
  now: number,
  shown: (name: string) => string,
): string {
  if (certificate === undefined) return 'it shows no certificate, and one is required';
  const [subject, issuer] = [certificate.subject, certificate.issuer].map((name) => shown(nameText(name)));
  const verdicts: Readonly<Record<CertificateProblem, string>> = {
    expired: `expired on ${dateText(certificate.validTo)}`,
    issuerExpired: `was issued by ${issuer}, whose own has expired`,
    notYetValid: `is valid only from ${dateText(certificate.validFrom)}`,
    selfSigned: 'is signed by itself, and nobody vouches for it',
    unknownAuthority: `was issued by ${issuer}, which is none of the authorities that are accepted here`,
    otherHost: 'is for another host',
    otherPurpose: 'is not one for clients',
    revoked: 'is revoked',
    other: 'is not accepted',
  };
  return `its certificate for ${subject} ${verdicts[certificateProblem(certificate, detail, now)]} (${detail})`;
}

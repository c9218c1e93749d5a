import { assertNever } from '../../base/assert';
import { nameText } from '../../base/certificate';
import { dateText } from '../../base/dateText';
import { certificateProblem } from '../../base/rejectedCertificate';
import type { TlsFailure } from '../../base/transportFailure';
import { addressOf, type ConnectionProfile } from '../connections/connectionProfile';
import { certificateSentence } from './certificateText';
import type { Explanation, Remedy } from './explanation';

type Rejected = Extract<TlsFailure, { code: 'certificateRejected' }>;

interface Verdict {
  readonly short: string;
  readonly why: string;
  readonly next: string;
  readonly remedy: Remedy;
}

/** The server's certificate was looked at and found wanting. */
export function explainRejectedCertificate(
  failure: Rejected,
  profile: ConnectionProfile,
  now: number,
): Explanation {
  const { certificate } = failure;
  const { short, why, next, remedy } = verdict(failure, profile, now);
  const facts = certificate === undefined ? '' : ` ${certificateSentence(certificate)}`;
  return {
    short,
    what: `${addressOf(profile)} is not trusted, so nothing was sent.`,
    why: `${why}${facts}`,
    next,
    remedy,
  };
}

function verdict(failure: Rejected, profile: ConnectionProfile, now: number): Verdict {
  const { certificate, detail } = failure;
  if (certificate === undefined) {
    return {
      short: 'TLS: no certificate',
      why: 'It showed no certificate at all.',
      next: 'Choose cipher suites with certificates in "tls.ciphers".',
      remedy: 'openSettings',
    };
  }
  const { issuer, validFrom, validTo, subjectAltNames } = certificate;
  const problem = certificateProblem(certificate, detail, now);
  switch (problem) {
    case 'expired':
      return {
        short: `certificate expired on ${dateText(validTo)}`,
        why: `Its certificate expired on ${dateText(validTo)}.`,
        next: "Renew the server's certificate; if it is still good, check the clock of this computer.",
        remedy: 'connect',
      };
    case 'issuerExpired':
      return {
        short: 'certificate of the issuer expired',
        why: `The certificate of ${nameText(issuer)}, which signed the server's, has expired.`,
        next: "Renew the issuer's certificate, in the server and in the file of authorities.",
        remedy: 'editConnection',
      };
    case 'notYetValid':
      return {
        short: `certificate valid only from ${dateText(validFrom)}`,
        why: 'Its certificate is not valid yet.',
        next: 'Check the clocks of this computer and of the server.',
        remedy: 'connect',
      };
    case 'selfSigned':
      return {
        short: 'certificate is self-signed',
        why: 'Nobody vouches for its certificate.',
        next: `If it is the right one, edit the connection and choose a copy of it as the file of authorities (CA). ${fingerprint(certificate.fingerprint256)}`,
        remedy: 'editConnection',
      };
    case 'unknownAuthority':
      return { short: 'certificate of an unknown authority', ...unknownAuthority(profile, issuer) };
    case 'otherHost':
      return {
        short: `certificate is not for ${expectedName(profile)}`,
        why: `Its certificate is for ${subjectAltNames.length === 0 ? 'no host' : subjectAltNames.join(', ')}, not for "${expectedName(profile)}".`,
        next: 'Use a host that the certificate names, or write the name to expect into "tls.serverName".',
        remedy: 'openSettings',
      };
    case 'revoked':
      return {
        short: 'certificate is revoked',
        why: 'Its issuer has revoked its certificate.',
        next: 'Give the server a new certificate.',
        remedy: 'connect',
      };
    case 'otherPurpose':
    case 'other':
      return {
        short: `certificate not accepted: ${detail}`,
        why: `The check of its certificate says ${detail}.`,
        next: "Correct the server's certificate, or the file of authorities (CA).",
        remedy: 'editConnection',
      };
    default:
      return assertNever(problem);
  }
}

function unknownAuthority({ network }: ConnectionProfile, issuer: string): Omit<Verdict, 'short'> {
  const files = 'tls' in network ? network.tls.ca : [];
  return {
    why:
      files.length === 0
        ? `${nameText(issuer)}, which issued its certificate, is none of the authorities that this computer trusts.`
        : `${nameText(issuer)}, which issued its certificate, is not in ${files.map((file) => `"${file}"`).join(', ')}.`,
    next: 'Edit the connection and choose the file with that authority (CA); if it is there already, the server does not send the certificates in between.',
    remedy: 'editConnection',
  };
}

function expectedName({ host, network }: ConnectionProfile): string {
  return ('tls' in network ? network.tls.serverName : undefined) ?? host;
}

function fingerprint(digits: string): string {
  return `Its SHA-256 fingerprint is ${digits}.`;
}

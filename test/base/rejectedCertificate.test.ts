import assert from 'node:assert/strict';
import { clientCertificateText } from '../../src/base/rejectedCertificate';

const day = (year: number) => Date.UTC(year, 0, 2);

const certificate = {
  ...{ subject: 'CN=dev', issuer: 'CN=maker', subjectAltNames: [], fingerprint256: '' },
  ...{ validFrom: day(2020), validTo: day(2030) },
};

describe('Why a server does not accept the certificate of a client', () => {
  const text = (detail: string, now = day(2025)) =>
    clientCertificateText({ certificate, detail }, now, (name) => `<${name}>`);
  const rows: readonly (readonly [detail: string, verdict: string, now?: number])[] = [
    ['CERT_HAS_EXPIRED', 'expired on 2 January 2030', day(2031)],
    ['CERT_HAS_EXPIRED', 'was issued by <CN=maker>, whose own has expired'],
    ['CERT_NOT_YET_VALID', 'is valid only from 2 January 2020', day(2019)],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'is signed by itself, and nobody vouches for it'],
    ...[
      'SELF_SIGNED_CERT_IN_CHAIN',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'UNABLE_TO_GET_ISSUER_CERT',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    ].map(
      (detail) =>
        [
          detail,
          'was issued by <CN=maker>, which is none of the authorities that are accepted here',
        ] as const,
    ),
    ['INVALID_PURPOSE', 'is not one for clients'],
    ['CERT_REVOKED', 'is revoked'],
    ['CERT_CHAIN_TOO_LONG', 'is not accepted'],
  ];
  for (const [detail, verdict, now] of rows) {
    it(`is said in words for ${detail}: it ${verdict}`, () => {
      assert.equal(text(detail, now), `its certificate for <CN=dev> ${verdict} (${detail})`);
    });
  }

  it('is that it shows none, or that its name is empty', () => {
    const shown = (name: string) => name;
    const missing = { certificate: undefined, detail: 'CERTIFICATE_MISSING' };
    assert.equal(clientCertificateText(missing, 0, shown), 'it shows no certificate, and one is required');
    const nameless = { certificate: { ...certificate, subject: '' }, detail: 'CERT_REVOKED' };
    assert.match(clientCertificateText(nameless, 0, shown), /^its certificate for nobody in particular is /);
  });
});

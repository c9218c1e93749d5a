import type { PeerCertificate as NodeCertificate, TLSSocket } from 'node:tls';
import type { PeerCertificate, TransportSecurity } from '../base/certificate';

/** What a handshake came to. */
export function securityOf(socket: TLSSocket): TransportSecurity {
  return {
    protocol: socket.getProtocol() ?? 'TLS',
    cipher: socket.getCipher().standardName,
    applicationProtocol: typeof socket.alpnProtocol === 'string' ? socket.alpnProtocol : undefined,
    verified: socket.authorized,
    certificate: peerCertificate(socket.getPeerCertificate()),
  };
}

/** The facts of a certificate that people ask for; undefined where Node hands over an empty object, as there is none. */
export function peerCertificate(certificate: Partial<NodeCertificate>): PeerCertificate | undefined {
  const { valid_from: validFrom, valid_to: validTo, fingerprint256 } = certificate;
  if (validFrom === undefined || validTo === undefined || fingerprint256 === undefined) return undefined;
  // Of several Common Names Node hands over a list, whatever the type says.
  const commonName: unknown = certificate.subject?.CN;
  return {
    ...(typeof commonName === 'string' && { commonName }),
    subject: distinguishedName(certificate.subject),
    issuer: distinguishedName(certificate.issuer),
    validFrom: Date.parse(validFrom),
    validTo: Date.parse(validTo),
    subjectAltNames: alternativeNames(certificate.subjectaltname ?? ''),
    fingerprint256,
  };
}

/** `CN=broker, O=Acme`: of several values of one kind each. */
function distinguishedName(name: unknown): string {
  const fields = Object.entries((name ?? {}) as Readonly<Record<string, string | readonly string[]>>);
  return fields
    .flatMap(([kind, values]) => [values].flat().map((value) => [kind, value] as const))
    .sort(([one], [other]) => Number(other === 'CN') - Number(one === 'CN'))
    .map(([kind, value]) => `${kind}=${value}`)
    .join(', ');
}

/** Node writes one line, with quotes around names in which a comma stands. */
function alternativeNames(line: string): readonly string[] {
  return Array.from(line.matchAll(/(?:"(?:[^"\\]|\\.)*"|[^,"])+/g), ([name]) => name.trim()).filter(
    (name) => name !== '',
  );
}

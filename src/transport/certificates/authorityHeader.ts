import { X509Certificate } from 'node:crypto';

/** An authority as a C header, to paste into firmware: as PEM, which most TLS stacks take, and as DER. */
export function authorityHeader(pem: string): string {
  const certificate = new X509Certificate(pem);
  const lines = certificate.toString().trimEnd().split('\n');
  const bytes = Array.from(certificate.raw, (byte) => `0x${byte.toString(16).padStart(2, '0')}`);
  const rows: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) rows.push(`    ${bytes.slice(at, at + 16).join(', ')},`);
  const subject = certificate.subject
    .replace(/\n/g, ', ')
    .replace(/[^\x20-\x7e]/g, '?')
    .replace(/\*\//g, '* /');
  return [
    `/* ${subject}`,
    ` * valid until ${new Date(Date.parse(certificate.validTo)).toISOString().slice(0, 10)}`,
    ` * SHA-256 ${certificate.fingerprint256} */`,
    '#pragma once',
    '',
    'static const char mqtt_ca_pem[] =',
    ...lines.map((line, index) => `    "${line}\\n"${index === lines.length - 1 ? ';' : ''}`),
    '',
    'static const unsigned char mqtt_ca_der[] = {',
    ...rows,
    '};',
    `static const unsigned int mqtt_ca_der_len = ${bytes.length};`,
    '',
  ].join('\n');
}

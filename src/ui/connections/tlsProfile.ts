import {
  defaultTlsVersion,
  type TlsSetting,
  type TlsVersionName,
  tlsVersionNames,
} from '../../contributions/networkSettings';
import {
  blankless,
  booleanProblem,
  choiceProblem,
  described,
  firstProblem,
  isRecord,
  strangeFieldProblem,
  textProblem,
} from './fieldProblems';

/** How a connection speaks TLS, checked and with its defaults filled in. Files are as the settings write them. */
export interface TlsProfile {
  readonly ca: readonly string[];
  readonly systemCertificates: boolean;
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  readonly pfx: string | undefined;
  readonly serverName: string | undefined;
  readonly alpn: readonly string[];
  readonly minimumVersion: TlsVersionName;
  readonly ciphers: string | undefined;
  readonly verify: boolean;
}

export const defaultTls: TlsProfile = {
  ca: [],
  systemCertificates: true,
  certificate: undefined,
  key: undefined,
  pfx: undefined,
  serverName: undefined,
  alpn: [],
  minimumVersion: defaultTlsVersion,
  ciphers: undefined,
  verify: true,
};

const fields: readonly (keyof TlsSetting)[] = [
  ...(['ca', 'systemCertificates', 'certificate', 'key', 'pfx'] as const),
  ...(['serverName', 'alpn', 'minimumVersion', 'ciphers', 'verify'] as const),
];

/** Reads `tls` of a connection, or says as a sentence what is wrong with it. */
export function parseTls(written: unknown): TlsProfile | string {
  if (written === undefined) return defaultTls;
  if (!isRecord(written)) return 'tls: must be an object.';
  const given: Readonly<Partial<Record<keyof TlsSetting, unknown>>> = written;
  const { ca, alpn, minimumVersion = defaultTlsVersion } = given;
  const strange = strangeFieldProblem(written, fields, 'tls.');
  if (strange !== undefined) return strange;
  const files = typeof ca === 'string' ? [ca] : ca;
  const text = (field: keyof TlsSetting) => () => described(`tls.${field}`, textProblem(given[field]));
  const problem = firstProblem([
    () => described('tls.ca', isTextList(files) ? undefined : 'must be a path or a list of paths.'),
    () => described('tls.systemCertificates', booleanProblem(given.systemCertificates)),
    text('certificate'),
    text('key'),
    text('pfx'),
    text('serverName'),
    () => described('tls.alpn', alpnProblem(alpn)),
    () => described('tls.minimumVersion', choiceProblem(minimumVersion, tlsVersionNames)),
    text('ciphers'),
    () => described('tls.verify', booleanProblem(given.verify)),
    () => pairProblem(given),
  ]);
  if (problem !== undefined) return problem;
  const authorities = ((files ?? []) as readonly string[]).filter((path) => path !== '');
  return {
    ca: authorities,
    systemCertificates: (given.systemCertificates as boolean | undefined) ?? authorities.length === 0,
    certificate: blankless(given.certificate),
    key: blankless(given.key),
    pfx: blankless(given.pfx),
    serverName: blankless(given.serverName),
    alpn: (alpn ?? []) as readonly string[],
    minimumVersion: minimumVersion as TlsVersionName,
    ciphers: blankless(given.ciphers),
    verify: given.verify !== false,
  };
}

/** What to write for it: nothing of what is at its default. Undefined where that is all. */
export function toTlsSetting(tls: TlsProfile): TlsSetting | undefined {
  const { ca, certificate, key, pfx, serverName, alpn, minimumVersion, ciphers, verify } = tls;
  const { systemCertificates } = tls;
  const setting: TlsSetting = {
    ...(ca.length > 0 && { ca: ca.length === 1 && ca[0] !== undefined ? ca[0] : ca }),
    ...(systemCertificates !== (ca.length === 0) && { systemCertificates }),
    ...(certificate !== undefined && { certificate }),
    ...(key !== undefined && { key }),
    ...(pfx !== undefined && { pfx }),
    ...(serverName !== undefined && { serverName }),
    ...(alpn.length > 0 && { alpn }),
    ...(minimumVersion !== defaultTlsVersion && { minimumVersion }),
    ...(ciphers !== undefined && { ciphers }),
    ...(!verify && { verify }),
  };
  return Object.keys(setting).length === 0 ? undefined : setting;
}

/** The file that a passphrase may open; undefined where the connection shows no certificate. */
export function secretFileOf({ certificate, key, pfx }: TlsProfile): string | undefined {
  return pfx ?? key ?? certificate;
}

function pairProblem({ certificate, key, pfx }: TlsSetting | Record<string, unknown>): string | undefined {
  if (blankless(pfx) !== undefined && blankless(certificate ?? key) !== undefined) {
    return 'tls.pfx: holds certificate and key both, so "certificate" and "key" have to go.';
  }
  return blankless(key) !== undefined && blankless(certificate) === undefined
    ? 'tls.key: belongs to a "certificate", which is missing.'
    : undefined;
}

function alpnProblem(alpn: unknown): string | undefined {
  if (!isTextList(alpn)) return 'must be a list of protocol names.';
  // Each has its length in one byte (RFC 7301, section 3.1).
  const fits = (alpn ?? []).every((name) => name !== '' && new TextEncoder().encode(name).length <= 255);
  return fits ? undefined : 'a protocol name has 1 to 255 bytes.';
}

function isTextList(value: unknown): value is readonly string[] | undefined {
  return value === undefined || (Array.isArray(value) && value.every((each) => typeof each === 'string'));
}

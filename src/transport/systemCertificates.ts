import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import * as tls from 'node:tls';
import { promisify } from 'node:util';
import { errorCode } from './socketFailure';

/** Where Linux and the BSDs keep their authorities in one file, the usual places first. */
const bundles = [
  '/etc/ssl/certs/ca-certificates.crt', // Debian, Ubuntu, Arch
  '/etc/pki/tls/certs/ca-bundle.crt', // Fedora, Red Hat
  '/etc/ssl/ca-bundle.pem', // openSUSE
  '/etc/ssl/cert.pem', // Alpine, OpenBSD
  '/usr/local/share/certs/ca-root-nss.crt', // FreeBSD
];

/** The key chains of macOS with authorities: Apple's own, and what the owner of the computer added. */
const keyChains = [
  '/System/Library/Keychains/SystemRootCertificates.keychain',
  '/Library/Keychains/System.keychain',
];

/** More than any computer trusts, in bytes. */
const largestBundle = 8 * 1_048_576;

const block = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Node 22.15 and later know the authorities of the operating system; older ones do not have the function. */
type KnowsAuthorities = { readonly getCACertificates?: (of: 'default' | 'system') => string[] };

/**
 * The authorities that the operating system trusts, in PEM, together with those that Node brings and those that
 * `NODE_EXTRA_CA_CERTS` names. Where Node cannot tell them (before 22.15), they are read from the usual places of Linux,
 * the BSDs and macOS. Undefined where there are none to be had, as on Windows with an older Node: then Node's own count,
 * to which VS Code adds those of the system itself while its setting `http.systemCertificates` is on.
 */
export async function trustedAuthorities(
  node: KnowsAuthorities = tls as typeof tls & KnowsAuthorities,
  platform: NodeJS.Platform = process.platform,
): Promise<string[] | undefined> {
  const ask = node.getCACertificates;
  if (ask !== undefined) return [...new Set([...ask('default'), ...ask('system')])];
  const system = await (platform === 'win32' ? [] : platform === 'darwin' ? keyChainFile() : bundleFile());
  if (system.length === 0) return undefined;
  return [...new Set([...tls.rootCertificates, ...(await extraAuthorities()), ...system])];
}

async function bundleFile(): Promise<readonly string[]> {
  for (const file of [process.env.SSL_CERT_FILE ?? '', ...bundles]) {
    const found = file === '' ? [] : await certificatesIn(file);
    if (found.length > 0) return found;
  }
  return [];
}

async function keyChainFile(): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)(
    '/usr/bin/security',
    ['find-certificate', '-a', '-p', ...keyChains],
    { maxBuffer: largestBundle },
  );
  return stdout.match(block) ?? [];
}

function extraAuthorities(): Promise<readonly string[]> {
  const { NODE_EXTRA_CA_CERTS: file = '' } = process.env;
  return file === '' ? Promise.resolve([]) : certificatesIn(file);
}

async function certificatesIn(file: string): Promise<readonly string[]> {
  try {
    return (await readFile(file, 'latin1')).match(block) ?? [];
  } catch (error) {
    // Each system has only one of these files, and where none can be read Node's own authorities are left.
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'EISDIR'].includes(errorCode(error))) return [];
    throw error;
  }
}

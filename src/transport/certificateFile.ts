import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { open } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import {
  type CertificateFileFailure,
  type CertificateSetting,
  TransportFailureError,
} from '../base/transportFailure';
import { errorCode } from './socketFailure';

/** A file that a setting names. */
export interface CertificateFile {
  readonly setting: CertificateSetting;
  readonly path: string;
}

/** How large such a file may be, in bytes: the authorities of a whole operating system take a quarter of it. */
const largestFile = 1_048_576;

const certificateBlock = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Reads a whole file, up to 1 MiB; one that lies where nobody answers until the deadline counts as unreadable. */
export function readCertificateFile(file: CertificateFile, deadline?: AbortSignal): Promise<Buffer> {
  if (deadline === undefined) return readWhole(file);
  return new Promise((resolve, reject) => {
    const expired = () => reject(fileProblem(file, 'unreadable', 'no answer in time'));
    if (deadline.aborted) return expired();
    deadline.addEventListener('abort', expired, { once: true });
    readWhole(file)
      .finally(() => deadline.removeEventListener('abort', expired))
      .then(resolve, reject);
  });
}

async function readWhole(file: CertificateFile): Promise<Buffer> {
  try {
    const handle = await open(fromHome(file.path));
    try {
      if (!(await handle.stat()).isFile()) throw fileProblem(file, 'unreadable', 'it is no file');
      // One byte more tells that there is more.
      const buffer = Buffer.alloc(largestFile + 1);
      let length = 0;
      for (;;) {
        const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
        length += bytesRead;
        if (bytesRead === 0 || length === buffer.length) break;
      }
      if (length > largestFile) throw fileProblem(file, 'invalid', 'it is larger than 1 MiB');
      return buffer.subarray(0, length);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof TransportFailureError) throw error;
    const code = errorCode(error);
    const missing = code === 'ENOENT' || code === 'ENOTDIR';
    throw fileProblem(file, missing ? 'missing' : 'unreadable', code === '' ? textOf(error) : code);
  }
}

/** `~` at the start of a path is the folder of whoever runs this. */
function fromHome(path: string): string {
  return /^~(?=[\\/]|$)/.test(path) ? join(homedir(), path.slice(1)) : path;
}

/** The certificates of a PEM file, in order; at least one. */
export function certificatesOf(file: CertificateFile, bytes: Buffer): readonly X509Certificate[] {
  const blocks = bytes.toString('latin1').match(certificateBlock) ?? [];
  if (blocks.length === 0) throw fileProblem(file, 'invalid', 'there is no "BEGIN CERTIFICATE" in it');
  return blocks.map((block) => {
    try {
      return new X509Certificate(block);
    } catch (error) {
      throw fileProblem(file, 'invalid', textOf(error));
    }
  });
}

/** The key of a PEM file, which may be that of the certificate. */
export function keyOf(file: CertificateFile, bytes: Buffer, passphrase: string | undefined): KeyObject {
  const text = bytes.toString('latin1');
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text))
    throw fileProblem(
      file,
      file.setting === 'certificate' ? 'keyMissing' : 'invalid',
      'there is no "BEGIN PRIVATE KEY" in it',
    );
  const encrypted = /BEGIN ENCRYPTED PRIVATE KEY|Proc-Type: 4,ENCRYPTED/.test(text);
  if (encrypted && passphrase === undefined)
    throw fileProblem(file, 'passphraseMissing', 'the key is encrypted');
  try {
    return createPrivateKey({ key: bytes, ...(encrypted && { passphrase }) });
  } catch (error) {
    // Whether a passphrase is wrong shows only in that what it opens is no key.
    throw fileProblem(file, encrypted ? 'passphraseWrong' : 'invalid', textOf(error));
  }
}

/** Makes sure that a PKCS #12 file can be used. */
export function checkPfx(file: CertificateFile, pfx: Buffer, passphrase: string | undefined): void {
  try {
    createSecureContext({ pfx, ...(passphrase !== undefined && { passphrase }) });
  } catch (error) {
    const text = textOf(error);
    if (!/mac verify|password|bad decrypt/i.test(text)) throw fileProblem(file, 'invalid', text);
    throw fileProblem(file, passphrase === undefined ? 'passphraseMissing' : 'passphraseWrong', text);
  }
}

/** Makes sure that a key belongs to a certificate. */
export function checkPair(file: CertificateFile, certificate: X509Certificate, key: KeyObject): void {
  if (!certificate.checkPrivateKey(key)) {
    throw fileProblem(file, 'mismatch', 'the key belongs to another certificate');
  }
}

function fileProblem(
  { setting, path }: CertificateFile,
  code: CertificateFileFailure['code'],
  detail: string,
): TransportFailureError {
  return new TransportFailureError({ step: 'certificateFile', code, setting, path, detail });
}

/** OpenSSL writes `error:0480006C:PEM routines::no start line`, of which the end is for people. */
function textOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return /^error:[0-9A-F]+:.*:([^:]+)$/i.exec(text)?.[1] ?? text;
}

import { assertNever } from '../../base/assert';
import type { CertificateFileFailure, CertificateSetting } from '../../base/transportFailure';
import { addressOf, type ConnectionProfile } from '../connections/connectionProfile';
import type { Explanation } from './explanation';

const contents: Readonly<Record<CertificateSetting, string>> = {
  ca: 'authorities (CA)',
  certificate: 'client certificate',
  key: 'client key',
  pfx: 'client certificate (PKCS #12)',
};

/** A file of certificates cannot be used. The setting is named, as the file may stand anywhere. */
export function explainCertificateFile(
  failure: CertificateFileFailure,
  profile: ConnectionProfile,
): Explanation {
  const { setting, path, detail } = failure;
  const base = baseName(path);
  const what = `Nothing was sent to ${addressOf(profile)}: the file "${path}" of "tls.${setting}" cannot be used.`;
  const format = setting === 'pfx' ? 'a PKCS #12 file (.p12, .pfx)' : 'a PEM file';
  const edit = { what, remedy: 'editConnection' } as const;
  switch (failure.code) {
    case 'missing':
      return {
        ...edit,
        short: `no such file: ${base}`,
        why: `There is no such file, and the connection needs it for its ${contents[setting]}.`,
        next: 'Correct the path, or put the file there.',
      };
    case 'unreadable':
      return {
        ...edit,
        short: `cannot read ${base}`,
        why: `It could not be read: ${detail}.`,
        next: 'Correct the path or the permissions of the file.',
      };
    case 'invalid':
      return {
        ...edit,
        short: `${base} is no ${setting === 'key' ? 'key' : 'certificate'}`,
        why: `It should hold the ${contents[setting]}, and does not: ${detail}.`,
        next: `Choose ${format} with the ${contents[setting]}.`,
      };
    case 'keyMissing':
      return {
        ...edit,
        short: `no key in ${base}`,
        why: 'There is no key in it, and "tls.key" names no file.',
        next: 'Choose the file of the key that was made with the certificate.',
      };
    case 'mismatch':
      return {
        ...edit,
        short: `${base} belongs to another certificate`,
        why: 'The key does not belong to the certificate that "tls.certificate" names.',
        next: 'Choose the key and the certificate that were made together.',
      };
    case 'passphraseMissing':
      return {
        what,
        short: `passphrase needed for ${base}`,
        why: 'It is encrypted, and no passphrase is stored for it.',
        next: 'Enter the passphrase; it is kept in the secret storage.',
        remedy: 'enterPassphrase',
      };
    case 'passphraseWrong':
      return {
        what,
        short: `wrong passphrase for ${base}`,
        why: `The passphrase that is stored does not open it: ${detail}.`,
        next: 'Enter the passphrase again.',
        remedy: 'enterPassphrase',
      };
    case 'notTrusted':
      return {
        what,
        short: 'certificate files need a trusted workspace',
        why: 'Path or file come from a workspace that you have not trusted, and such a one must not choose what is read.',
        next: 'Trust the workspace, or define the connection in the user settings with a whole path.',
        remedy: 'manageTrust',
      };
    case 'noFolder':
      return {
        ...edit,
        short: `no folder for ${base}`,
        why: 'The path starts at the workspace folder, and no folder of this computer is open.',
        next: 'Open the folder, or enter a whole path.',
      };
    default:
      return assertNever(failure.code);
  }
}

function baseName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}

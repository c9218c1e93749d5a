import type { SessionStoreFailure } from '../base/sessionStoreError';
import { type CertificateFileFailure, TransportFailureError } from '../base/transportFailure';
import { portOwner } from '../transport/portOwner';
import { addressText } from '../transport/socketTransport';
import type { ListenerSetting } from './brokerSettings/listenSetting';
import type { GivenSettings } from './brokerSettings/settings';
import { CommandError } from './terminal';

/** Why the state cannot be kept in a folder. */
export function stateProblem(folder: string, failure: SessionStoreFailure): string {
  switch (failure.code) {
    case 'inUse':
      return `another broker uses ${folder}; end it or choose another folder`;
    case 'newer':
      return `${folder} was written by a newer version of this program`;
    default:
      return `${folder} cannot be used (${failure.detail})`;
  }
}

/** Throws what is wrong with a file of certificates as a {@link CommandError} that names its option. */
export function tlsProblem(error: unknown): never {
  if (!(error instanceof TransportFailureError)) throw error;
  const { failure } = error;
  if (failure.step !== 'certificateFile') throw error;
  const option = failure.setting === 'ca' ? '--client-ca' : `--${failure.setting}`;
  throw new CommandError(`${option}: ${certificateProblem(failure)}`);
}

function certificateProblem({ code, path, detail }: CertificateFileFailure): string {
  switch (code) {
    case 'missing':
      return `there is no file ${path}`;
    case 'unreadable':
      return `${path} cannot be read (${detail})`;
    case 'invalid':
      return `${path} holds something else than it should (${detail})`;
    case 'keyMissing':
      return `there is no key in ${path}, and --key is missing, which names the file of the key`;
    case 'mismatch':
      return `the key in ${path} does not belong to the certificate`;
    case 'passphraseMissing':
    case 'passphraseWrong':
      return `${path} is encrypted; give a key without a passphrase`;
    default:
      return `${path} cannot be used (${detail})`;
  }
}

/** Why it cannot be listened there, and what to do. */
export async function portProblem(
  { failure }: TransportFailureError,
  { host, port }: ListenerSetting,
  given: GivenSettings,
): Promise<CommandError> {
  const address = addressText(host, port);
  const option = (own: string) => (given.has('listen') ? '--listen' : own);
  switch (failure.code) {
    case 'addressInUse': {
      const owner = await portOwner(port);
      const by = owner
        ? ` by ${owner.name} (process ${owner.pid}); end it`
        : '; end the program that listens there';
      return new CommandError(`${option('--port')}: ${address} is in use${by} or choose another port`);
    }
    case 'notPermitted':
      return new CommandError(
        `${option('--port')}: this user may not listen on ${address}; choose a port above 1023`,
      );
    case 'hostNotFound':
      return new CommandError(`${option('--host')}: "${host}" is not known; use an address of this machine`);
    case 'optionsInvalid':
      if (failure.step === 'tls') {
        return new CommandError(`--certificate: TLS cannot be spoken with it (${failure.detail})`);
      }
      return new CommandError(`${option('--port')}: ${address} is no address to listen on`);
    default:
      return new CommandError(
        `${option('--host')}: cannot listen on ${address} (${failure.detail}); use an address of this machine`,
      );
  }
}

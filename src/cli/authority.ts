import { CertificateFolder } from '../storage/certificateFolder';
import { authorityHeader } from '../transport/certificates/authorityHeader';
import type { KeyType } from '../transport/certificates/issue';
import { ownCertificates } from '../transport/certificates/ownCertificates';
import { machineNames } from '../transport/machineAddresses';
import { systemClock } from '../transport/systemClock';
import { usualCertificates } from './brokerSettings/resources';
import { parseArguments } from './options';
import type { Command } from './terminal';
import { UsageError } from './terminal';

/** `authority`: prints the certificate that devices have to trust, and makes it first where there is none. */
export const authority: Command = async (args, terminal) => {
  const { options, flags, rest } = parseArguments(args, ['--certificates', '--key-type'], ['--c-header']);
  if (rest[0] !== undefined) throw new UsageError(`authority takes no "${rest[0]}"`);
  const keyType = options.get('--key-type') ?? 'ec';
  if (!isKeyType(keyType)) throw new UsageError(`--key-type: "${keyType}" is none of ec, rsa`);
  const keep = new CertificateFolder(options.get('--certificates') ?? usualCertificates);
  const own = await ownCertificates(keep, keyType, machineNames(), systemClock.now());
  const text = flags.has('--c-header') ? authorityHeader(own.authority) : own.authority;
  terminal.out(text.trimEnd());
  return 0;
};

function isKeyType(text: string): text is KeyType {
  return text === 'ec' || text === 'rsa';
}

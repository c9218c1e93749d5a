import { authorityHeader } from '../transport/certificates/authorityHeader';
import type { KeyType } from '../transport/certificates/issue';
import { ownCertificatesIn, usualCertificates } from './brokerSettings/resources';
import { parseArguments } from './options';
import type { Command } from './terminal';
import { UsageError } from './terminal';

/** `authority`: prints the certificate that devices have to trust, and makes it first where there is none. */
export const authority: Command = async (args, terminal) => {
  const { options, flags, rest } = parseArguments(args, ['--certificates', '--key-type'], ['--c-header']);
  if (rest[0] !== undefined) throw new UsageError(`authority takes no "${rest[0]}"`);
  const keyType = options.get('--key-type') ?? 'ec';
  if (!isKeyType(keyType)) throw new UsageError(`--key-type: "${keyType}" is none of ec, rsa`);
  const folder = options.get('--certificates') ?? usualCertificates;
  const own = await ownCertificatesIn(folder, keyType);
  const text = flags.has('--c-header') ? authorityHeader(own.authority) : own.authority;
  if (own.isNewAuthority) {
    // Devices that trust it get on with no broker that has its certificates elsewhere.
    terminal.error(`a certificate authority was made in ${folder}, as there was none`);
  }
  terminal.out(text.trimEnd());
  return 0;
};

function isKeyType(text: string): text is KeyType {
  return text === 'ec' || text === 'rsa';
}

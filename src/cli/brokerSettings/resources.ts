import { homedir } from 'node:os';
import { join } from 'node:path';
import { readUsers } from '../../broker/access/userFile';
import { scramOf } from '../../broker/access/userScram';
import { rulesNameUsers } from '../../broker/access/topicRules';
import { type AnonymousAccess, UserAccess } from '../../broker/access/userAccess';
import { decodeUtf8 } from '../../base/utf8';
import { CertificateFolder } from '../../storage/certificateFolder';
import { systemClock } from '../../transport/systemClock';
import type { KeyType } from '../../transport/certificates/issue';
import { type OwnCertificates, ownCertificates } from '../../transport/certificates/ownCertificates';
import type { TlsVersionName } from '../../transport/endpoint';
import { readAuthorities, readServerIdentity } from '../../transport/listening/serverFiles';
import type { ClientCertificates, ServerIdentity, ServerTls } from '../../transport/listening/serverTls';
import { machineNames } from '../../transport/machineAddresses';
import { systemCrypto, systemPasswordHashing } from '../../transport/systemCrypto';
import { type Terminal, UsageError, CommandError } from '../terminal';
import { readRules } from './ruleFile';
import type { GivenSettings } from './settings';

/** Where the own authority is, unless that is said. */
export const usualCertificates = join(homedir(), '.mqtt-workbench', 'certificates');

const userProblems = {
  noColon: 'there is no colon after the name',
  nameInvalid: 'the name is empty or wrongly encoded',
  hashInvalid: 'the password is not as "password" writes it',
  nameTwice: 'the name stands there already',
} as const;

/** Who may do what, by the files that the settings name. */
export async function accessOf(given: GivenSettings, terminal: Terminal): Promise<UserAccess> {
  const [usersFile] = given.get('users') ?? [];
  const [rulesFile] = given.get('rules') ?? [];
  const text = usersFile === undefined ? '' : decodeUtf8(await fileOf(terminal, '--users', usersFile));
  if (text === undefined) throw new CommandError(`--users: ${usersFile ?? ''} is no text in UTF-8`);
  const { users, problems } = readUsers(text);
  const [first] = problems;
  if (first) throw new CommandError(`${usersFile ?? ''}:${first.line}: ${userProblems[first.problem]}`);
  const rules =
    rulesFile === undefined ? [] : readRules(rulesFile, await fileOf(terminal, '--rules', rulesFile));
  if (users.size === 0 && rulesNameUsers(rules) && !mayShowCertificates(given)) {
    throw new CommandError(
      `--rules: ${rulesFile ?? ''} tells users apart, and nobody could prove to be one: give users with --users FILE, or --client-ca FILE for certificates`,
    );
  }
  const [anonymous] = given.get('anonymous') ?? [];
  const hasScram = [...users.values()].some(({ scram }) => scram !== undefined);
  return new UserAccess(
    {
      users,
      rules,
      ...(anonymous !== undefined && { anonymous: anonymous as AnonymousAccess }),
      methods: hasScram ? [scramOf(users, systemCrypto)] : [],
    },
    systemPasswordHashing,
  );
}

/** How listeners speak TLS. */
export interface TlsSettings {
  readonly tls: ServerTls;
  /** The own certificates, where they are those that are shown. */
  readonly own: OwnCertificates | undefined;
  /** The own identity anew, where names of the machine or time ask for it. */
  renewed(): Promise<ServerIdentity | undefined>;
}

export async function tlsOf(given: GivenSettings): Promise<TlsSettings> {
  const [certificate] = given.get('certificate') ?? [];
  const [key] = given.get('key') ?? [];
  const minimumVersion = (given.get('minimumTls')?.[0] ?? '1.2') as TlsVersionName;
  const clientCertificates = await clientCertificatesOf(given);
  if (certificate !== undefined) {
    const identity = await readServerIdentity(certificate, key);
    const tls = { identity, clientCertificates, minimumVersion };
    return { tls, own: undefined, renewed: () => Promise.resolve(undefined) };
  }
  if (key !== undefined) throw new UsageError('--key needs --certificate');
  const keyType = (given.get('keyType')?.[0] ?? 'ec') as KeyType;
  const current = () => ownCertificatesIn(given.get('certificates')?.[0] ?? usualCertificates, keyType);
  const own = await current();
  return {
    tls: { identity: own.server, clientCertificates, minimumVersion },
    own,
    renewed: async () => {
      const { isNewServer, server } = await current();
      return isNewServer ? server : undefined;
    },
  };
}

/** The certificates of an authority of its own, made where there are none. */
export async function ownCertificatesIn(folder: string, keyType: KeyType): Promise<OwnCertificates> {
  try {
    return await ownCertificates(new CertificateFolder(folder), keyType, machineNames(), systemClock.now());
  } catch (error) {
    // The platform's: it has a code.
    if (!(error instanceof Error) || !('code' in error)) throw error;
    throw new CommandError(`--certificates: ${folder} cannot be used (${error.message})`);
  }
}

/** Whether clients can be users by their certificate. */
function mayShowCertificates(given: GivenSettings): boolean {
  return given.get('clientCa') !== undefined && given.get('clientCertificates')?.[0] !== 'none';
}

async function clientCertificatesOf(given: GivenSettings): Promise<ClientCertificates> {
  const [ca] = given.get('clientCa') ?? [];
  const [mode = ca === undefined ? 'none' : 'require'] = given.get('clientCertificates') ?? [];
  if (mode === 'none') return { mode };
  if (ca === undefined) throw new UsageError('--client-certificates needs --client-ca FILE');
  return { mode: mode === 'request' ? 'request' : 'require', ca: await readAuthorities(ca) };
}

export async function fileOf(terminal: Terminal, where: string, path: string): Promise<Uint8Array> {
  const bytes = await terminal.file(path);
  if (!bytes) throw new CommandError(`${where}: there is no file ${path}`);
  return bytes;
}

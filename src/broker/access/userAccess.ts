import { concatBytes } from '../../base/bytes';
import { toBase64 } from '../../base/base64';
import { encodeUtf8 } from '../../base/utf8';
import type {
  AccessControl,
  AdmittedClient,
  Credentials,
  ServerAuthenticator,
  Verdict,
} from '../accessControl';
import { HashQueue } from './hashQueue';
import { equalInConstantTime, type PasswordHashing } from './passwordHashing';
import { rulesNameUsers, type TopicRule, TopicRules } from './topicRules';
import type { ScryptPassword, User } from './userFile';

/** Who may come without a user name. */
export type AnonymousAccess = 'never' | 'loopback' | 'always';

export interface UserAccessOptions {
  readonly users: ReadonlyMap<string, User>;
  readonly rules?: readonly TopicRule[];
  /** If absent everybody while there are no users, and then only from this machine. */
  readonly anonymous?: AnonymousAccess;
  /** Whether a client with a certificate that was found good is the user of its Common Name, and needs no password. */
  readonly certificateUsers?: boolean;
  readonly methods?: readonly ServerAuthenticator[];
}

/** Who may come without a user name, where that is not said either. */
export function anonymousAccess({
  users,
  anonymous = users.size === 0 ? 'always' : 'loopback',
}: Pick<UserAccessOptions, 'users' | 'anonymous'>): AnonymousAccess {
  return anonymous;
}

const badUserNameOrPassword = 0x86;
const notAuthorized = 0x87;
const serverBusy = 0x89;

/** How many passwords that were right are remembered, so that a client that comes back costs nothing. */
const mostRemembered = 1_000;

/** Takes as long as a wrong password where there is no such user: who that is should not be found out by the clock. */
const nobody: ScryptPassword = {
  cost: { logCost: 14, blockSize: 8, parallelization: 1 },
  salt: new Uint8Array(16),
  hash: new Uint8Array(32),
};

/** Lets users in by password or certificate, and others as far as that is wanted; holds them to rules about topics. */
export class UserAccess implements AccessControl {
  readonly methods: readonly ServerAuthenticator[];
  /** Absent without rules, so that no message pays for it. */
  mayReceive: AccessControl['mayReceive'];
  private rules = new TopicRules([]);
  private namesMatter = false;
  private readonly queue = new HashQueue();
  private readonly secret: Uint8Array;
  private readonly remembered = new Set<string>();

  constructor(
    private readonly options: UserAccessOptions,
    private readonly hashing: PasswordHashing,
  ) {
    this.useRules(options.rules ?? []);
    this.methods = options.methods ?? [];
    this.secret = hashing.random(32);
  }

  /** Holds everybody to other rules from now on. */
  useRules(rules: readonly TopicRule[]): void {
    this.rules = new TopicRules(rules);
    this.namesMatter = rulesNameUsers(rules);
    this.mayReceive = this.rules.isEmpty
      ? undefined
      : (client, topicName) => this.rules.mayReceive(client, topicName);
  }

  authenticate(credentials: Credentials, isWanted?: () => boolean): Verdict | Promise<Verdict> {
    const { userName, password, security } = credentials;
    const { users, certificateUsers = true } = this.options;
    const shown = security?.verified === true ? security.certificate?.commonName : undefined;
    if (certificateUsers && shown !== undefined) return { isAllowed: true, userName: shown };
    if (userName === undefined) return this.anonymous(credentials);
    // Without users there is nothing to check, and a device is not to be changed for it: unless a rule goes by the name.
    if (users.size === 0 && !this.namesMatter) return this.anonymous(credentials);
    return this.check(credentials.peer, userName, password ?? new Uint8Array(0), isWanted);
  }

  mayPublish(client: AdmittedClient, topicName: string): boolean {
    return this.rules.mayPublish(client, topicName);
  }

  maySubscribe(client: AdmittedClient, topicFilter: string): boolean {
    return this.rules.maySubscribe(client, topicFilter);
  }

  get hasUsers(): boolean {
    return this.options.users.size > 0;
  }

  /** Whether somebody without a password gets in from another computer. */
  get letsStrangersIn(): boolean {
    return anonymousAccess(this.options) === 'always';
  }

  private anonymous({ peer }: Credentials): Verdict {
    const anonymous = anonymousAccess(this.options);
    const isAllowed = anonymous === 'always' || (anonymous === 'loopback' && isLoopback(peer));
    if (isAllowed) return true;
    const reasonString = 'This broker wants a user name and a password.';
    return { isAllowed: false, reasonCode: notAuthorized, reasonString };
  }

  private check(
    peer: string,
    userName: string,
    password: Uint8Array,
    isWanted = () => true,
  ): Verdict | Promise<Verdict> {
    const { users } = this.options;
    const user = users.get(userName);
    const [anybody] = users.values();
    const { cost, salt, hash } = user?.password ?? { ...nobody, cost: anybody?.password.cost ?? nobody.cost };
    const key = this.rememberedAs(userName, hash, password);
    if (user && this.remembered.has(key)) return true;
    const hashed = this.queue.run(hostOf(peer), async () =>
      // Who is gone when it is its turn wants no answer, and others wait for theirs.
      isWanted() ? this.hashing.scrypt(password, salt, cost, hash.length) : undefined,
    );
    return hashed.then((result): Verdict => {
      if (!result) return { isAllowed: false, reasonCode: serverBusy, reasonString: 'Too many at once.' };
      if (!user || !equalInConstantTime(result, hash))
        return { isAllowed: false, reasonCode: badUserNameOrPassword };
      this.remember(key);
      return true;
    });
  }

  /** Only this process can tell a password from it. */
  private rememberedAs(userName: string, hash: Uint8Array, password: Uint8Array): string {
    const name = encodeUtf8(userName);
    const length = Uint8Array.of(name.length >> 8, name.length & 0xff);
    return toBase64(this.hashing.hmac(this.secret, concatBytes([length, name, hash, password])));
  }

  private remember(key: string): void {
    const [oldest] = this.remembered;
    if (this.remembered.size >= mostRemembered && oldest !== undefined) this.remembered.delete(oldest);
    this.remembered.add(key);
  }
}

/** Whether an address with its port is of this machine alone. */
export function isLoopback(peer: string): boolean {
  const host = hostOf(peer);
  return host === '[::1]' || /^(\[::ffff:)?127\./i.test(host);
}

function hostOf(peer: string): string {
  const colon = peer.lastIndexOf(':');
  return colon < 0 ? peer : peer.slice(0, colon);
}

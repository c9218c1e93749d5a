import type * as vscode from 'vscode';
import { newUser } from '../../broker/access/newUser';
import type { PasswordHashing } from '../../broker/access/passwordHashing';
import { withScram } from '../../broker/access/userScram';
import { readUsers, type User, userLine } from '../../broker/access/userFile';
import type { Cryptography } from '../../session/cryptography';

const secretKey = 'mqttWorkbench.broker.users';

/** The users of the local broker, in the secret storage: names, hashes and secrets of SCRAM, no password. */
export class BrokerUsers {
  private readonly users = new Map<string, User>();

  constructor(
    private readonly secrets: Pick<vscode.SecretStorage, 'get' | 'store' | 'delete'>,
    private readonly hashing: PasswordHashing,
    private readonly cryptography: Cryptography,
  ) {}

  /**
   * The users as they are from now on: a broker that has the map sees whoever comes and goes. Undefined where what is kept
   * cannot be read: to go on without users would let everybody in.
   */
  async all(): Promise<ReadonlyMap<string, User> | undefined> {
    // Another window may have changed it.
    const { users, problems } = readUsers((await this.secrets.get(secretKey)) ?? '');
    if (problems.length > 0) return undefined;
    this.users.clear();
    for (const [name, user] of users) this.users.set(name, user);
    return this.users;
  }

  /** Forgets all of them, also what cannot be read. */
  async clear(): Promise<void> {
    this.users.clear();
    await this.save();
  }

  /**
   * Adds a user, or gives one another password. Returns whether it may authenticate by SCRAM too: not with a password that no
   * two systems would read alike.
   */
  async add(name: string, password: string): Promise<boolean> {
    await this.all();
    const user = await newUser(name, password, this.hashing);
    const scram = await withScram(user, password, this.cryptography);
    this.users.set(name, scram ?? user);
    await this.save();
    return scram !== undefined;
  }

  async remove(name: string): Promise<void> {
    await this.all();
    this.users.delete(name);
    await this.save();
  }

  private async save(): Promise<void> {
    if (this.users.size === 0) return this.secrets.delete(secretKey);
    const lines = [...this.users.values()].map(userLine);
    await this.secrets.store(secretKey, `${lines.join('\n')}\n`);
  }
}

import { type ConnectionProfile, toSetting } from './connectionProfile';
import { secretKinds, type SecretKind } from './passwordKey';
import type { Passwords } from './passwords';
import type { ProfileStore } from './profileStore';

/** Writes connections into the settings, and their passwords into the secret storage, so that neither is lost. */
export class ProfileWriter {
  constructor(
    private readonly profiles: Pick<ProfileStore, 'add' | 'replace' | 'remove'>,
    private readonly passwords: Pick<Passwords, 'get' | 'set' | 'remove' | 'keyOf'>,
  ) {}

  add(profile: ConnectionProfile, password: string): Promise<void> {
    return this.withPassword(profile, password, () => this.profiles.add(profile.scope, toSetting(profile)));
  }

  /** `password` undefined keeps the one there is. */
  async replace(
    before: ConnectionProfile,
    after: ConnectionProfile,
    password: string | undefined,
  ): Promise<void> {
    const kept = password ?? (await this.passwords.get(before)) ?? '';
    const others = await this.otherSecrets(before);
    await this.withPassword(after, kept, () =>
      this.profiles.replace(before.scope, before.name, toSetting(after)),
    );
    // What opens another key, or is of another proxy, is of no use to the new one.
    for (const { kind, secret } of others) {
      if (this.sameUse(before, after, kind)) await this.passwords.set(after, secret, kind);
    }
    for (const kind of secretKinds) {
      if (this.passwords.keyOf(before, kind) !== this.passwords.keyOf(after, kind)) {
        await this.passwords.remove(before, kind);
      }
    }
  }

  async remove(profile: ConnectionProfile): Promise<void> {
    await this.profiles.remove(profile.scope, profile.name);
    for (const kind of secretKinds) await this.passwords.remove(profile, kind);
  }

  private async otherSecrets(
    profile: ConnectionProfile,
  ): Promise<readonly { readonly kind: SecretKind; readonly secret: string }[]> {
    const found: { readonly kind: SecretKind; readonly secret: string }[] = [];
    for (const kind of secretKinds) {
      const secret = kind === 'password' ? undefined : await this.passwords.get(profile, kind);
      if (secret !== undefined) found.push({ kind, secret });
    }
    return found;
  }

  /** Whether a secret belongs to both, but for what the connection is called and which settings it stands in. */
  private sameUse(before: ConnectionProfile, after: ConnectionProfile, kind: SecretKind): boolean {
    const { key, scope, name } = before;
    return this.passwords.keyOf({ ...after, key, scope, name }, kind) === this.passwords.keyOf(before, kind);
  }

  /**
   * The password goes first: whoever sees the new row and presses connect has it. Where the settings cannot be written
   * the secret storage is as it was.
   */
  private async withPassword(
    profile: ConnectionProfile,
    password: string,
    write: () => Promise<void>,
  ): Promise<void> {
    const earlier = await this.passwords.get(profile);
    await this.passwords.set(profile, password);
    try {
      await write();
    } catch (error) {
      await this.passwords.set(profile, earlier ?? '');
      throw error;
    }
  }
}

/**
 * Whether the password of an edited connection stays: nothing was entered, and it can still be sent. Without a user name
 * that is so in 5.0 alone (3.1.1: [MQTT-3.1.2-22]), and only where there was none before: a password belongs to its user.
 * One that was entered for a proof is not to be sent because the version that is chosen now has no proofs.
 */
export function keepsPassword(
  { edited, hasPassword }: { readonly edited: ConnectionProfile | undefined; readonly hasPassword: boolean },
  after: Pick<ConnectionProfile, 'userName' | 'version' | 'connect'> & { readonly password: string },
): boolean {
  if (after.password !== '' || !hasPassword) return false;
  if (edited?.connect?.authentication !== undefined && after.connect?.authentication === undefined)
    return false;
  return after.userName !== undefined || (edited?.userName === undefined && after.version === '5.0');
}

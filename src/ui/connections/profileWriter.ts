import { type ConnectionProfile, toSetting } from './connectionProfile';
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
    await this.withPassword(after, kept, () =>
      this.profiles.replace(before.scope, before.name, toSetting(after)),
    );
    if (this.passwords.keyOf(before) !== this.passwords.keyOf(after)) await this.passwords.remove(before);
  }

  async remove(profile: ConnectionProfile): Promise<void> {
    await this.profiles.remove(profile.scope, profile.name);
    await this.passwords.remove(profile);
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
 */
export function keepsPassword(
  { edited, hasPassword }: { readonly edited: ConnectionProfile | undefined; readonly hasPassword: boolean },
  after: Pick<ConnectionProfile, 'userName' | 'version'> & { readonly password: string },
): boolean {
  if (after.password !== '' || !hasPassword) return false;
  return after.userName !== undefined || (edited?.userName === undefined && after.version === '5.0');
}

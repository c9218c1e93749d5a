import * as assert from 'node:assert/strict';
import type { ConnectionSetting } from '../../src/contributions/settings';
import { type ConnectionProfile, profileKey } from '../../src/ui/connections/connectionProfile';
import { passwordKey, secretKey, type SecretKind } from '../../src/ui/connections/passwordKey';
import { keepsPassword, ProfileWriter } from '../../src/ui/connections/profileWriter';
import { plainTcp } from '../../src/ui/connections/networkProfile';
import { defaultTls } from '../../src/ui/connections/tlsProfile';

const before: ConnectionProfile = {
  key: profileKey('user', 'bench'),
  scope: 'user',
  name: 'bench',
  host: 'here',
  port: 1883,
  network: plainTcp,
  version: '5.0',
  userName: 'ada',
  clientId: undefined,
  cleanStart: true,
  keepAlive: 60,
  reconnect: true,
};
const moved: ConnectionProfile = { ...before, host: 'there' };
const slower: ConnectionProfile = { ...before, keepAlive: 600 };

function keyOf(profile: ConnectionProfile, kind: SecretKind): string {
  return secretKey(kind, profile, '') ?? '';
}

class Storage {
  readonly secrets = new Map<string, string>();
  written: ConnectionSetting[] = [];
  writable = true;
  readonly writer = new ProfileWriter(
    {
      add: (_, setting) => this.write([...this.written, setting]),
      replace: (_, name, setting) =>
        this.write(this.written.map((entry) => (entry.name === name ? setting : entry))),
      remove: (_, name) => this.write(this.written.filter((entry) => entry.name !== name)),
    },
    {
      keyOf: (profile, kind = 'password') => secretKey(kind, profile, ''),
      get: (profile, kind = 'password') => Promise.resolve(this.secrets.get(keyOf(profile, kind))),
      set: (profile, secret, kind = 'password') => {
        if (secret === '') this.secrets.delete(keyOf(profile, kind));
        else this.secrets.set(keyOf(profile, kind), secret);
        return Promise.resolve();
      },
      remove: (profile, kind = 'password') => {
        this.secrets.delete(keyOf(profile, kind));
        return Promise.resolve();
      },
    },
  );

  passwordOf(profile: ConnectionProfile): string | undefined {
    return this.secrets.get(passwordKey(profile, ''));
  }

  private write(entries: ConnectionSetting[]): Promise<void> {
    if (!this.writable) return Promise.reject(new Error('The settings have errors'));
    this.written = entries;
    return Promise.resolve();
  }
}

async function stored(): Promise<Storage> {
  const storage = new Storage();
  await storage.writer.add(before, 'secret');
  return storage;
}

describe('Writing connections and their passwords', () => {
  it('keeps the password of a connection that is new', async () => {
    const storage = await stored();
    assert.deepEqual(
      [storage.passwordOf(before), storage.written.map(({ name }) => name)],
      ['secret', ['bench']],
    );
  });

  it('takes the password along to another address, and leaves none behind', async () => {
    const storage = await stored();
    await storage.writer.replace(before, moved, undefined);
    assert.deepEqual([storage.passwordOf(before), storage.passwordOf(moved)], [undefined, 'secret']);
    assert.equal(storage.written[0]?.host, 'there');
  });

  it('keeps the password where the address stays', async () => {
    const storage = await stored();
    await storage.writer.replace(before, slower, undefined);
    assert.equal(storage.passwordOf(slower), 'secret');
  });

  for (const [what, after] of [
    ['moved', moved],
    ['changed', slower],
  ] as const) {
    it(`has the old password alone where a ${what} connection cannot be written`, async () => {
      const storage = await stored();
      storage.writable = false;
      await assert.rejects(storage.writer.replace(before, after, 'newer'), /settings have errors/);
      assert.deepEqual([...storage.secrets], [[passwordKey(before, ''), 'secret']]);
    });
  }

  it('has no password of a connection that could not be added', async () => {
    const storage = new Storage();
    storage.writable = false;
    await assert.rejects(storage.writer.add(before, 'secret'), /settings have errors/);
    assert.equal(storage.secrets.size, 0);
  });

  it('keeps the password of a connection that could not be removed', async () => {
    const storage = await stored();
    storage.writable = false;
    await assert.rejects(storage.writer.remove(before), /settings have errors/);
    assert.equal(storage.passwordOf(before), 'secret');
    storage.writable = true;
    await storage.writer.remove(before);
    assert.deepEqual([storage.secrets.size, storage.written], [0, []]);
  });
});

describe('The passphrase of a connection', () => {
  const shows = (pfx: string): ConnectionProfile => ({
    ...before,
    network: { transport: 'tls', proxy: undefined, tls: { ...defaultTls, pfx } },
  });

  async function storedPassphrase(): Promise<Storage> {
    const storage = new Storage();
    await storage.writer.add(shows('a.p12'), '');
    storage.secrets.set(keyOf(shows('a.p12'), 'passphrase'), 'opens a');
    return storage;
  }

  it('goes along with its file when the connection is called something else, and leaves nothing behind', async () => {
    const storage = await storedPassphrase();
    const renamed = { ...shows('a.p12'), name: 'desk', key: profileKey('user', 'desk') };
    await storage.writer.replace(shows('a.p12'), renamed, undefined);
    assert.deepEqual([...storage.secrets], [[keyOf(renamed, 'passphrase'), 'opens a']]);
  });

  it('does not open another file', async () => {
    const storage = await storedPassphrase();
    await storage.writer.replace(shows('a.p12'), shows('b.p12'), undefined);
    assert.equal(storage.secrets.size, 0);
  });

  it('goes with the connection', async () => {
    const storage = await storedPassphrase();
    await storage.writer.remove(shows('a.p12'));
    assert.equal(storage.secrets.size, 0);
  });
});

describe('The password of an edited connection', () => {
  const nobody = { ...before, userName: undefined };
  const cases: readonly [
    edited: ConnectionProfile,
    hasPassword: boolean,
    after: Parameters<typeof keepsPassword>[1],
    kept: boolean,
  ][] = [
    [before, true, { userName: 'ada', version: '5.0', password: '' }, true],
    [before, true, { userName: 'bob', version: '3.1.1', password: '' }, true],
    [before, true, { userName: 'ada', version: '5.0', password: 'new' }, false],
    [before, false, { userName: 'ada', version: '5.0', password: '' }, false],
    [before, true, { userName: undefined, version: '5.0', password: '' }, false],
    [nobody, true, { userName: undefined, version: '5.0', password: '' }, true],
    [nobody, true, { userName: undefined, version: '3.1.1', password: '' }, false],
  ];
  for (const [edited, hasPassword, after, kept] of cases) {
    const user = `${edited.userName ?? 'nobody'} to ${after.userName ?? 'nobody'}`;
    const given = after.password === '' ? 'nothing' : 'one';
    it(`${kept ? 'stays' : 'does not stay'} over ${after.version}, ${user}, ${given} entered, ${hasPassword ? 'one' : 'none'} stored`, () => {
      assert.equal(keepsPassword({ edited, hasPassword }, after), kept);
    });
  }
});

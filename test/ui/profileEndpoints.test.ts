import * as assert from 'node:assert/strict';
import { FakeUri, fakeVscode } from '../support/vscodeFake';
import { TransportFailureError } from '../../src/base/transportFailure';
import type { Endpoint } from '../../src/transport/endpoint';
import { portablePath } from '../../src/ui/connections/certificatePath';
import { parseProfiles, type ProfileScope } from '../../src/ui/connections/connectionProfile';
import type { SecretKind } from '../../src/ui/connections/passwordKey';
import { ProfileEndpoints } from '../../src/ui/connections/profileEndpoints';

const { workspace } = fakeVscode;

function endpoint(
  entry: object,
  scope: ProfileScope = 'user',
  secrets: Partial<Record<SecretKind, string>> = {},
): Promise<Endpoint> {
  const [parsed] = parseProfiles([{ name: 'bench', ...entry }], scope);
  assert.ok(parsed?.profile, parsed?.invalid?.problem);
  const get = (_: unknown, kind: SecretKind = 'password') => Promise.resolve(secrets[kind]);
  return new ProfileEndpoints({ get }).of(parsed.profile);
}

async function failure(...given: Parameters<typeof endpoint>): Promise<unknown> {
  try {
    return await endpoint(...given);
  } catch (error) {
    return error instanceof TransportFailureError ? { ...error.failure, detail: '' } : error;
  }
}

describe('Where a profile leads', () => {
  beforeEach(() => {
    workspace.isTrusted = true;
    workspace.workspaceFolders = [{ uri: FakeUri.file('/projects/bench') }];
    workspace.settings.clear();
  });
  afterEach(() => {
    workspace.isTrusted = true;
    workspace.workspaceFolders = undefined;
    workspace.settings.clear();
  });

  it('is its transport with all that belongs to it', async () => {
    assert.deepEqual(await endpoint({ host: 'h' }), { kind: 'tcp', host: 'h', port: 1883 });
    assert.deepEqual(await endpoint({ transport: 'unix', socketPath: '/m' }), { kind: 'unix', path: '/m' });
    assert.deepEqual(await endpoint({ host: 'h', transport: 'ws', version: '3.1', headers: { A: 'b' } }), {
      kind: 'ws',
      host: 'h',
      port: 80,
      webSocket: { path: '/mqtt', headers: { A: 'b' }, subprotocol: 'mqttv3.1' },
    });
    const tls = {
      ca: ['/a.pem', 'b.pem'],
      certificate: 'c.pem',
      key: '${workspaceFolder}/k.pem',
      verify: false,
    };
    assert.deepEqual(await endpoint({ host: 'h', transport: 'tls', tls }, 'user', { passphrase: 'p' }), {
      kind: 'tls',
      host: 'h',
      port: 8883,
      tls: {
        ca: ['/a.pem', '/projects/bench/b.pem'],
        systemCertificates: false,
        certificate: '/projects/bench/c.pem',
        key: '/projects/bench/k.pem',
        passphrase: 'p',
        applicationProtocols: [],
        minimumVersion: '1.2',
        verify: false,
      },
    });
  });

  it('has every option of its TLS', async () => {
    const tls = {
      ...{ pfx: '/p.p12', serverName: 'inside', alpn: ['mqtt', 'x'], minimumVersion: '1.3' },
      ...{ ciphers: 'TLS_AES_128_GCM_SHA256', systemCertificates: true },
    };
    assert.deepEqual(await endpoint({ host: 'h', transport: 'wss', tls }, 'user', { passphrase: 'p' }), {
      kind: 'wss',
      host: 'h',
      port: 443,
      webSocket: { path: '/mqtt', headers: {}, subprotocol: 'mqtt' },
      tls: {
        ca: [],
        systemCertificates: true,
        pfx: '/p.p12',
        passphrase: 'p',
        serverName: 'inside',
        applicationProtocols: ['mqtt', 'x'],
        minimumVersion: '1.3',
        ciphers: 'TLS_AES_128_GCM_SHA256',
        verify: true,
      },
    });
  });

  const wholePaths = ['/a.pem', '~/a.pem', 'C:\\certs\\a.pem', '\\\\server\\share\\a.pem'];
  for (const ca of wholePaths) {
    it(`takes the whole path ${ca} as it is`, async () => {
      workspace.workspaceFolders = undefined;
      const found = await endpoint({ host: 'h', transport: 'tls', tls: { ca } });
      assert.deepEqual('tls' in found && found.tls.ca, [ca]);
    });
  }

  it('needs a folder of this computer for other paths', async () => {
    for (const folders of [undefined, [], [{ uri: new FakeUri('/repo', 'vscode-vfs') }]]) {
      workspace.workspaceFolders = folders;
      assert.deepEqual(await failure({ host: 'h', transport: 'tls', tls: { ca: 'a.pem' } }), {
        ...{ step: 'certificateFile', code: 'noFolder', setting: 'ca', path: 'a.pem', detail: '' },
      });
    }
  });

  const untrusted: readonly [scope: ProfileScope, path: string, mayRead: boolean][] = [
    ['workspace', '/etc/a.pem', false],
    ['workspace', 'a.pem', false],
    ['user', 'a.pem', false],
    ['user', '${workspaceFolder}/a.pem', false],
    ['user', '/etc/a.pem', true],
  ];
  for (const [scope, path, mayRead] of untrusted) {
    it(`${mayRead ? 'may' : 'may not'} be a file ${path} of ${scope} settings in a workspace that is not trusted`, async () => {
      workspace.isTrusted = false;
      const entry = { host: 'h', transport: 'tls', tls: { certificate: path } };
      const found = (await failure(entry, scope)) as { code?: string; kind?: string };
      assert.equal(found.code ?? found.kind, mayRead ? 'tls' : 'notTrusted');
    });
  }

  describe('through a proxy', () => {
    const proxyOf = async (...given: Parameters<typeof endpoint>): Promise<unknown> => {
      const found = await endpoint(...given);
      return 'proxy' in found ? found.proxy : undefined;
    };

    it("goes the way of VS Code's settings", async () => {
      assert.equal(await proxyOf({ host: 'h' }), undefined);
      workspace.settings.set('http.proxy', 'http://ada:secret@proxy:3128');
      workspace.settings.set('http.noProxy', ['near.example']);
      const proxy = {
        scheme: 'http',
        host: 'proxy',
        port: 3128,
        user: 'ada',
        password: 'secret',
        verify: true,
      };
      assert.deepEqual(await proxyOf({ host: 'h' }), proxy);
      assert.equal(await proxyOf({ host: 'near.example' }), undefined);
      assert.equal(await proxyOf({ host: '127.0.0.1' }), undefined);
      workspace.settings.set('http.proxyAuthorization', 'Bearer x');
      workspace.settings.set('http.proxyStrictSSL', false);
      assert.deepEqual(await proxyOf({ host: 'h' }), { ...proxy, authorization: 'Bearer x', verify: false });
      workspace.settings.set('http.proxySupport', 'off');
      assert.equal(await proxyOf({ host: 'h' }), undefined);
    });

    it('goes its own way where it says so, with the password from the secret storage', async () => {
      workspace.settings.set('http.proxy', 'http://proxy:3128');
      assert.equal(await proxyOf({ host: 'h', proxy: 'none' }), undefined);
      assert.deepEqual(
        await proxyOf({ host: 'h', proxy: 'socks5://ada@own' }, 'user', { proxyPassword: 's' }),
        { scheme: 'socks5', host: 'own', port: 1080, user: 'ada', password: 's', verify: true },
      );
      // One that is named is used for this computer too.
      assert.ok(await proxyOf({ host: '127.0.0.1', proxy: 'socks5://own' }));
    });

    it("tells of VS Code's proxy that makes no sense, without its password", async () => {
      workspace.settings.set('http.proxy', 'gopher://ada:secret@proxy');
      assert.deepEqual(await failure({ host: 'h' }), {
        ...{ step: 'proxy', code: 'addressInvalid', proxy: 'gopher://proxy', detail: '' },
      });
    });
  });
});

describe('The path of a file that was picked', () => {
  afterEach(() => (workspace.workspaceFolders = undefined));

  it('goes along with the workspace whose settings name it', () => {
    workspace.workspaceFolders = [{ uri: FakeUri.file('/projects/bench') }];
    const inside = '/projects/bench/certs/ca.pem';
    assert.equal(portablePath(inside, 'workspace'), '${workspaceFolder}/certs/ca.pem');
    assert.equal(portablePath(inside, 'user'), inside);
    assert.equal(portablePath('/projects/bench2/ca.pem', 'workspace'), '/projects/bench2/ca.pem');
    workspace.workspaceFolders = undefined;
    assert.equal(portablePath(inside, 'workspace'), inside);
  });
});

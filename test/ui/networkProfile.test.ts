import * as assert from 'node:assert/strict';
import {
  addressOf,
  type ConnectionProfile,
  parseProfiles,
  toSetting,
} from '../../src/ui/connections/connectionProfile';
import { isInsecure, plainTcp } from '../../src/ui/connections/networkProfile';
import { parseServerUrl } from '../../src/ui/connections/serverAddress';
import { defaultTls } from '../../src/ui/connections/tlsProfile';
import { passwordKey, secretKey } from '../../src/ui/connections/passwordKey';

function parsed(entry: object): ConnectionProfile {
  const [result] = parseProfiles([{ name: 'a', ...entry }], 'user');
  assert.ok(result?.profile, result?.invalid?.problem);
  return result.profile;
}

describe('The way to a server in the settings', () => {
  const ways: readonly [entry: object, address: string][] = [
    [{ host: 'h' }, 'h:1883'],
    [{ host: '::1', transport: 'tcp' }, '[::1]:1883'],
    [{ host: 'h', transport: 'tls' }, 'mqtts://h:8883'],
    [{ host: '::1', transport: 'tls', port: 1 }, 'mqtts://[::1]:1'],
    [{ host: 'h', transport: 'ws' }, 'ws://h:80/mqtt'],
    [{ host: 'h', transport: 'ws', port: 8083, path: '/a?b=c' }, 'ws://h:8083/a?b=c'],
    [{ host: 'h', transport: 'wss' }, 'wss://h:443/mqtt'],
    [{ transport: 'unix', socketPath: '/run/m.sock' }, 'unix:/run/m.sock'],
    [{ transport: 'unix', socketPath: '\\\\.\\pipe\\mqtt' }, 'unix:\\\\.\\pipe\\mqtt'],
  ];
  for (const [entry, address] of ways) {
    it(`leads to ${address}, and is written as it was read`, () => {
      const profile = parsed(entry);
      assert.equal(addressOf(profile), address);
      assert.deepEqual(parsed(toSetting(profile)), profile);
    });
  }

  it('has everything there is to say about TLS, and is read back the same', () => {
    const tls = {
      ca: ['a.pem', 'b.pem'],
      systemCertificates: true,
      certificate: 'c.pem',
      key: 'c.key',
      serverName: 'name',
      alpn: ['mqtt'],
      minimumVersion: '1.3',
      ciphers: 'X',
      verify: false,
    };
    const profile = parsed({ host: 'h', transport: 'wss', headers: { A: 'b' }, tls, proxy: 'none' });
    assert.ok(profile.network.transport === 'wss');
    assert.deepEqual(profile.network.tls, { ...tls, pfx: undefined });
    assert.equal(isInsecure(profile), true);
    assert.deepEqual(toSetting(profile).tls, tls);
    assert.deepEqual(parsed(toSetting(profile)), profile);
  });

  it('leaves out what is at its default', () => {
    const profile = parsed({ host: 'h', transport: 'tls', tls: { ca: 'a.pem', verify: true, alpn: [] } });
    assert.ok(profile.network.transport === 'tls');
    assert.deepEqual(profile.network.tls, { ...defaultTls, ca: ['a.pem'], systemCertificates: false });
    assert.deepEqual(toSetting(profile), {
      ...{ name: 'a', transport: 'tls', host: 'h', port: 8883, version: '5.0' },
      tls: { ca: 'a.pem' },
    });
    assert.deepEqual(toSetting(parsed({ host: 'h', transport: 'tls', tls: {} })).tls, undefined);
    assert.equal(isInsecure(profile), false);
    assert.equal(isInsecure({ network: plainTcp }), false);
  });

  const problems: readonly [entry: object, problem: RegExp][] = [
    [{ host: 'h', transport: 'udp' }, /^transport: must be one of tcp, tls, ws, wss, unix\.$/],
    [{ transport: 'unix' }, /^socketPath: must be a text/],
    [{ transport: 'unix', socketPath: 'm.sock' }, /^socketPath: .*whole path/],
    [{ transport: 'unix', socketPath: '/m', host: 'h' }, /^host: goes with "transport": "tcp" or "tls"/],
    [{ host: 'h', tls: {} }, /^tls: goes with "transport": "tls" or "wss" only, and this one is "tcp"\.$/],
    [{ host: 'h', transport: 'tls', path: '/' }, /^path: goes with "transport": "ws" or "wss"/],
    [{ host: 'h', socketPath: '/m' }, /^socketPath: goes with "transport": "unix"/],
    [{ host: 'h', transport: 'ws', path: 'mqtt' }, /^path: .*starts with a slash/],
    [{ host: 'h', transport: 'ws', path: '/a b' }, /^path: /],
    [{ host: 'h', transport: 'ws', path: '/a\r\nB: c' }, /^path: /],
    [{ host: 'h', transport: 'ws', headers: ['a'] }, /^headers: must be an object/],
    [{ host: 'h', transport: 'ws', headers: { 'a b': 'c' } }, /^headers: "a b" is no name/],
    [{ host: 'h', transport: 'ws', headers: { A: 'b\r\nC: d' } }, /^headers: .*on one line/],
    [{ host: 'h', transport: 'ws', headers: { A: 1 } }, /^headers: .*on one line/],
    [
      { host: 'h', transport: 'ws', headers: { Upgrade: 'x' } },
      /^headers: "Upgrade" belongs to the WebSocket/,
    ],
    [{ host: 'h', proxy: 1 }, /^proxy: must be a text/],
    [{ host: 'h', proxy: 'proxy:3128' }, /^proxy: A proxy is a URL/],
    [{ host: 'h', proxy: 'http://ada:secret@proxy' }, /^proxy: Leave the password out/],
    [{ host: 'h', transport: 'tls', tls: 'yes' }, /^tls: must be an object/],
    [{ host: 'h', transport: 'tls', tls: { verfiy: false } }, /^tls\.verfiy: there is no such field/],
    [{ host: 'h', transport: 'tls', tls: { verify: 'no' } }, /^tls\.verify: must be true or false/],
    [{ host: 'h', transport: 'tls', tls: { ca: 1 } }, /^tls\.ca: must be a path or a list/],
    [{ host: 'h', transport: 'tls', tls: { minimumVersion: 1.2 } }, /^tls\.minimumVersion: must be one of/],
    [{ host: 'h', transport: 'tls', tls: { alpn: 'mqtt' } }, /^tls\.alpn: must be a list/],
    [{ host: 'h', transport: 'tls', tls: { alpn: ['x'.repeat(256)] } }, /^tls\.alpn: .*255 bytes/],
    [{ host: 'h', transport: 'tls', tls: { key: 'k' } }, /^tls\.key: belongs to a "certificate"/],
    [{ host: 'h', transport: 'tls', tls: { pfx: 'p', key: 'k' } }, /^tls\.pfx: holds certificate and key/],
    [{ host: 'h', transport: 'tls', tls: { serverName: 1 } }, /^tls\.serverName: must be a text/],
  ];
  for (const [entry, problem] of problems) {
    it(`says what is wrong with ${JSON.stringify(entry).slice(0, 90)}`, () => {
      assert.match(parseProfiles([{ name: 'a', ...entry }], 'user')[0]?.invalid?.problem ?? '', problem);
    });
  }
});

describe('The URL of a server', () => {
  const urls: readonly [url: string, parsed: readonly unknown[] | RegExp][] = [
    ['mqtt://h', ['tcp', 'h', 1883, undefined]],
    ['tcp://h:1', ['tcp', 'h', 1, undefined]],
    ['MQTTS://h/', ['tls', 'h', 8883, '/']],
    ['ssl://[::1]:8884', ['tls', '::1', 8884, undefined]],
    ['ws://h:8083/mqtt', ['ws', 'h', 8083, '/mqtt']],
    ['wss://h', ['wss', 'h', 443, undefined]],
    ['wss://h?x=1', ['wss', 'h', 443, '/?x=1']],
    ['http://h', /"http:\/\/" is none of mqtt:\/\//],
    ['mqtt://ada:secret@h', ['tcp', 'h', 1883, undefined]],
    ['mqtt://ada:se/cret@h', /are written %2F/],
    ['mqtt://ada:12/34@h', /are written %2F/],
    ['ws://ada:12/34@h', /are written %2F/],
    ['ws://ada:/34@h', /are written %2F/],
    ['ws://a/b:secret@h', /are written %2F/],
    ['mqtt://a/b:secret@h', /are written %2F/],
    ['ws://h:8083/x@y', /in a path "@" is written %40/],
    ['ws://h:8083/x%40y', ['ws', 'h', 8083, '/x%40y']],
    ['ws://h/x@y', ['ws', 'h', 80, '/x@y']],
    ['ws://[::1]/x@y', ['ws', '::1', 80, '/x@y']],
    ['mqtt://h/topic', /A path goes with ws/],
    ['mqtt://', /needs a host/],
    ['mqtt://h:99999', /A port is/],
    ['ws://h/a b', /neither spaces/],
    ['mqtt://h:x', /needs a host/],
  ];
  for (const [url, expected] of urls) {
    it(`${url} ${expected instanceof RegExp ? 'is refused' : 'is read'}`, () => {
      const found = parseServerUrl(url);
      if (expected instanceof RegExp) assert.match(typeof found === 'string' ? found : '', expected);
      else {
        assert.ok(typeof found === 'object', url);
        const { transport, host, port, path } = found;
        assert.deepEqual([transport, host, port, path], expected);
      }
    });
  }
});

describe('The key of a secret', () => {
  const tls = (more: object = {}) => parsed({ host: 'h', transport: 'tls', tls: more });

  it('of a password is another one where less protects it on its way, or somebody else is in between', () => {
    const profiles = [
      tls(),
      tls({ verify: false }),
      tls({ ca: 'a.pem' }),
      tls({ serverName: 'n' }),
      parsed({ host: 'h', port: 8883 }),
      parsed({ host: 'h', port: 8883, proxy: 'http://p' }),
      parsed({ host: 'h', port: 8883, transport: 'ws' }),
      parsed({ transport: 'unix', socketPath: '/a' }),
      parsed({ transport: 'unix', socketPath: '/b' }),
    ];
    assert.equal(new Set(profiles.map((profile) => passwordKey(profile, ''))).size, profiles.length);
    assert.equal(passwordKey(tls({ minimumVersion: '1.3' }), ''), passwordKey(tls(), ''));
  });

  it('of a passphrase is there with a key to open alone, and bound to its file', () => {
    assert.equal(secretKey('passphrase', parsed({ host: 'h' }), ''), undefined);
    assert.equal(secretKey('passphrase', tls({ ca: 'a.pem' }), ''), undefined);
    const keys = [{ certificate: 'c' }, { certificate: 'c', key: 'k' }, { pfx: 'p' }].map((each) =>
      secretKey('passphrase', tls(each), ''),
    );
    assert.equal(new Set(keys).size, 3);
    assert.ok(keys.every((key) => key?.startsWith('mqttWorkbench.passphrase.') === true));
  });

  it("of a proxy's password is there with a user alone, and bound to the proxy", () => {
    const of = (proxy: string) => secretKey('proxyPassword', parsed({ host: 'h', proxy }), '');
    assert.deepEqual([of('none'), of('http://p')], [undefined, undefined]);
    assert.notEqual(of('http://ada@p'), of('http://ada@q'));
  });
});

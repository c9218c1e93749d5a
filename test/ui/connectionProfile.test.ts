import * as assert from 'node:assert/strict';
import {
  addressOf,
  hostProblem,
  parseProfiles,
  portProblem,
  toSetting,
} from '../../src/ui/connections/connectionProfile';
import { passwordKey } from '../../src/ui/connections/passwordKey';
import type { ConnectionProfile } from '../../src/ui/connections/connectionProfile';
import { plainTcp } from '../../src/ui/connections/networkProfile';

const bench: ConnectionProfile = {
  key: 'user:bench',
  scope: 'user',
  name: 'bench',
  host: '127.0.0.1',
  port: 1883,
  network: plainTcp,
  version: '5.0',
  userName: undefined,
  clientId: undefined,
  cleanStart: true,
  keepAlive: 60,
  reconnect: true,
};

describe('Connections in the settings', () => {
  it('have no fields but the known ones, so that a misspelt one is told', () => {
    const problemOf = (more: object) =>
      parseProfiles([{ name: 'bench', host: 'h', ...more }], 'user')[0]?.invalid?.problem;
    assert.match(
      problemOf({ username: 'ada' }) ?? '',
      /^username: there is no such field; "userName" is meant, perhaps/,
    );
    assert.match(problemOf({ passwort: 'x' }) ?? '', /^passwort: there is no such field\.$/);
  });

  it('are filled up with defaults', () => {
    const [parsed] = parseProfiles([{ name: 'bench', host: '127.0.0.1' }], 'user');
    assert.deepEqual(parsed, { profile: bench });
  });

  it('are written without what is at its default, and read back the same', () => {
    assert.deepEqual(toSetting(bench), { name: 'bench', host: '127.0.0.1', port: 1883, version: '5.0' });
    const full: ConnectionProfile = {
      ...bench,
      version: '3.1',
      userName: 'ada',
      clientId: 'c1',
      cleanStart: false,
      keepAlive: 0,
    };
    assert.deepEqual(parseProfiles([toSetting(full)], 'user'), [{ profile: full }]);
  });

  const unusable: readonly [entry: unknown, problem: RegExp][] = [
    ['bench', /is an object/],
    [{ host: 'h' }, /^name: /],
    [{ name: '', host: 'h' }, /^name: .*needs a name/],
    [{ name: 'a' }, /^host: /],
    [{ name: 'a', host: 'mqtt://h' }, /^host: Leave out "mqtt:\/\/"/],
    [{ name: 'a', host: 'h', port: 0 }, /^port: .*1 to 65535/],
    [{ name: 'a', host: 'h', port: 1.5 }, /^port: /],
    [{ name: 'a', host: 'h', port: '1883' }, /^port: must be a number/],
    [{ name: 'a', host: 'h', version: 5 }, /^version: must be one of 3\.1, 3\.1\.1, 5\.0/],
    [{ name: 'a', host: 'h', userName: 1 }, /^userName: /],
    [{ name: 'a', host: 'h', clientId: null }, /^clientId: /],
    [{ name: 'a', host: 'h', cleanStart: 'yes' }, /^cleanStart: /],
    [{ name: 'a', host: 'h', version: '3.1.1', cleanStart: false }, /^clientId: needed to resume/],
    [{ name: 'a', host: 'h', keepAlive: 65536 }, /^keepAlive: /],
    [{ name: 'a', host: 'h', reconnect: 'never' }, /^reconnect: /],
  ];
  for (const [entry, problem] of unusable) {
    it(`say what is wrong with ${JSON.stringify(entry)}`, () => {
      const [parsed] = parseProfiles([entry], 'workspace');
      assert.match(parsed?.invalid?.problem ?? '', problem);
    });
  }

  it('have one name for each of a scope: the first entry counts', () => {
    const [first, second] = parseProfiles(
      [
        { name: 'a', host: 'first' },
        { name: 'a', host: 'second' },
      ],
      'user',
    );
    assert.equal(first?.profile?.host, 'first');
    assert.match(second?.invalid?.problem ?? '', /called "a" too/);
  });

  it('are none where the setting is no list', () => {
    assert.deepEqual(parseProfiles({ name: 'a', host: 'h' }, 'user'), []);
    assert.deepEqual(parseProfiles(undefined, 'user'), []);
  });

  const hosts: readonly [host: string, problem: RegExp | undefined][] = [
    ['broker.example', undefined],
    ['192.168.1.20', undefined],
    ['::1', undefined],
    ['', /needs a host/],
    ['my broker', /no spaces/],
    ['broker:1883', /Leave out the port/],
    ['tcp://broker', /Leave out "tcp:\/\/"/],
    ['user@broker', /name or an address alone/],
    ['broker/mqtt', /name or an address alone/],
  ];
  for (const [host, problem] of hosts) {
    it(`${problem ? 'refuse' : 'take'} the host "${host}"`, () => {
      if (problem) assert.match(hostProblem(host) ?? '', problem);
      else assert.equal(hostProblem(host), undefined);
    });
  }

  it('take ports from 1 to 65535 in digits alone', () => {
    for (const port of ['1', '1883', '65535']) assert.equal(portProblem(port), undefined, port);
    for (const port of ['', '0', '65536', '-1', '1e3', ' 1883', '0x10', 'mqtt'])
      assert.ok(portProblem(port), port);
  });

  it('show an IPv6 address in brackets', () => {
    assert.equal(addressOf({ host: '::1', port: 1883, network: plainTcp }), '[::1]:1883');
    assert.equal(addressOf({ host: 'h', port: 1, network: plainTcp }), 'h:1');
  });
});

describe('The key of a password', () => {
  const folder = 'file:///projects/bench';
  const others: readonly [what: string, profile: ConnectionProfile, workspace: string][] = [
    ['another host', { ...bench, host: 'evil.example' }, folder],
    ['another port', { ...bench, port: 1884 }, folder],
    ['another user name', { ...bench, userName: 'ada' }, folder],
    ['another name', { ...bench, name: 'bench 2' }, folder],
    ['the settings of a workspace', { ...bench, scope: 'workspace' }, folder],
  ];
  for (const [what, profile, workspace] of others) {
    it(`is another one for ${what}`, () => {
      assert.notEqual(passwordKey(profile, workspace), passwordKey(bench, folder));
    });
  }

  it('of a workspace profile is another one in another workspace', () => {
    const profile: ConnectionProfile = { ...bench, scope: 'workspace' };
    assert.notEqual(passwordKey(profile, folder), passwordKey(profile, 'file:///projects/other'));
  });

  it('of a user profile is the same in every workspace', () => {
    assert.equal(passwordKey(bench, folder), passwordKey(bench, 'file:///projects/other'));
  });

  it('does not change with what decides nothing about who gets the password', () => {
    const other: ConnectionProfile = {
      ...bench,
      version: '3.1.1',
      keepAlive: 5,
      cleanStart: false,
      clientId: 'c',
    };
    assert.equal(passwordKey(other, folder), passwordKey(bench, folder));
    assert.equal(
      passwordKey({ ...bench, host: 'Broker' }, ''),
      passwordKey({ ...bench, host: 'broker' }, ''),
    );
  });

  it('cannot be forged by putting one field into another', () => {
    assert.notEqual(
      passwordKey({ ...bench, name: 'a","b', host: 'c' }, ''),
      passwordKey({ ...bench, name: 'a', host: 'b","c' }, ''),
    );
  });
});

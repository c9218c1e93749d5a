import assert from 'node:assert/strict';
import { fakeVscode } from '../support/vscodeFake';
import { benchProfile } from '../support/windowConnection';
import { turn } from '../support/fakeClock';
import { Emitter } from '../../src/base/lifecycle';
import type { ClientFailure } from '../../src/client/clientFailure';
import { ConnectionCommands } from '../../src/ui/connections/connectionCommands';
import type { ConnectionCommandDependencies } from '../../src/ui/connections/connectionCommands';
import type { ConnectionProfile } from '../../src/ui/connections/connectionProfile';
import type { Connections } from '../../src/ui/connections/connections';
import { reportFailures } from '../../src/ui/connections/failureReporter';
import type { LiveConnection } from '../../src/ui/connections/liveConnection';
import { parseServerReference, referenceText } from '../../src/ui/connections/serverReference';

describe('A Server Reference (4.11)', () => {
  const cases: readonly [text: string, host: string | undefined, port?: number][] = [
    ['myserver.xyz.org', 'myserver.xyz.org'],
    ['myserver.xyz.org:8883', 'myserver.xyz.org', 8883],
    ['10.10.151.22:8883 [fe80::9610:3eff:fe1c]:1883', '10.10.151.22', 8883],
    ['[fe80::9610:3eff:fe1c]:1883', 'fe80::9610:3eff:fe1c', 1883],
    ['fe80::9610:3eff:fe1c', 'fe80::9610:3eff:fe1c'],
    ['srv:_mqtt other', 'other'],
    ['other:99999', undefined],
    ['mqtt://other', undefined],
    ['', undefined],
  ];
  for (const [text, host, port] of cases) {
    it(`"${text}" is ${host ?? 'none'}${port === undefined ? '' : ` at ${port}`}`, () =>
      assert.deepEqual(parseServerReference(text), host === undefined ? undefined : { host, port }));
  }

  it('reads the same for people', () => {
    assert.equal(referenceText({ host: '::1', port: 1 }), '[::1]:1');
    assert.equal(referenceText({ host: 'other', port: undefined }), 'other');
  });

  for (const [serverReference, button, after] of [
    ['other.local:1885', 'Connect to other.local:1885', { host: 'other.local', port: 1885 }],
    ['other.local', 'Connect to other.local', { host: 'other.local', port: 1883 }],
  ] as const) {
    it(`is followed when a person presses "${button}", and not before`, async () => {
      const failing = new Emitter<{ connection: LiveConnection; failure: ClientFailure }>();
      const steps: string[] = [];
      const place = ({ host, port }: ConnectionProfile) => `${host}:${port}`;
      const connection = {
        ...{ key: benchProfile.key, profile: benchProfile, written: benchProfile },
        update: (profile: ConnectionProfile) => steps.push(`update ${place(profile)}`),
        connect: () => Promise.resolve(steps.push('connect')),
      } as unknown as LiveConnection;
      const commands = new ConnectionCommands({
        profiles: {
          replace: (_scope: string, name: string, setting: { host: string; port: number }) =>
            Promise.resolve(steps.push(`write ${name} ${setting.host}:${setting.port}`)),
        },
        passwords: {
          get: ({ host }: ConnectionProfile) => Promise.resolve(host === 'broker' ? 'secret' : undefined),
          set: ({ host }: ConnectionProfile, password: string) =>
            Promise.resolve(steps.push(`password of ${host}: ${password}`)),
          remove: ({ host }: ConnectionProfile) => Promise.resolve(steps.push(`forget ${host}`)),
          keyOf: ({ host }: ConnectionProfile, kind?: string) => `${kind ?? 'password'} ${host}`,
        },
      } as unknown as ConnectionCommandDependencies);
      const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
      const failed = (_what: string, error: unknown) => assert.fail(String(error));
      const connections = { onDidFail: failing.event } as unknown as Connections;
      reportFailures(connections, commands, log, failed);
      const { window } = fakeVscode;
      window.messages.length = 0;
      window.press = undefined;
      const failure = { kind: 'refusedByServer', version: 5, reasonCode: 0x9c, serverReference } as const;
      failing.fire({ connection, failure });
      await turn();
      assert.deepEqual(steps, []);
      assert.deepEqual(window.messages[0]?.buttons, [button]);
      window.press = button;
      failing.fire({ connection, failure });
      await turn();
      await turn();
      window.press = undefined;
      const written = `${after.host}:${after.port}`;
      const wanted = [
        `password of ${after.host}: secret`,
        `write bench ${written}`,
        `update ${written}`,
        'connect',
      ];
      assert.deepEqual(
        steps.filter((step) => wanted.includes(step)),
        wanted,
      );
    });
  }
});

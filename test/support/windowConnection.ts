import assert from 'node:assert/strict';
import { systemCrypto } from '../../src/transport/systemCrypto';
import type { ConnectionProfile } from '../../src/ui/connections/connectionProfile';
import { LiveConnection } from '../../src/ui/connections/liveConnection';
import type { LiveConnectionDependencies } from '../../src/ui/connections/liveConnectionDependencies';
import { plainTcp } from '../../src/ui/connections/networkProfile';
import { FakeClock } from './fakeClock';

/** The profile of a test that does not care what is in it. */
export const benchProfile: ConnectionProfile = {
  key: 'user:bench',
  scope: 'user',
  name: 'bench',
  host: 'broker',
  port: 1883,
  network: plainTcp,
  version: '5.0',
  userName: undefined,
  clientId: undefined,
  cleanStart: true,
  keepAlive: 0,
  reconnect: true,
};

/** A connection of the window, which is permitted, captured nowhere, has no password, and fails the test where it tells an error. */
export function windowConnection(
  profile: ConnectionProfile,
  given: Pick<LiveConnectionDependencies, 'open'> & Partial<LiveConnectionDependencies>,
): LiveConnection {
  return new LiveConnection(profile, {
    permitted: () => Promise.resolve(true),
    clock: new FakeClock(),
    tap: () => ({ chunk: () => undefined, closed: () => undefined }),
    password: () => Promise.resolve(undefined),
    clientIdentifier: () => 'window',
    random: () => 0.5,
    cryptography: systemCrypto,
    failed: (what, error) => assert.fail(`${what}: ${String(error)}`),
    ...given,
  });
}

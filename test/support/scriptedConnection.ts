import assert from 'node:assert/strict';
import type { ClientFailure } from '../../src/client/clientFailure';
import { memoryLink } from '../../src/transport/memoryLink';
import { systemCrypto } from '../../src/transport/systemCrypto';
import type { ConnectionProfile } from '../../src/ui/connections/connectionProfile';
import { protocolVersionOf } from '../../src/ui/connections/connectionProfile';
import { LiveConnection } from '../../src/ui/connections/liveConnection';
import { plainTcp } from '../../src/ui/connections/networkProfile';
import { FakeClock, turn } from './fakeClock';
import { a } from './packets';
import { RawPeer } from './rawPeer';

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

/** A connection of the window whose server, packet by packet, is the test. */
export class ScriptedConnection {
  readonly clock = new FakeClock();
  readonly servers: RawPeer[] = [];
  readonly failures: ClientFailure[] = [];
  readonly connection: LiveConnection;

  constructor(more: Partial<ConnectionProfile> = {}, password?: string) {
    const profile = { ...benchProfile, ...more };
    this.connection = new LiveConnection(profile, {
      permitted: () => Promise.resolve(true),
      open: () => {
        const [ours, theirs] = memoryLink();
        this.servers.push(new RawPeer(theirs, protocolVersionOf(profile.version)));
        return Promise.resolve(ours);
      },
      clock: this.clock,
      tap: () => ({ chunk: () => undefined, closed: () => undefined }),
      password: () => Promise.resolve(password),
      clientIdentifier: () => 'window',
      random: () => 0.5,
      cryptography: systemCrypto,
      failed: (_, error) => assert.fail(String(error)),
    });
    this.connection.onDidFail((failure) => this.failures.push(failure));
  }

  get server(): RawPeer {
    return this.servers.at(-1) ?? assert.fail('nothing was opened');
  }

  /** Asks for the connection, and lets CONNECT arrive. */
  async begun(): Promise<{ readonly connecting: Promise<void> }> {
    const connecting = this.connection.connect();
    await turn();
    await this.server.received();
    return { connecting };
  }

  /** Connects and is let in; what the server got after CONNECT. */
  async connected(connack = a.connack()): Promise<string[]> {
    const { connecting } = await this.begun();
    const lines = await this.server.send(connack);
    await connecting;
    return lines;
  }

  /** The connection breaks, and CONNECT arrives once more when its time has come. */
  async dropped(): Promise<void> {
    this.server.drop();
    await this.server.received();
    const { state } = this.connection;
    assert.equal(state.state, 'reconnecting');
    await this.clock.pass(state.at - this.clock.now());
    await this.server.received();
  }
}

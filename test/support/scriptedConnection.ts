import assert from 'node:assert/strict';
import type { ClientFailure } from '../../src/client/clientFailure';
import { memoryLink } from '../../src/transport/memoryLink';
import type { ConnectionProfile } from '../../src/ui/connections/connectionProfile';
import { protocolVersionOf } from '../../src/ui/connections/connectionProfile';
import type { LiveConnection, LiveConnectionDependencies } from '../../src/ui/connections/liveConnection';
import { FakeClock, turn } from './fakeClock';
import { a } from './packets';
import { RawPeer } from './rawPeer';
import { benchProfile, windowConnection } from './windowConnection';

/** A connection of the window whose server, packet by packet, is the test. */
export class ScriptedConnection {
  readonly clock = new FakeClock();
  readonly servers: RawPeer[] = [];
  readonly failures: ClientFailure[] = [];
  readonly connection: LiveConnection;

  constructor(
    more: Partial<ConnectionProfile> = {},
    password?: string,
    given: Partial<LiveConnectionDependencies> = {},
  ) {
    const profile = { ...benchProfile, ...more };
    this.connection = windowConnection(profile, {
      open: () => {
        const [ours, theirs] = memoryLink();
        this.servers.push(new RawPeer(theirs, protocolVersionOf(profile.version)));
        return Promise.resolve(ours);
      },
      clock: this.clock,
      password: () => Promise.resolve(password),
      ...given,
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

import * as assert from 'node:assert/strict';
import { Emitter } from '../../src/base/lifecycle';
import { Broker } from '../../src/broker/broker';
import type { ConnectionSetting } from '../../src/contributions/settings';
import { memoryLink } from '../../src/transport/memoryLink';
import { parseProfiles } from '../../src/ui/connections/connectionProfile';
import { Connections } from '../../src/ui/connections/connections';
import type { LiveConnection } from '../../src/ui/connections/liveConnection';
import { systemCrypto } from '../../src/transport/systemCrypto';
import { FakeClock, turn } from '../support/fakeClock';

const bench: ConnectionSetting = { name: 'bench', host: 'here', port: 1883, version: '5.0' };

/** The connections of a window whose settings a test writes. */
class Window {
  readonly clock = new FakeClock(1000);
  readonly broker = new Broker({}, { clock: this.clock, newIdentifier: () => 'auto' });
  readonly opened: string[] = [];
  readonly postponed: string[] = [];
  private readonly written = new Emitter<void>();
  private settings: readonly ConnectionSetting[] = [bench];
  readonly connections = new Connections(
    { all: () => parseProfiles(this.settings, 'user'), onDidChange: this.written.event },
    {
      permitted: () => Promise.resolve(true),
      open: ({ host }) => {
        this.opened.push(host);
        const [ours, theirs] = memoryLink();
        this.broker.accept(theirs);
        return Promise.resolve(ours);
      },
      clock: this.clock,
      tap: () => ({ chunk: () => undefined, closed: () => undefined }),
      password: () => Promise.resolve(undefined),
      clientIdentifier: () => 'window',
      random: () => 0.5,
      cryptography: systemCrypto,
      failed: (what, error) => assert.fail(`${what}: ${String(error)}`),
    },
  );

  constructor() {
    this.connections.onDidPostpone(({ written }) => this.postponed.push(written.host));
  }

  write(...settings: ConnectionSetting[]): void {
    this.settings = settings;
    this.written.fire();
  }

  async connected(): Promise<LiveConnection> {
    const connection = this.connections.get('user:bench');
    assert.ok(connection);
    await connection.connect();
    await connection.subscribe('a', 1);
    return connection;
  }
}

describe('The connections of the settings', () => {
  it('tell once that a change waits for the next connection, and then use it', async () => {
    const window = new Window();
    const connection = await window.connected();
    window.write({ ...bench, host: 'there' });
    window.write({ ...bench, host: 'there' }, { ...bench, name: 'other' });
    assert.deepEqual(window.postponed, ['there']);
    assert.deepEqual([connection.profile.host, connection.written.host], ['here', 'there']);
    await connection.disconnect();
    await connection.connect();
    assert.deepEqual(window.opened, ['here', 'there']);
  });

  it('tell nothing where the change is taken back, or comes while the connection is down', async () => {
    const window = new Window();
    window.write({ ...bench, host: 'first' });
    window.write(bench);
    const connection = await window.connected();
    window.write({ ...bench, host: 'there' });
    window.write(bench);
    assert.deepEqual(window.postponed, ['there']);
    assert.equal(connection.written.host, 'here');
  });

  it('go on under a new name, connected and subscribed', async () => {
    const window = new Window();
    const connection = await window.connected();
    window.connections.expectRename('user:bench', 'user:desk');
    window.write({ ...bench, name: 'desk' });
    await turn();
    assert.equal(window.connections.get('user:desk'), connection);
    assert.equal(window.connections.get('user:bench'), undefined);
    assert.deepEqual([connection.key, connection.profile.name], ['user:desk', 'desk']);
    assert.equal(connection.isConnected, true);
    assert.deepEqual(connection.subscriptions.get('a')?.grant, { reasonCode: 1 });
    assert.deepEqual(window.postponed, []);
  });

  it('resume the session that a 5.0 server was asked to keep', async () => {
    const window = new Window();
    window.write({ ...bench, cleanStart: false });
    const connection = await window.connected();
    await connection.disconnect();
    await connection.connect();
    assert.equal(connection.state.state === 'connected' && connection.state.sessionPresent, true);
  });

  it('take a rename and another address together', async () => {
    const window = new Window();
    const connection = await window.connected();
    window.connections.expectRename('user:bench', 'user:desk');
    window.write({ ...bench, name: 'desk', host: 'there' });
    assert.deepEqual(window.postponed, ['there']);
    assert.equal(connection.profile.host, 'here');
  });

  it('end one that went from the settings, also where the name of a new one was no rename', async () => {
    const window = new Window();
    const connection = await window.connected();
    window.connections.expectRename('user:bench', 'user:desk').dispose();
    window.write({ ...bench, name: 'desk' });
    await turn();
    assert.equal(connection.state.state, 'disconnected');
    assert.notEqual(window.connections.get('user:desk'), connection);
  });
});

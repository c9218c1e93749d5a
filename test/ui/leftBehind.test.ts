import * as assert from 'node:assert/strict';
import '../support/vscodeFake';
import { Emitter } from '../../src/base/lifecycle';
import type { KeptFailure } from '../../src/client/mqttClient';
import { memoryLink } from '../../src/transport/memoryLink';
import { systemCrypto } from '../../src/transport/systemCrypto';
import type { ConnectionProfile } from '../../src/ui/connections/connectionProfile';
import { Connections } from '../../src/ui/connections/connections';
import { leftBehindText } from '../../src/ui/reporting/publishOutcome';
import { FakeClock, turn } from '../support/fakeClock';
import { MemorySessionStore } from '../support/memorySessionStore';
import { outcome, watched } from '../support/outcome';
import { a } from '../support/packets';
import { RawPeer } from '../support/rawPeer';
import { benchProfile } from '../support/windowConnection';

const ada: ConnectionProfile = { ...benchProfile, userName: 'ada', clientId: 'c', cleanStart: false };
const inMemory: ConnectionProfile = { ...ada, clientId: undefined };
const [one, two] = [1, 2].map(
  (qos) => ({ topicName: `q${qos}`, payload: new Uint8Array(1), qos: qos as 1 | 2, retain: false }) as const,
);

/** A window whose settings and servers a test plays. */
class Window {
  readonly told: string[] = [];
  readonly failures: KeptFailure[] = [];
  private readonly servers: RawPeer[] = [];
  private readonly stores = new Map<string, MemorySessionStore>();
  private readonly written = new Emitter<void>();
  private settings: readonly ConnectionProfile[] = [];
  readonly connections: Connections;

  constructor(profile: ConnectionProfile) {
    this.settings = [profile];
    this.connections = new Connections(
      {
        all: () => this.settings.map((each) => ({ profile: each, invalid: undefined })),
        onDidChange: this.written.event,
      },
      {
        permitted: () => Promise.resolve(true),
        open: () => {
          const [ours, theirs] = memoryLink();
          this.servers.push(new RawPeer(theirs, 5));
          return Promise.resolve(ours);
        },
        clock: new FakeClock(),
        tap: () => ({ chunk: () => undefined, closed: () => undefined }),
        password: () => Promise.resolve(undefined),
        clientIdentifier: () => 'window',
        sessionStore: (_, key) => {
          const store = this.stores.get(key) ?? new MemorySessionStore();
          this.stores.set(key, store);
          return store;
        },
        leftBehind: (of, messages) => this.told.push(leftBehindText(of, messages)),
        random: () => 0.5,
        cryptography: systemCrypto,
        failed: (what, error) => assert.fail(`${what}: ${String(error)}`),
      },
    );
    this.connections.onKeptFailed(({ failure }) => this.failures.push(failure));
  }

  write(...profiles: ConnectionProfile[]): void {
    this.settings = profiles;
    this.written.fire();
  }

  /** Connects; returns what the server got after CONNECT. */
  async connected(sessionPresent = false): Promise<string[]> {
    const connecting = this.connections.get(ada.key)?.connect();
    await turn();
    await this.servers.at(-1)?.received();
    const lines = await this.servers.at(-1)?.send(a.connack({ sessionPresent }));
    await connecting;
    return lines ?? [];
  }

  /** Publishes a message of QoS 1, and one of QoS 2 that the server takes (PUBREC), and disconnects before both are through. */
  async kept(): Promise<void> {
    await this.connected();
    const connection = this.connections.get(ada.key);
    assert.ok(connection && one && two);
    const published = [one, two].map((each) => watched(connection.publish(each)));
    await turn();
    await this.servers.at(-1)?.send(a.acknowledgement('PUBREC', 2));
    await connection.disconnect();
    assert.deepEqual(await Promise.all(published.map(outcome)), Array(2).fill('notConnected, kept'));
  }
}

describe('Messages that are kept on the disk', () => {
  const text =
    /^2 messages of bench wait in a session that does not go on: that of the user "ada", the Client Identifier "c" and .*broker/;
  for (const [what, change] of [
    ['the user', { userName: 'eve' }],
    ['clean start', { cleanStart: true }],
  ] as const) {
    it(`are told to stay behind where ${what} is another one, and go out when it is as it was`, async () => {
      const window = new Window(ada);
      await window.kept();
      window.write({ ...ada, ...change });
      assert.deepEqual(await window.connected(), []);
      assert.equal(window.told.length, 1);
      assert.match(window.told[0] ?? '', text);
      await window.connections.get(ada.key)?.disconnect();
      window.write(ada);
      assert.deepEqual(await window.connected(true), ['PUBREL #2', 'PUBLISH q1 #1 dup q1 "\x00"']);
      assert.deepEqual([window.told.length, window.failures], [1, []]);
      window.connections.dispose();
    });
  }

  it('are told to stay behind where their connection is removed from the settings', async () => {
    const window = new Window(ada);
    await window.kept();
    window.write();
    await turn();
    assert.equal(window.told.length, 1);
    assert.match(window.told[0] ?? '', text);
    window.connections.dispose();
  });

  it('are nothing to be told of where the session goes on, or the window closes', async () => {
    const window = new Window(ada);
    await window.kept();
    window.write({ ...ada, keepAlive: 7 });
    await window.connected(true);
    window.connections.dispose();
    assert.deepEqual(window.told, []);
  });

  it('are told of with their number', () => {
    assert.match(leftBehindText(ada, 1), /^1 message of bench waits .* It is kept, and sent when/);
    assert.match(leftBehindText({ ...ada, userName: undefined }, 1234), /^1,234 messages .* of no user name/);
  });
});

describe('Messages that are kept while the window is open', () => {
  it('are told to be lost where their connection is removed from the settings, not where the window closes', async () => {
    for (const closes of [false, true]) {
      const window = new Window(inMemory);
      await window.kept();
      if (closes) window.connections.dispose();
      else window.write();
      await turn();
      assert.deepEqual(
        window.failures.map(({ topicName }) => topicName),
        closes ? [] : ['q1', undefined],
      );
      window.connections.dispose();
    }
  });
});

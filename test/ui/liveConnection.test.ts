import * as assert from 'node:assert/strict';
import { TransportFailureError } from '../../src/base/transportFailure';
import { decodeUtf8, encodeUtf8 } from '../../src/base/utf8';
import { Broker } from '../../src/broker/broker';
import type { ClientFailure } from '../../src/client/clientFailure';
import { memoryLink } from '../../src/transport/memoryLink';
import type { ConnectionProfile } from '../../src/ui/connections/connectionProfile';
import { newClientIdentifier } from '../../src/ui/connections/clientIdentifier';
import { NotConnectedError } from '../../src/ui/connections/liveConnection';
import { FakeClock, turn } from '../support/fakeClock';
import { a } from '../support/packets';
import { RawPeer } from '../support/rawPeer';
import { ScriptedConnection } from '../support/scriptedConnection';
import { benchProfile, windowConnection } from '../support/windowConnection';

const profile: ConnectionProfile = { ...benchProfile, userName: 'ada', keepAlive: 60 };

/** A connection of the window to a broker in the same process. */
class Bench {
  readonly clock = new FakeClock(1000);
  readonly failures: ClientFailure[] = [];
  readonly errors: unknown[] = [];
  readonly opened: string[] = [];
  password: string | undefined = 'secret';
  permitted = true;
  reachable = true;
  broker = this.newBroker();
  readonly retries: number[] = [];
  readonly connection = windowConnection(this.used, {
    permitted: () => Promise.resolve(this.permitted),
    open: (opened) => {
      this.opened.push(`${opened.host}:${opened.port}`);
      if (!this.reachable) {
        return Promise.reject(
          new TransportFailureError({ step: 'tcp', code: 'refused', detail: 'ECONNREFUSED' }),
        );
      }
      const [ours, theirs] = memoryLink();
      this.broker.accept(theirs);
      return Promise.resolve(ours);
    },
    clock: this.clock,
    password: () => Promise.resolve(this.password),
    failed: (_, error) => this.errors.push(error),
  });

  constructor(private readonly used = profile) {
    this.connection.onDidFail((failure) => this.failures.push(failure));
    this.connection.onDidRetry(({ attempt }) => this.retries.push(attempt));
  }

  /** The server is stopped and is another one after that, which knows nothing. */
  async restart(): Promise<void> {
    await this.broker.close();
    this.broker = this.newBroker();
    await turn();
  }

  private newBroker(): Broker {
    return new Broker(
      { accessControl: { authenticate: ({ password }) => !!password && decodeUtf8(password) === 'secret' } },
      { clock: this.clock, newIdentifier: () => 'auto' },
    );
  }

  get state(): string {
    return this.connection.state.state;
  }
}

describe('A connection of the window', () => {
  it('is up once the server accepted, and down after a disconnect, which is no failure', async () => {
    const bench = new Bench();
    await bench.connection.connect();
    assert.equal(bench.state, 'connected');
    await bench.connection.disconnect();
    assert.equal(bench.state, 'disconnected');
    assert.deepEqual(bench.failures, []);
    assert.deepEqual(bench.errors, []);
  });

  it('tells why it failed and stays down', async () => {
    const bench = new Bench();
    bench.password = 'wrong';
    await bench.connection.connect();
    bench.reachable = false;
    await bench.connection.connect();
    assert.equal(bench.state, 'disconnected');
    assert.deepEqual(
      bench.failures.map(({ kind }) => kind),
      ['refusedByServer', 'transport'],
    );
  });

  it('takes the password of the moment, not that of the last attempt', async () => {
    const bench = new Bench();
    bench.password = undefined;
    await bench.connection.connect();
    assert.equal(bench.state, 'disconnected');
    bench.password = 'secret';
    await bench.connection.connect();
    assert.equal(bench.state, 'connected');
  });

  it('opens nothing while it is not permitted', async () => {
    const bench = new Bench();
    bench.permitted = false;
    await bench.connection.connect();
    assert.equal(bench.state, 'disconnected');
    assert.deepEqual(bench.opened, []);
  });

  it('opens once where connect is pressed twice', async () => {
    const bench = new Bench();
    await Promise.all([bench.connection.connect(), bench.connection.connect()]);
    assert.equal(bench.state, 'connected');
    assert.equal(bench.opened.length, 1);
  });

  it('comes down again where it is disconnected while it connects', async () => {
    const bench = new Bench();
    const connecting = bench.connection.connect();
    await bench.connection.disconnect();
    await connecting;
    await turn();
    assert.equal(bench.state, 'disconnected');
    assert.deepEqual(bench.failures, []);
  });

  it('is down, and can be tried again, after the password could not be read', async () => {
    const bench = new Bench();
    Object.defineProperty(bench, 'password', {
      configurable: true,
      get: () => {
        throw new Error('The secret storage is locked');
      },
    });
    await assert.rejects(bench.connection.connect(), /locked/);
    assert.equal(bench.state, 'disconnected');
    Object.defineProperty(bench, 'password', { value: 'secret' });
    await bench.connection.connect();
    assert.equal(bench.state, 'connected');
  });

  it('keeps what it was made with until it ends, then takes what the settings say', async () => {
    const bench = new Bench();
    await bench.connection.connect();
    bench.connection.update({ ...profile, host: 'other' });
    assert.equal(bench.connection.profile.host, 'broker');
    await bench.connection.disconnect();
    assert.equal(bench.connection.profile.host, 'other');
    await bench.connection.connect();
    assert.deepEqual(bench.opened, ['broker:1883', 'other:1883']);
  });

  it('receives what it subscribed to, under its filter', async () => {
    const bench = new Bench();
    await bench.connection.connect();
    assert.deepEqual(await bench.connection.subscribe('demo/#', 1), { reasonCode: 1 });
    await bench.connection.publish({ topicName: 'demo/a', payload: encodeUtf8('x'), qos: 1, retain: false });
    await turn();
    const [filter] = bench.connection.topics.filters;
    assert.equal(filter?.levels.get('demo')?.levels.get('a')?.count, 1);
    assert.deepEqual(bench.connection.subscriptions.get('demo/#')?.grant, { reasonCode: 1 });
  });

  it('subscribes again when it is up again, and to what was added while it was down', async () => {
    const bench = new Bench();
    await bench.connection.connect();
    await bench.connection.subscribe('a', 2);
    await bench.connection.disconnect();
    assert.equal(bench.connection.subscriptions.get('a')?.grant, 'waiting');
    assert.deepEqual(await bench.connection.subscribe('b', 0), { reasonCode: undefined });
    await bench.connection.connect();
    await turn();
    assert.deepEqual(
      bench.connection.subscriptions.all().map(({ topicFilter, grant }) => [topicFilter, grant]),
      [
        ['a', { reasonCode: 2 }],
        ['b', { reasonCode: 0 }],
      ],
    );
  });

  it('does not come back to a filter that was taken out', async () => {
    const bench = new Bench();
    await bench.connection.connect();
    await bench.connection.subscribe('a', 2);
    assert.deepEqual(await bench.connection.unsubscribe('a'), { reasonCode: 0 });
    assert.deepEqual(bench.connection.subscriptions.all(), []);
    assert.deepEqual(bench.connection.topics.filters, []);
  });

  it('publishes nothing while it is down', async () => {
    const { connection } = new Bench();
    const message = { topicName: 'a', payload: encodeUtf8('x'), qos: 0, retain: false } as const;
    await assert.rejects(async () => connection.publish(message), NotConnectedError);
  });

  it('tells when the server goes, where it is not to be made again', async () => {
    const bench = new Bench({ ...profile, reconnect: false });
    await bench.connection.connect();
    await bench.broker.close();
    await turn();
    assert.equal(bench.state, 'disconnected');
    assert.deepEqual(
      bench.failures.map(({ kind }) => kind),
      ['disconnectedByServer'],
    );
  });

  it('is made again when it is lost, with its subscriptions and what was published meanwhile', async () => {
    const bench = new Bench();
    await bench.connection.connect();
    await bench.connection.subscribe('a', 1);
    bench.reachable = false;
    await bench.restart();
    assert.equal(bench.state, 'reconnecting');
    assert.equal(bench.connection.secondsToRetry(), 1);
    await bench.clock.pass(5_000);
    assert.ok(bench.retries.length > 2);
    const message = { topicName: 'a', payload: encodeUtf8('x'), retain: false } as const;
    await assert.rejects(async () => bench.connection.publish({ ...message, qos: 0 }), NotConnectedError);
    const waiting = bench.connection.publish({ ...message, qos: 1 });
    bench.reachable = true;
    // Somebody who does not want to wait presses the plug.
    await bench.connection.connect();
    await turn();
    assert.equal(bench.state, 'connected');
    assert.ok((await waiting).reasonCode < 0x80);
    assert.deepEqual(bench.connection.subscriptions.get('a')?.grant, { reasonCode: 1 });
    assert.deepEqual(bench.failures, []);
    assert.deepEqual(bench.errors, []);
  });

  it('is given up where it waits to be made again, when somebody disconnects or the settings change', async () => {
    for (const end of [
      ({ connection }: Bench) => connection.disconnect(),
      ({ connection }: Bench) => {
        connection.update({ ...profile, host: 'other' });
        return Promise.resolve();
      },
    ]) {
      const bench = new Bench();
      await bench.connection.connect();
      bench.reachable = false;
      await bench.restart();
      assert.equal(bench.state, 'reconnecting');
      await end(bench);
      await turn();
      assert.equal(bench.state, 'disconnected');
      await bench.clock.pass(1_000_000);
      assert.equal(bench.clock.waiting, 0);
      assert.deepEqual(bench.failures, []);
    }
  });

  it('does not subscribe again to what a Session that goes on has, and ends there what nobody wants any more', async () => {
    const [ours, theirs] = [memoryLink(), memoryLink()];
    const links = [ours, theirs];
    const servers: RawPeer[] = [];
    const clock = new FakeClock();
    const connection = windowConnection(
      { ...profile, cleanStart: false, clientId: 'c' },
      {
        open: () => {
          const [clientEnd, serverEnd] = links[servers.length] ?? memoryLink();
          servers.push(new RawPeer(serverEnd, 5));
          return Promise.resolve(clientEnd);
        },
        clock,
      },
    );
    const connecting = connection.connect();
    await turn();
    await servers[0]?.received();
    await servers[0]?.send(a.connack());
    await connecting;
    void connection.subscribe('kept', 1);
    void connection.subscribe('ended', 1);
    await servers[0]?.received();
    await servers[0]?.send(a.suback(1, [1]), a.suback(2, [1]));
    servers[0]?.drop();
    await servers[0]?.received();
    await connection.unsubscribe('ended');
    await connection.subscribe('new', 0);
    await clock.pass(1_000);
    await servers[1]?.received();
    assert.deepEqual(await servers[1]?.send(a.connack({ sessionPresent: true })), [
      'SUBSCRIBE #3 new q0',
      'UNSUBSCRIBE #4 ended',
    ]);
    connection.dispose();
  });

  it('subscribes before the messages that wait go out, so that none comes back unseen', async () => {
    const bench = new ScriptedConnection();
    await bench.connected();
    void bench.connection.subscribe('echo', 1);
    await bench.server.received();
    await bench.server.send(a.suback(1, [1]));
    await bench.dropped();
    void bench.connection.publish({ topicName: 'echo', payload: new Uint8Array(1), qos: 1, retain: false });
    void bench.connection.subscribe('new', 0);
    assert.equal(bench.connection.isReconnecting, true);
    assert.equal(bench.connection.outstanding, 1);
    assert.deepEqual(await bench.server.send(a.connack()), [
      'SUBSCRIBE #2 echo q1, new q0',
      'PUBLISH q1 #3 echo "\x00"',
    ]);
    bench.connection.dispose();
  });
});

describe('A Client Identifier of the window', () => {
  it('is one that every server takes [MQTT-3.1.3-5]', () => {
    const random = (bytes: Uint8Array<ArrayBuffer>): Uint8Array => bytes.map((_, index) => index * 29);
    assert.match(newClientIdentifier(random), /^[0-9a-zA-Z]{1,23}$/);
    const others = new Set(
      Array.from({ length: 50 }, () => newClientIdentifier((bytes) => crypto.getRandomValues(bytes))),
    );
    assert.equal(others.size, 50);
  });
});

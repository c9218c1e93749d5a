import assert from 'node:assert/strict';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { Aedes } from 'aedes';
import type { ClientFailure } from '../../src/client/mqttClient';
import { ClientError } from '../../src/client/mqttClient';
import type { ProtocolVersion } from '../../src/protocol/controlPacket';
import { encodeUtf8 } from '../../src/base/utf8';
import { freePort } from '../support/freePort';
import { mosquittoPublish, mosquittoSubscribe, startMosquitto } from '../support/mosquitto';
import { startOwnBroker } from '../support/ownBroker';
import { OwnClient } from '../support/ownClient';
import { a } from '../support/packets';
import { requirePeer } from '../support/peers';

/** 256 bytes, one of every value. */
const everyByte = Uint8Array.from({ length: 256 }, (_, value) => value);

interface RunningBroker {
  readonly port: number;
  close(): Promise<unknown>;
}

const listen = (server: Server) =>
  new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
  );

const brokers: readonly (readonly [
  name: string,
  versions: readonly ProtocolVersion[],
  start: () => Promise<RunningBroker>,
])[] = [
  [
    'mosquitto',
    [3, 4, 5],
    async () => {
      // Without limits: it drops what a client has not read yet.
      const mosquitto = await startMosquitto({
        configuration: ['max_inflight_messages 0', 'max_queued_messages 0'],
      });
      return { port: mosquitto.port, close: () => mosquitto.stop() };
    },
  ],
  [
    'aedes',
    [3, 4],
    async () => {
      const aedes = await Aedes.createBroker();
      const server = createServer(aedes.handle);
      const port = await listen(server);
      const close = async () => {
        await new Promise<void>((resolve) => aedes.close(resolve));
        await new Promise((resolve) => server.close(resolve));
      };
      return { port, close };
    },
  ],
  ['our own broker', [3, 4, 5], startOwnBroker],
];

for (const [name, versions, start] of brokers) {
  describe(`The client with ${name}`, function () {
    this.timeout(30_000);
    let broker: RunningBroker;
    before(async function () {
      if (name === 'mosquitto') requirePeer(this, 'mosquitto');
      broker = await start();
    });
    after(async () => {
      await broker?.close();
    });

    for (const version of versions) {
      it(`subscribes, receives its own bytes at every QoS, unsubscribes and leaves in version ${version}`, async () => {
        const client = new OwnClient(broker.port, { version });
        await client.connect();
        assert.deepEqual(
          (await client.subscribe([a.subscription('own/#', 2), a.subscription('+/x', 1)])).reasonCodes,
          [2, 1],
        );
        for (const qos of [0, 1, 2] as const) {
          const { reasonCode } = await client.publish({ topicName: `own/${qos}`, payload: everyByte, qos });
          assert.equal(reasonCode, 0);
        }
        const received = await client.until(3);
        assert.deepEqual(
          received
            .map(({ topicName, qos, payload }) => ({ topicName, qos, payload }))
            .sort((one, other) => one.qos - other.qos),
          [0, 1, 2].map((qos) => ({ topicName: `own/${qos}`, qos, payload: everyByte })),
        );
        assert.deepEqual((await client.unsubscribe(['own/#'])).reasonCodes, [0]);
        await client.disconnect();
        assert.deepEqual(client.state, { state: 'disconnected' });
      });

      it(`has a thousand messages under way at once in version ${version}`, async () => {
        const client = new OwnClient(broker.port, { version });
        await client.connect();
        await client.subscribe([a.subscription('many', 0)]);
        const payload = encodeUtf8('x'.repeat(100));
        const outcomes = await Promise.all(
          Array.from({ length: 1_000 }, (_, index) =>
            client.publish({ topicName: 'many', payload, qos: index % 2 === 0 ? 1 : 2 }),
          ),
        );
        assert.ok(outcomes.every(({ reasonCode }) => reasonCode === 0));
        await client.until(1_000);
        await client.disconnect();
      });

      it(`keeps its Session over a broken connection in version ${version}`, async () => {
        const options = {
          version,
          clientIdentifier: `lasting-${version}`,
          cleanStart: false,
          ...(version === 5 && { properties: { sessionExpiryInterval: 60 } }),
        };
        const client = new OwnClient(broker.port, options);
        await client.connect();
        await client.subscribe([a.subscription(`kept/${version}`, 1)]);
        await client.cut();
        const other = new OwnClient(broker.port, { version, clientIdentifier: `other-${version}` });
        await other.connect();
        await other.publish({ topicName: `kept/${version}`, payload: everyByte, qos: 1 });
        await other.disconnect();
        await client.connect();
        const { state } = client;
        // In 3.1 the bit is reserved, whatever the server makes of it.
        if (version !== 3) assert.ok(state.state === 'connected' && state.sessionPresent);
        const [message] = await client.until(1);
        assert.deepEqual(message?.payload, everyByte);
        await client.disconnect();
      });
    }
  });
}

describe("The client with mosquitto's own clients", function () {
  this.timeout(30_000);
  for (const version of ['mqttv31', 'mqttv311', 'mqttv5'] as const) {
    it(`receives what mosquitto_pub sends and reaches mosquitto_sub in ${version}`, async function () {
      requirePeer(this, 'mosquitto', 'mosquitto_pub', 'mosquitto_sub');
      const mosquitto = await startMosquitto();
      try {
        const number = ({ mqttv31: 3, mqttv311: 4, mqttv5: 5 } as const)[version];
        const client = new OwnClient(mosquitto.port, { version: number });
        await client.connect();
        await client.subscribe([a.subscription('in', 2)]);
        await mosquittoPublish(mosquitto, { topic: 'in', payload: everyByte, qos: 2, version });
        assert.deepEqual((await client.until(1))[0]?.payload, everyByte);
        const subscription = await mosquittoSubscribe(mosquitto, 'out', { version });
        await client.publish({ topicName: 'out', payload: everyByte, qos: 1 });
        assert.deepEqual(await subscription.received(1), [
          { topic: 'out', payload: everyByte, qos: 1, retain: false },
        ]);
        await subscription.stop();
        await client.disconnect();
      } finally {
        await mosquitto.stop();
      }
    });
  }
});

describe('The client says why it cannot connect', function () {
  this.timeout(30_000);

  /** Why connecting to a port fails. */
  async function failureAt(
    port: number,
    options: ConstructorParameters<typeof OwnClient>[1] = {},
  ): Promise<ClientFailure> {
    const client = new OwnClient(port, options);
    try {
      await client.connect();
    } catch (error) {
      assert.ok(error instanceof ClientError);
      assert.deepEqual(client.state, { state: 'disconnected', failure: error.failure });
      return error.failure;
    }
    return assert.fail('it connected');
  }

  for (const [version, reasonCode] of [
    [4, 5],
    [5, 0x87],
  ] as const) {
    it(`to mosquitto with a wrong password in version ${version}`, async function () {
      requirePeer(this, 'mosquitto');
      const mosquitto = await startMosquitto({ user: { name: 'me', password: 'secret' } });
      try {
        const credentials = (password: string) => ({
          version,
          userName: 'me',
          password: encodeUtf8(password),
        });
        assert.deepEqual(await failureAt(mosquitto.port, credentials('wrong')), {
          kind: 'refusedByServer',
          version,
          reasonCode,
        });
        const client = new OwnClient(mosquitto.port, credentials('secret'));
        await client.connect();
        await client.disconnect();
      } finally {
        await mosquitto.stop();
      }
    });
  }

  it('to a port where nothing listens', async () => {
    assert.deepEqual(await failureAt(await freePort()), {
      kind: 'transport',
      failure: { step: 'tcp', code: 'refused', detail: 'ECONNREFUSED' },
    });
  });

  it('to a port that speaks HTTP', async () => {
    const server = createHttpServer();
    const failure = await failureAt(await listen(server));
    assert.equal(failure.kind, 'notMqtt');
    assert.ok(failure.kind === 'notMqtt');
    assert.match(Buffer.from(failure.firstBytes).toString('latin1'), /^HTTP\/1\.1 400 /);
    await new Promise((resolve) => server.close(resolve));
  });

  it('to a port that closes without a word, and to one that says nothing', async () => {
    const closing = createServer((socket) => socket.once('data', () => socket.end()));
    assert.deepEqual(await failureAt(await listen(closing)), { kind: 'closedByServer', duringConnect: true });
    const silent = createServer((socket) => void socket.resume());
    assert.deepEqual(await failureAt(await listen(silent), { connectTimeout: 200 }), {
      kind: 'connackTimeout',
    });
    await Promise.all([closing, silent].map((server) => new Promise((resolve) => server.close(resolve))));
  });

  it('to aedes with 5.0, which it does not speak', async () => {
    const aedes = await Aedes.createBroker();
    const server = createServer(aedes.handle);
    const failure = await failureAt(await listen(server), { version: 5 });
    assert.ok(['refusedByServer', 'closedByServer'].includes(failure.kind), failure.kind);
    await new Promise<void>((resolve) => aedes.close(resolve));
    await new Promise((resolve) => server.close(resolve));
  });
});

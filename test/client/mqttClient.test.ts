import assert from 'node:assert/strict';
import { TransportFailureError } from '../../src/base/transportFailure';
import { encodeUtf8 } from '../../src/base/utf8';
import { ClientError, MqttClient } from '../../src/client/mqttClient';
import type { ClientOptions, ClientState, ReceivedMessage } from '../../src/client/mqttClient';
import type { ProtocolVersion } from '../../src/protocol/controlPacket';
import type { CaptureTap, Transport } from '../../src/session/effects';
import { memoryLink } from '../../src/transport/memoryLink';
import { FakeClock, turn } from '../support/fakeClock';
import { outcome, watched } from '../support/outcome';
import { a, line } from '../support/packets';
import { RawPeer } from '../support/rawPeer';

const options: ClientOptions & { version: ProtocolVersion } = {
  version: 5,
  clientIdentifier: 'c',
  cleanStart: true,
  keepAlive: 0,
};

/** A client whose server is the test. */
class Bench {
  readonly clock = new FakeClock(5_000);
  readonly states: ClientState[] = [];
  readonly batches: (readonly ReceivedMessage[])[] = [];
  readonly client: MqttClient;
  /** The servers of the connections that were opened, first to last. */
  readonly servers: RawPeer[] = [];
  readonly tapped: string[] = [];
  openTransport = (): Promise<Transport> => {
    const [clientEnd, serverEnd] = memoryLink();
    this.servers.push(new RawPeer(serverEnd, this.options.version));
    return Promise.resolve(clientEnd);
  };

  openTap = (): CaptureTap => ({
    chunk: (direction, bytes) => this.tapped.push(`${direction} ${bytes.length}`),
    closed: () => this.tapped.push('closed'),
  });

  constructor(readonly options: ClientOptions & { version: ProtocolVersion }) {
    this.client = new MqttClient(options, {
      open: () => this.openTransport(),
      clock: this.clock,
      tap: () => this.openTap(),
    });
    this.client.onDidChangeState((state) => this.states.push(state));
    this.client.onMessages((messages) => this.batches.push(messages));
  }

  get server(): RawPeer {
    const server = this.servers.at(-1);
    assert.ok(server);
    return server;
  }

  /** The states since the last time, in short. */
  takeStates(): string[] {
    return this.states
      .splice(0)
      .map((state) =>
        state.state === 'disconnected' && state.failure ? `disconnected: ${state.failure.kind}` : state.state,
      );
  }

  async connected(connack = a.connack()): Promise<this> {
    const connecting = this.client.connect();
    await turn();
    await this.server.send(connack);
    await connecting;
    this.takeStates();
    return this;
  }
}

describe('An MQTT client', () => {
  it('tells its states, and what was negotiated', async () => {
    const bench = new Bench({ ...options, clientIdentifier: '', keepAlive: 60 });
    const connecting = bench.client.connect();
    await turn();
    const properties = {
      assignedClientIdentifier: 'given',
      serverKeepAlive: 30,
      receiveMaximum: 7,
      maximumQoS: 1,
    };
    await bench.server.send(a.connack({ properties }));
    await connecting;
    assert.deepEqual(bench.client.state, {
      state: 'connected',
      sessionPresent: false,
      negotiated: {
        clientIdentifier: 'given',
        assignedClientIdentifier: 'given',
        keepAlive: 30,
        sessionExpiryInterval: 0,
        receiveMaximum: 7,
        maximumQoS: 1,
        retainAvailable: true,
        maximumPacketSize: 268_435_460,
        topicAliasMaximum: 0,
        wildcardSubscriptionAvailable: true,
        subscriptionIdentifierAvailable: true,
        sharedSubscriptionAvailable: true,
        properties,
      },
      version: 5,
    });
    const leaving = bench.client.disconnect();
    await leaving;
    assert.deepEqual(bench.takeStates(), ['connecting', 'connected', 'disconnecting', 'disconnected']);
    assert.deepEqual(
      await bench.server.received(),
      ['CONNECT "" clean', 'DISCONNECT 0x00', 'closed'].slice(1),
    );
  });

  it('hands on one batch for each chunk, with the time it was read', async () => {
    const bench = await new Bench(options).connected();
    await bench.clock.pass(10);
    await bench.server.send(a.publish('a'), a.publish('b', 1, 1, { retain: true, dup: true }));
    await bench.server.send(a.publish('c'));
    assert.deepEqual(
      bench.batches.map((batch) => batch.map(({ topicName }) => topicName)),
      [['a', 'b'], ['c']],
    );
    const second = bench.batches[0]?.[1];
    assert.ok(second);
    const { topicName, payload, qos, retain, dup, properties, at, subscriptions } = second;
    const message = { topicName, payload, qos, retain, dup, properties, at, subscriptions };
    assert.deepEqual(message, {
      subscriptions: [],
      topicName: 'b',
      payload: encodeUtf8('x'),
      qos: 1,
      retain: true,
      dup: true,
      properties: {},
      at: 5_010,
    });
  });

  it('settles requests with the answers of the server', async () => {
    const { client, server } = await new Bench(options).connected();
    const publish = (qos: 0 | 1 | 2) => client.publish({ topicName: 't', payload: encodeUtf8('x'), qos });
    const requests = [
      publish(0),
      publish(1),
      publish(2),
      client.subscribe([a.subscription('a'), a.subscription('b', 2)]),
      client.unsubscribe(['a']),
    ];
    assert.deepEqual(await Promise.all(requests.map(outcome)), [
      { reasonCode: 0, packetIdentifier: 0, properties: {} },
      'pending',
      'pending',
      'pending',
      'pending',
    ]);
    await server.send(
      a.acknowledgement('PUBACK', 1, 0x10),
      a.acknowledgement('PUBREC', 2),
      a.acknowledgement('PUBCOMP', 2),
      a.suback(3, [0, 0x87]),
      a.unsuback(4, [0]),
    );
    assert.deepEqual(await Promise.all(requests), [
      { reasonCode: 0, packetIdentifier: 0, properties: {} },
      { reasonCode: 0x10, packetIdentifier: 1, properties: {} },
      { reasonCode: 0, packetIdentifier: 2, properties: {} },
      { reasonCodes: [0, 0x87], properties: {} },
      { reasonCodes: [0], properties: {} },
    ]);
  });

  it('rejects what breaks a rule, and stays connected', async () => {
    const { client } = await new Bench(options).connected();
    assert.deepEqual(
      await Promise.all([
        outcome(client.publish({ topicName: 'a/#', payload: encodeUtf8('') })),
        outcome(client.subscribe([])),
        outcome(client.publish({ topicName: 'a', payload: encodeUtf8('') })),
      ]),
      ['topicNameWildcard', 'noTopicFilter', { reasonCode: 0, packetIdentifier: 0, properties: {} }],
    );
  });

  it('rejects requests while there is no connection', async () => {
    const { client } = new Bench(options);
    const payload = encodeUtf8('');
    assert.equal(await outcome(client.publish({ topicName: 'a', payload })), 'notConnected');
    assert.equal(await outcome(client.subscribe([a.subscription('a')])), 'notConnected');
    await client.disconnect();
    assert.deepEqual(client.state, { state: 'disconnected' });
  });

  const endings: readonly (readonly [
    what: string,
    end: (bench: Bench) => unknown,
    kind: string,
    state: string,
  ])[] = [
    [
      'the server disconnects',
      ({ server }) => server.send(a.disconnect(0x8b)),
      'disconnectedByServer',
      'disconnected: disconnectedByServer',
    ],
    ['the connection breaks', ({ server }) => server.drop(), 'transport', 'disconnected: transport'],
    [
      'the server breaks a rule',
      ({ server }) => server.sendBytes(Uint8Array.of(0x00, 0)),
      'protocol',
      'disconnected: protocol',
    ],
    ['the client disconnects', ({ client }) => client.disconnect(), 'notConnected', 'disconnected'],
    ['the client is disposed of', ({ client }) => client.dispose(), 'notConnected', 'disconnected'],
  ];
  for (const [what, end, kind, state] of endings) {
    it(`settles everything that is outstanding when ${what}`, async () => {
      const bench = await new Bench(options).connected(a.connack({ properties: { receiveMaximum: 1 } }));
      const { client } = bench;
      const requests = [
        client.publish({ topicName: 'sent', payload: encodeUtf8('x'), qos: 2 }),
        client.publish({ topicName: 'waiting', payload: encodeUtf8('x'), qos: 1 }),
        client.subscribe([a.subscription('a')]),
        client.unsubscribe(['a']),
      ].map((request) => watched<unknown>(request));
      await turn();
      await end(bench);
      await bench.server.received();
      assert.deepEqual(await Promise.all(requests.map(outcome)), [kind, kind, kind, kind]);
      assert.equal(bench.takeStates().at(-1), state);
    });
  }

  describe('that cannot connect says why', () => {
    const failure = { step: 'tcp', code: 'refused', detail: 'ECONNREFUSED' } as const;
    const failures: readonly (readonly [
      what: string,
      prepare: (bench: Bench) => unknown,
      expected: object,
    ])[] = [
      [
        'when the transport cannot be opened',
        (bench) => (bench.openTransport = () => Promise.reject(new TransportFailureError(failure))),
        { kind: 'transport', failure },
      ],
      [
        'when opening fails in an unforeseen way',
        (bench) => (bench.openTransport = () => Promise.reject(new Error('no key file'))),
        { kind: 'transport', failure: { step: 'tcp', code: 'other', detail: 'no key file' } },
      ],
      [
        'when the server refuses',
        async ({ server }) =>
          server.send(a.connack({ reasonCode: 0x86, properties: { reasonString: 'who are you' } })),
        { kind: 'refusedByServer', version: 5, reasonCode: 0x86, reasonString: 'who are you' },
      ],
      [
        'when something else answers',
        ({ server }) => server.sendBytes(encodeUtf8('HTTP/1.1 400')),
        { kind: 'notMqtt', firstBytes: encodeUtf8('HTTP/1.1 400') },
      ],
      [
        'when the connection is closed',
        ({ server }) => server.end(),
        { kind: 'closedByServer', duringConnect: true },
      ],
      ['when nobody answers', ({ clock }) => clock.pass(10_000), { kind: 'connackTimeout' }],
    ];
    for (const [what, prepare, expected] of failures) {
      it(what, async () => {
        const bench = new Bench(options);
        if (what.includes('open')) void prepare(bench);
        const connecting = watched(bench.client.connect());
        await turn();
        if (!what.includes('open')) await prepare(bench);
        await assert.rejects(connecting, (error) => {
          assert.ok(error instanceof ClientError);
          assert.deepEqual(error.failure, expected);
          return true;
        });
        assert.deepEqual(bench.client.state, { state: 'disconnected', failure: expected });
      });
    }

    it('when the transport does not open in time, and drops it if it opens later', async () => {
      const bench = new Bench({ ...options, connectTimeout: 50 });
      let opened: (transport: Transport) => void = () => undefined;
      bench.openTransport = () => new Promise((resolve) => (opened = resolve));
      const connecting = watched(bench.client.connect());
      await bench.clock.pass(50);
      await assert.rejects(connecting, {
        failure: {
          kind: 'transport',
          failure: { step: 'tcp', code: 'timedOut', detail: 'no connection within 50 ms' },
        },
      });
      const [late, other] = memoryLink();
      const server = new RawPeer(other, 5);
      opened(late);
      assert.deepEqual(await server.received(), ['reset']);
    });
  });

  it('can be told to stop while it connects, at every stage', async () => {
    const opening = new Bench(options);
    let opened: (transport: Transport) => void = () => undefined;
    opening.openTransport = () => new Promise((resolve) => (opened = resolve));
    const first = watched(opening.client.connect());
    await opening.client.disconnect();
    assert.equal(await outcome(first), 'notConnected');
    const [late, other] = memoryLink();
    opened(late);
    assert.deepEqual(await new RawPeer(other, 5).received(), ['reset']);

    const waiting = new Bench(options);
    const second = watched(waiting.client.connect());
    await turn();
    await waiting.client.disconnect();
    assert.equal(await outcome(second), 'notConnected');
    assert.deepEqual(waiting.takeStates(), ['connecting', 'disconnecting', 'disconnected']);
  });

  it('connects again after a failure at once, and resumes its Session with what was not acknowledged', async () => {
    const bench = await new Bench({ ...options, cleanStart: false }).connected();
    const { client } = bench;
    const lost = watched(client.publish({ topicName: 't', payload: encodeUtf8('x'), qos: 1 }));
    await turn();
    bench.server.drop();
    await bench.server.received();
    assert.equal(await outcome(lost), 'transport, kept');
    await bench.connected(a.connack({ sessionPresent: true }));
    assert.equal(bench.servers.length, 2);
    assert.deepEqual(bench.server.packets.map(line), ['CONNECT "c"', 'PUBLISH q1 #1 dup t "x"']);
    const next = client.publish({ topicName: 'u', payload: encodeUtf8('x'), qos: 1 });
    await bench.server.received();
    await bench.server.send(a.acknowledgement('PUBACK', 1), a.acknowledgement('PUBACK', 2));
    assert.deepEqual(await next, { reasonCode: 0, packetIdentifier: 2, properties: {} });
  });

  it('opens no connection for a CONNECT that its version has not [MQTT-3.1.2-22] (3.1.1)', async () => {
    const bench = new Bench({ ...options, version: 4, password: encodeUtf8('secret') });
    await assert.rejects(
      bench.client.connect(),
      (error) =>
        error instanceof ClientError &&
        error.failure.kind === 'connectNotSendable' &&
        error.failure.violation.id === 'passwordWithoutUserName',
    );
    assert.deepEqual(bench.servers, []);
    assert.deepEqual(bench.takeStates(), ['connecting', 'disconnected: connectNotSendable']);
  });

  it('hands on where a server that refuses sends to', async () => {
    const bench = new Bench(options);
    const connecting = bench.client.connect();
    await turn();
    const refused = assert.rejects(
      connecting,
      (error) =>
        error instanceof ClientError &&
        error.failure.kind === 'refusedByServer' &&
        error.failure.serverReference === 'other:1883',
    );
    await bench.server.send(a.connack({ reasonCode: 0x9c, properties: { serverReference: 'other:1883' } }));
    await refused;
  });

  it('leaves no connection open that its tap cannot be had for', async () => {
    const bench = new Bench(options);
    bench.openTap = () => {
      throw new Error('no tap');
    };
    const connecting = bench.client.connect();
    await assert.rejects(connecting, { message: 'the connection failed (tcp): other' });
    assert.deepEqual(await bench.server.received(), ['reset']);
  });

  it('shows the tap every byte of each connection', async () => {
    const bench = await new Bench({ ...options, version: 4 }).connected();
    await bench.client.publish({ topicName: 't', payload: encodeUtf8('x') });
    await bench.client.disconnect();
    assert.deepEqual(bench.tapped, ['out 15', 'in 4', 'out 6', 'out 2', 'closed']);
  });
});

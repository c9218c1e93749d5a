import assert from 'node:assert/strict';
import { runInNewContext } from 'node:vm';
import type { ClientOptions, MessageToPublish } from '../../src/client/mqttClient';
import { PublishError } from '../../src/client/mqttClient';
import { ClientBench } from '../support/clientBench';
import { outcome, watched } from '../support/outcome';
import { a } from '../support/packets';

/** What a caller in JavaScript may hand over, whatever the types say. */
const wrong = <T>(value: unknown): T => value as T;

async function detailOf(published: Promise<unknown>): Promise<string | undefined> {
  const error: unknown = await published.catch((reason: unknown) => reason);
  assert.ok(error instanceof PublishError && error.failure.kind === 'unencodable');
  return error.failure.detail;
}

describe('A value of another type than it should be', () => {
  for (const qos of [0, 1] as const) {
    it(`is no payload at QoS ${qos}, rather than as many zeros`, async () => {
      const bench = new ClientBench();
      await bench.connected();
      const cases: readonly (readonly [unknown, string])[] = [
        ['text', 'Payload has to be a Uint8Array and is of type string'],
        [[1, 2], 'Payload has to be a Uint8Array and is of type Array'],
        [new ArrayBuffer(2), 'Payload has to be a Uint8Array and is of type ArrayBuffer'],
        [undefined, 'Payload has to be a Uint8Array and is of type undefined'],
        [null, 'Payload has to be a Uint8Array and is of type object'],
      ];
      for (const [payload, detail] of cases) {
        const message = wrong<MessageToPublish>({ topicName: 't', payload, qos });
        assert.equal(await detailOf(bench.client.publish(message)), detail);
      }
      assert.deepEqual(await bench.server.received(), []);
      assert.equal(bench.client.outstanding, 0);
    });
  }

  it('is no Correlation Data', async () => {
    const bench = new ClientBench();
    await bench.connected();
    const properties = { correlationData: wrong<Uint8Array>('text') };
    const detail = 'Correlation Data has to be a Uint8Array and is of type string';
    assert.equal(await detailOf(bench.publish('t', 0, { properties })), detail);
    assert.equal(await detailOf(bench.publish('t', 1, { properties })), detail);
  });

  it('may be bytes of another realm, as those of a test runner are', async () => {
    const bench = new ClientBench();
    await bench.connected();
    const payload = wrong<Uint8Array>(runInNewContext('Uint8Array.of(0x79)'));
    assert.ok(!(payload instanceof Uint8Array));
    await bench.publish('t', 0, { payload });
    assert.deepEqual(await bench.server.received(), ['PUBLISH q0 t "y"']);
  });

  const options: readonly (readonly [string, Partial<ClientOptions>, RegExp])[] = [
    ['password', { userName: 'u', password: wrong<Uint8Array>('secret') }, /^Password .* type string$/],
    [
      'will payload',
      {
        will: {
          topicName: 'w',
          payload: wrong<Uint8Array>('gone'),
          qos: 0,
          retain: false,
          properties: {},
        },
      },
      /^Will Payload .* type string$/,
    ],
    ['Client Identifier', { clientIdentifier: wrong<string>(undefined) }, /undefined/],
  ];
  for (const [what, option, detail] of options) {
    it(`is no ${what}: connect() rejects, and may be called again`, async () => {
      const bench = new ClientBench(option);
      for (let count = 0; count < 2; count++) {
        const error: unknown = await bench.client.connect().catch((reason: unknown) => reason);
        assert.ok(error instanceof Error && 'failure' in error);
        const failure = error.failure as { kind: string; detail: string };
        assert.equal(failure.kind, 'connectUnencodable');
        assert.match(failure.detail, detail);
        assert.deepEqual(bench.takeStates(), ['connecting', 'disconnected: connectUnencodable']);
      }
      assert.deepEqual(bench.servers, []);
    });
  }

  it('is no Authentication Data', async () => {
    const begin = () => ({
      initial: wrong<Uint8Array>('secret'),
      respond: () => undefined,
      finish: () => undefined,
    });
    const bench = new ClientBench({ authenticator: { method: 'm', begin } });
    assert.equal(await outcome(bench.client.connect()), 'authenticationFailed');
  });
});

describe('connect()', () => {
  it('rejects while there is a connection, or one is being made, which goes on', async () => {
    const bench = new ClientBench();
    const connecting = bench.client.connect();
    assert.equal(await outcome(bench.client.connect()), 'notDisconnected');
    await bench.server.send(a.connack());
    await connecting;
    assert.equal(await outcome(bench.client.connect()), 'notDisconnected');
    assert.equal(bench.client.state.state, 'connected');
  });

  it('falls back from a server that says no to 5.0 in its form with the return code of 3.1.1', async () => {
    const bench = new ClientBench({ version: 'automatic' });
    const connecting = watched(bench.client.connect());
    await outcome(connecting);
    bench.serverVersion = 4;
    await bench.server.sendBytes(Uint8Array.of(0x20, 3, 0, 1, 0));
    await outcome(connecting);
    await bench.server.send(a.connack());
    await connecting;
    const { state } = bench.client;
    assert.ok(state.state === 'connected' && state.version === 4 && state.fellBackFrom === 5);
  });
});

describe('A consumer', () => {
  it('that throws instead of rejecting does not stop reading for ever', async () => {
    const bench = new ClientBench();
    await bench.connected();
    const failures: unknown[] = [];
    bench.client.consume(
      () => {
        throw new Error('broken');
      },
      (error) => failures.push(error),
    );
    await bench.server.send(a.publish('a'));
    await bench.server.send(a.publish('b'));
    assert.equal(failures.length, 2);
  });
});

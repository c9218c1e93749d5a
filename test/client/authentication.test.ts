import assert from 'node:assert/strict';
import { encodeUtf8 } from '../../src/base/utf8';
import type { AuthenticationExchange, Authenticator } from '../../src/client/authentication';
import { ClientError } from '../../src/client/mqttClient';
import type { ScramMethod } from '../../src/client/scram';
import { ScramAuthenticator } from '../../src/client/scram';
import type { Auth } from '../../src/protocol/controlPacket';
import { systemCrypto } from '../../src/transport/systemCrypto';
import { a, line } from '../support/packets';
import { ScramServer } from '../support/scramServer';
import { ScriptedServer } from '../support/scriptedServer';
import { outcome, watched } from '../support/outcome';

/** A client with SCRAM that has sent CONNECT. */
async function begun(method: ScramMethod, password = 'pencil') {
  const authenticator = new ScramAuthenticator(
    { method, userName: 'user', password: 'pencil' },
    systemCrypto,
  );
  const bench = new ScriptedServer({ authenticator });
  const scram = new ScramServer(method, password);
  const connecting = watched(bench.client.connect());
  await bench.settled();
  return { bench, scram, connecting };
}

/** Waits for the AUTH that answers: deriving a key is not done in a turn. */
async function answered(bench: ScriptedServer, count: number): Promise<void> {
  while (bench.peer.packets.filter(({ type }) => type === 'AUTH').length < count) await bench.settled();
}

async function connectedBy(method: ScramMethod) {
  const { bench, scram, connecting } = await begun(method);
  await bench.send(scram.auth(0x18, scram.first(bench.last('CONNECT').properties.authenticationData)));
  await answered(bench, 1);
  await bench.send(scram.connack(scram.final(bench.last('AUTH').properties.authenticationData)));
  await connecting;
  return { bench, scram };
}

describe('A client that authenticates itself', () => {
  for (const method of ['SCRAM-SHA-1', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const) {
    it(`by ${method} is let in by a server that proves itself in CONNACK`, async () => {
      const { bench } = await connectedBy(method);
      assert.equal(bench.client.state.state, 'connected');
      assert.deepEqual(bench.peer.packets.map(line), ['CONNECT "c" clean', 'AUTH 0x18']);
      assert.equal(bench.last('CONNECT').properties.authenticationMethod, method);
    });
  }

  it('again takes another nonce, and goes on when the server has proven itself again (4.12.1)', async () => {
    const { bench, scram } = await connectedBy('SCRAM-SHA-256');
    const first = bench.last('CONNECT').properties.authenticationData;
    const again = bench.client.reauthenticate();
    assert.equal(bench.client.reauthenticate(), again);
    await bench.settled();
    const { reasonCode, properties } = bench.last('AUTH');
    assert.equal(reasonCode, 0x19);
    assert.notDeepEqual(properties.authenticationData, first);
    await bench.send(scram.auth(0x18, scram.first(properties.authenticationData)));
    await answered(bench, 3);
    const final = scram.final(bench.last('AUTH').properties.authenticationData);
    const success = scram.auth(0, final);
    await bench.send({ ...success, properties: { ...success.properties, reasonString: 'welcome back' } });
    assert.equal((await again).properties.reasonString, 'welcome back');
    assert.equal(bench.client.state.state, 'connected');
  });

  const impostors: readonly (readonly [
    what: string,
    proof: (final: string) => string | undefined,
    code: string,
  ])[] = [
    ['nothing', () => undefined, 'serverNotProven'],
    ['another signature', () => `v=${Buffer.from('x'.repeat(20)).toString('base64')}`, 'serverNotProven'],
    ['an error', () => 'e=other-error', 'refusedByMethod'],
  ];
  for (const [what, proof, code] of impostors) {
    it(`closes the connection of a server that accepts with ${what}, before anything goes over it`, async () => {
      const { bench, scram, connecting } = await begun('SCRAM-SHA-1');
      await bench.send(scram.auth(0x18, scram.first(bench.last('CONNECT').properties.authenticationData)));
      await answered(bench, 1);
      const final = scram.final(bench.last('AUTH').properties.authenticationData);
      await bench.send(scram.connack(proof(final)));
      await assert.rejects(
        connecting,
        (error) =>
          error instanceof ClientError &&
          error.failure.kind === 'authenticationFailed' &&
          error.failure.problem.code === code,
      );
      assert.equal(line(bench.last('DISCONNECT')), 'DISCONNECT 0x80');
      assert.deepEqual(
        bench.states.map(({ state }) => state),
        ['connecting', 'disconnected'],
      );
    });
  }

  it('closes it too where the server accepts without ever asking, or knows another password', async () => {
    const early = await begun('SCRAM-SHA-1');
    await early.bench.send(early.scram.connack(undefined));
    assert.equal(await outcome(early.connecting), 'authenticationFailed');
    const other = await begun('SCRAM-SHA-1', 'eraser');
    await other.bench.send(
      other.scram.auth(0x18, other.scram.first(other.bench.last('CONNECT').properties.authenticationData)),
    );
    await answered(other.bench, 1);
    const final = other.scram.final(other.bench.last('AUTH').properties.authenticationData);
    assert.equal(final, 'e=invalid-proof');
    await other.bench.send({ type: 'CONNACK', sessionPresent: false, reasonCode: 0x86, properties: {} });
    assert.equal(await outcome(other.connecting), 'refusedByServer');
  });

  it('does not again while it connects: the exchange that goes on is the one of CONNECT', async () => {
    const { bench, scram, connecting } = await begun('SCRAM-SHA-1');
    assert.equal(await outcome(bench.client.reauthenticate()), 'notConnected');
    await bench.send(scram.auth(0x18, scram.first(bench.last('CONNECT').properties.authenticationData)));
    await answered(bench, 1);
    await bench.send(scram.connack(scram.final(bench.last('AUTH').properties.authenticationData)));
    await connecting;
    assert.equal(bench.client.state.state, 'connected');
  });

  it('does not again on another connection than it was asked to', async () => {
    let ready = (): void => undefined;
    let count = 0;
    const exchange = { initial: undefined, respond: () => undefined, finish: () => undefined };
    const begin = () =>
      count++ === 1
        ? new Promise<typeof exchange>((resolve) => (ready = () => resolve(exchange)))
        : Promise.resolve(exchange);
    const reconnect = { when: 'afterConnected', random: () => 0 } as const;
    const bench = new ScriptedServer({ authenticator: { method: 'm', begin }, reconnect });
    const connack = a.connack({ properties: { authenticationMethod: 'm' } });
    await bench.connected(connack);
    const again = watched(bench.client.reauthenticate());
    await bench.settled();
    bench.peer.drop();
    await bench.settled();
    await bench.clock.pass(0);
    await bench.settled();
    await bench.send(connack);
    assert.equal(bench.client.state.state, 'connected');
    ready();
    assert.equal(await outcome(again), 'notConnected');
    assert.deepEqual(bench.peer.packets.map(line), ['CONNECT "c" clean']);
  });

  it('ends the connection where it fails the second time [MQTT-4.12.1-2]', async () => {
    const { bench, scram } = await connectedBy('SCRAM-SHA-1');
    const again = watched(bench.client.reauthenticate());
    await bench.settled();
    await bench.send(scram.auth(0, 'v=forged'));
    assert.equal(await outcome(again), 'authenticationFailed');
    assert.equal(line(bench.last('DISCONNECT')), 'DISCONNECT 0x80');
  });

  it('does not wait for an answer that never comes', async () => {
    const { bench, connecting } = await begun('SCRAM-SHA-1');
    await bench.clock.pass(10_000);
    assert.equal(await outcome(connecting), 'connackTimeout');
  });

  it('opens nothing for a password that cannot be used', async () => {
    const authenticator = new ScramAuthenticator(
      { method: 'SCRAM-SHA-1', userName: 'u', password: '\u0007' },
      systemCrypto,
    );
    const bench = new ScriptedServer({ authenticator });
    assert.equal(await outcome(watched(bench.client.connect())), 'authenticationFailed');
    assert.throws(() => bench.peer);
  });

  describe('by a method of somebody else', () => {
    const server = (method: string) => ({ authenticationMethod: method });
    const other = (exchange: Partial<AuthenticationExchange>): Authenticator => ({
      method: 'X-TOKEN',
      begin: () => ({ initial: undefined, respond: () => undefined, finish: () => undefined, ...exchange }),
    });
    const challenge: Auth = { type: 'AUTH', reasonCode: 0x18, properties: server('X-TOKEN') };

    it('goes on when that says so', async () => {
      const bench = new ScriptedServer({ authenticator: other({ respond: () => encodeUtf8('token') }) });
      const connecting = bench.client.connect();
      await bench.settled();
      await bench.send(challenge);
      assert.deepEqual(bench.last('AUTH').properties, {
        ...server('X-TOKEN'),
        authenticationData: encodeUtf8('token'),
      });
      await bench.send({
        type: 'CONNACK',
        sessionPresent: false,
        reasonCode: 0,
        properties: server('X-TOKEN'),
      });
      await connecting;
    });

    it('says why where that throws', async () => {
      const authenticator = other({ respond: () => Promise.reject(new Error('no card in the reader')) });
      const bench = new ScriptedServer({ authenticator });
      const connecting = watched(bench.client.connect());
      await bench.settled();
      await bench.send(challenge);
      await assert.rejects(connecting, {
        failure: {
          kind: 'authenticationFailed',
          problem: { code: 'failed', detail: 'no card in the reader' },
        },
      });
    });

    it('answers nobody after the connection is over', async () => {
      let answer: (data: Uint8Array) => void = () => undefined;
      const authenticator = other({ respond: () => new Promise((resolve) => (answer = resolve)) });
      const bench = new ScriptedServer({ authenticator });
      const first = watched(bench.client.connect());
      await bench.settled();
      await bench.send(challenge);
      bench.peer.drop();
      await bench.settled();
      assert.equal(await outcome(first), 'transport');
      void watched(bench.client.connect());
      await bench.settled();
      answer(encodeUtf8('late'));
      await bench.settled();
      assert.deepEqual(bench.peer.packets.map(line), ['CONNECT "c" clean']);
    });

    it('gives up where there is nobody to answer', async () => {
      const bench = new ScriptedServer({ properties: server('X-TOKEN') });
      const connecting = watched(bench.client.connect());
      await bench.settled();
      await bench.send(challenge);
      await assert.rejects(connecting, {
        failure: { kind: 'authenticationFailed', problem: { code: 'noAuthenticator' } },
      });
    });

    it('cannot authenticate again where CONNECT named none [MQTT-4.12.0-7]', async () => {
      const bench = await new ScriptedServer().connected();
      assert.equal(await outcome(watched(bench.client.reauthenticate())), 'authenticationNotAgreed');
      assert.equal(bench.client.state.state, 'connected');
    });
  });
});

import assert from 'node:assert/strict';
import type { AuthenticationName } from '../../src/contributions/connectSettings';
import type { ScramMethod } from '../../src/client/scram';
import { explainClientFailure } from '../../src/ui/reporting/clientFailure';
import { a } from '../support/packets';
import { ScramServer } from '../support/scramServer';
import { ScriptedConnection } from '../support/scriptedConnection';

const methods: readonly (readonly [Exclude<AuthenticationName, 'none'>, ScramMethod])[] = [
  ['scram-sha-1', 'SCRAM-SHA-1'],
  ['scram-sha-256', 'SCRAM-SHA-256'],
  ['scram-sha-512', 'SCRAM-SHA-512'],
];

/** A connection that has sent CONNECT and answered the server's first AUTH. */
async function challenged(authentication: Exclude<AuthenticationName, 'none'>, method: ScramMethod) {
  const bench = new ScriptedConnection({ userName: 'ada', connect: { authentication } }, 'pencil');
  const scram = new ScramServer(method, 'pencil');
  const { connecting } = await bench.begun();
  const { server } = bench;
  const connect = server.packets[0];
  assert.ok(connect?.type === 'CONNECT');
  assert.deepEqual([connect.userName, connect.password], [undefined, undefined]);
  await server.send(scram.auth(0x18, scram.first(connect.properties.authenticationData)));
  // Deriving a key is not done in a turn.
  while (server.packets.at(-1)?.type !== 'AUTH') await server.received();
  const auth = server.packets.at(-1);
  assert.ok(auth?.type === 'AUTH');
  return { bench, scram, connecting, final: scram.final(auth.properties.authenticationData) };
}

describe('A connection with "authentication"', () => {
  for (const [authentication, method] of methods) {
    it(`${authentication} proves with the stored password that it is its user, and has the server prove itself [MQTT-4.12.0-1]`, async () => {
      const { bench, scram, connecting, final } = await challenged(authentication, method);
      await bench.server.send(scram.connack(final));
      await connecting;
      assert.equal(bench.connection.state.state, 'connected');
      bench.connection.dispose();
    });
  }

  it('does not connect to a server that cannot prove itself, and says so', async () => {
    const { bench, scram, connecting } = await challenged('scram-sha-256', 'SCRAM-SHA-256');
    await bench.server.send(scram.connack(`v=${Buffer.from('nobody').toString('base64')}`));
    await connecting;
    const [failure] = bench.failures;
    assert.ok(failure);
    assert.match(explainClientFailure(failure, bench.connection.profile).short, /did not prove/);
  });

  it('says where to choose another when the server does not know it', async () => {
    const bench = new ScriptedConnection({ userName: 'ada', connect: { authentication: 'scram-sha-1' } });
    const { connecting } = await bench.begun();
    await bench.server.send(a.connack({ reasonCode: 0x8c }));
    await connecting;
    const [failure] = bench.failures;
    assert.ok(failure);
    const { next, remedy } = explainClientFailure(failure, bench.connection.profile);
    assert.match(next, /"authentication"/);
    assert.equal(remedy, 'openSettings');
  });
});

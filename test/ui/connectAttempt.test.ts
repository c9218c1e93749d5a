import * as assert from 'node:assert/strict';
import { TransportFailureError } from '../../src/base/transportFailure';
import { Broker } from '../../src/broker/broker';
import { memoryLink } from '../../src/transport/memoryLink';
import type { ConnectionProfile } from '../../src/ui/connections/connectionProfile';
import { FakeClock, turn } from '../support/fakeClock';
import { benchProfile, windowConnection } from '../support/windowConnection';

const profile: ConnectionProfile = {
  ...benchProfile,
  ...{ key: 'workspace:bench', scope: 'workspace', host: 'agreed', keepAlive: 60 },
};

/** A connection whose question to the person, and whose password, are answered when a test says so. */
class Asking {
  readonly clock = new FakeClock(1000);
  readonly asked: { readonly host: string; answer(permitted: boolean): void }[] = [];
  readonly passwordsOf: string[] = [];
  readonly opened: string[] = [];
  reachable = true;
  readonly broker = new Broker({}, { clock: this.clock, newIdentifier: () => 'auto' });
  readonly connection = windowConnection(profile, {
    permitted: ({ host }) => new Promise((answer) => this.asked.push({ host, answer })),
    open: ({ host }) => {
      this.opened.push(host);
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
    password: ({ host }) => {
      this.passwordsOf.push(host);
      return Promise.resolve(undefined);
    },
  });

  async answer(permitted: boolean): Promise<void> {
    const question = this.asked.at(-1);
    assert.ok(question);
    question.answer(permitted);
    await turn();
  }
}

describe('An attempt to connect', () => {
  it('is one for everybody who asks, and over for all at the same time', async () => {
    const bench = new Asking();
    const states: string[] = [];
    const first = bench.connection.connect();
    const second = bench.connection.connect().then(() => states.push(bench.connection.state.state));
    await bench.answer(true);
    const third = bench.connection.connect().then(() => states.push(bench.connection.state.state));
    await Promise.all([first, second, third]);
    assert.deepEqual(states, ['connected', 'connected']);
    assert.equal(bench.asked.length, 1);
    assert.deepEqual(bench.opened, ['agreed']);
  });

  it('may be made again after it was denied', async () => {
    const bench = new Asking();
    const denied = bench.connection.connect();
    await bench.answer(false);
    await denied;
    assert.equal(bench.connection.state.state, 'disconnected');
    const granted = bench.connection.connect();
    await bench.answer(true);
    await granted;
    assert.equal(bench.connection.isConnected, true);
  });

  for (const end of ['dispose', 'disconnect'] as const) {
    it(`comes to nothing where ${end} comes while the person is asked`, async () => {
      const bench = new Asking();
      const connecting = bench.connection.connect();
      void bench.connection[end]();
      await bench.answer(true);
      await connecting;
      assert.equal(bench.connection.state.state, 'disconnected');
      assert.deepEqual(bench.opened, []);
    });
  }

  it('is not made once the connection was taken out of the settings', async () => {
    const bench = new Asking();
    bench.connection.dispose();
    await bench.connection.connect();
    assert.deepEqual(bench.asked, []);
  });

  it('uses the address that was agreed to: another one is asked about anew', async () => {
    const bench = new Asking();
    const connecting = bench.connection.connect();
    bench.connection.update({ ...profile, host: 'swapped' });
    await bench.answer(true);
    assert.deepEqual(bench.opened, []);
    assert.deepEqual(
      bench.asked.map(({ host }) => host),
      ['agreed', 'swapped'],
    );
    await bench.answer(false);
    await connecting;
    assert.deepEqual([bench.opened, bench.passwordsOf], [[], []]);
  });

  it('goes on where the settings were read again and say the same', async () => {
    const bench = new Asking();
    const connecting = bench.connection.connect();
    bench.connection.update({ ...profile });
    await bench.answer(true);
    await connecting;
    assert.deepEqual([bench.opened, bench.passwordsOf], [['agreed'], ['agreed']]);
  });

  it('waits for a goodbye that is being said', async () => {
    const bench = new Asking();
    const connecting = bench.connection.connect();
    await bench.answer(true);
    await connecting;
    const goodbye = bench.connection.disconnect();
    assert.equal(bench.connection.state.state, 'disconnecting');
    const again = bench.connection.connect();
    await goodbye;
    await turn();
    await bench.answer(true);
    await again;
    assert.equal(bench.connection.isConnected, true);
  });
});

describe('A connection that failed', () => {
  it('shows no failure of a server that the settings do not name any more', async () => {
    const bench = new Asking();
    bench.reachable = false;
    const connecting = bench.connection.connect();
    await bench.answer(true);
    await connecting;
    bench.connection.update({ ...profile });
    assert.deepEqual(bench.connection.state, {
      state: 'disconnected',
      failure: { kind: 'transport', failure: { step: 'tcp', code: 'refused', detail: 'ECONNREFUSED' } },
    });
    bench.connection.update({ ...profile, host: 'other' });
    assert.deepEqual(bench.connection.state, { state: 'disconnected' });
  });
});

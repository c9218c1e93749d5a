import assert from 'node:assert/strict';
import { CertificateRenewal } from '../../../src/ui/broker/certificateRenewal';
import { FakeClock } from '../../support/fakeClock';

const identity = (certificate: string) => ({ certificate, key: 'k' });

describe('The certificate of a broker that runs', () => {
  const running = () => {
    const clock = new FakeClock();
    const shown: string[] = [];
    const told: string[] = [];
    const state = { current: identity('first'), reads: 0, failure: undefined as Error | undefined };
    const read = () => {
      state.reads++;
      return state.failure ? Promise.reject(state.failure) : Promise.resolve(state.current);
    };
    const renewal = new CertificateRenewal(clock, read, state.current, (error) => told.push(String(error)));
    for (const name of ['tls', 'wss']) renewal.add(({ certificate }) => shown.push(`${name} ${certificate}`));
    return { clock, shown, told, state, renewal };
  };

  it('is looked after each minute, and shown on every listener once it is another one', async () => {
    const { clock, shown, state, renewal } = running();
    renewal.begin();
    await clock.pass(60_000);
    assert.deepEqual([state.reads, shown], [1, []]);
    state.current = identity('second');
    await clock.pass(60_000);
    await clock.pass(60_000);
    assert.deepEqual([state.reads, shown], [3, ['tls second', 'wss second']]);
    renewal.dispose();
    assert.equal(clock.waiting, 0);
  });

  it('is looked after at once where that is wanted, once for all who want it meanwhile', async () => {
    const { shown, state, renewal } = running();
    state.current = identity('second');
    await Promise.all([renewal.look(), renewal.look()]);
    assert.deepEqual([state.reads, shown], [1, ['tls second', 'wss second']]);
    state.current = identity('third');
    renewal.dispose();
    await renewal.look();
    assert.equal(shown.length, 2);
  });

  it('stays where no other can be had, which is told once for each reason', async () => {
    const { shown, told, state, renewal } = running();
    for (const reason of ['a', 'a', 'b', undefined, 'b']) {
      state.failure = reason === undefined ? undefined : new Error(reason);
      await renewal.look();
    }
    assert.deepEqual([shown, told], [[], ['Error: a', 'Error: b', 'Error: b']]);
  });
});

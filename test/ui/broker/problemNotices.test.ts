import assert from 'node:assert/strict';
import { fakeVscode } from '../../support/vscodeFake';
import { Emitter } from '../../../src/base/lifecycle';
import type { Problem } from '../../../src/ui/broker/brokerProblems';
import { tellProblems } from '../../../src/ui/broker/problemNotices';
import { FakeClock } from '../../support/fakeClock';

describe('Notifications about devices', () => {
  const { window: shown } = fakeVscode;

  function notices() {
    const happened = new Emitter<Problem | undefined>();
    const clock = new FakeClock();
    const inspected: number[] = [];
    const state = { isQuiet: false, showsAll: false };
    shown.messages.length = 0;
    shown.press = undefined;
    tellProblems(
      { onDidChange: happened.event },
      {
        clock,
        isQuiet: () => state.isQuiet,
        inspect: (sequence) => inspected.push(sequence),
        showAll: () => (state.showsAll = true),
        beQuiet: () => (state.isQuiet = true),
      },
    );
    const happens = (who: string, kind: string, isTold = true) =>
      happened.fire({
        ...{ key: `${who} ${kind}`, who, kind, isTold, short: kind, text: `${kind}.` },
        ...{ clientIdentifier: who, peer: who, at: 0, count: 1, before: 0, packet: () => 7 },
      });
    const texts = () => shown.messages.map(({ text }) => text);
    return { happens, texts, inspected, state, clock };
  }

  it('come once for each client and kind, and not for what breaks no rule', () => {
    const { happens, texts } = notices();
    happens('a', 'one');
    happens('a', 'one');
    happens('a', 'two');
    happens('b', 'one');
    happens('b', 'refused', false);
    assert.deepEqual(texts(), [
      'a at the local broker: one.',
      'a at the local broker: two.',
      'b at the local broker: one.',
    ]);
  });

  it('lead to the packet', async () => {
    const { happens, inspected } = notices();
    shown.press = 'Show Packet';
    happens('a', 'one');
    await Promise.resolve();
    await Promise.resolve();
    assert.deepEqual(inspected, [7]);
  });

  it('do not come where it is quiet, which a button of theirs makes it', async () => {
    const { happens, texts, state } = notices();
    shown.press = 'No More of These';
    happens('a', 'one');
    await Promise.resolve();
    await Promise.resolve();
    assert.equal(state.isQuiet, true);
    happens('a', 'two');
    assert.equal(texts().length, 1);
  });

  it('do not bury the editor', async () => {
    const { happens, texts, clock } = notices();
    for (let client = 0; client < 20; client++) happens(`client ${client}`, 'one');
    assert.equal(texts().length, 6);
    assert.match(texts()[5] ?? '', /^More devices break the protocol/);
    happens('twin', 'takeOver');
    assert.equal(texts().at(-1), 'twin at the local broker: takeOver.');
    await clock.pass(61_000);
    happens('late', 'one');
    assert.equal(texts().at(-1), 'late at the local broker: one.');
  });

  it('lead to the list of all where they are too many', async () => {
    const { happens, state } = notices();
    shown.press = 'Show Problems';
    for (let client = 0; client < 20; client++) happens(`client ${client}`, 'one');
    await Promise.resolve();
    await Promise.resolve();
    assert.equal(state.showsAll, true);
  });
});

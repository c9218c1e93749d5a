import assert from 'node:assert/strict';
import type { CaptureTap, Connection, Effect, Input } from '../../src/session/effects';
import { Pump } from '../../src/session/pump';
import { memoryLink } from '../../src/transport/memoryLink';
import { FakeClock, turn } from '../support/fakeClock';

type TestEffect = Effect<string, never, string>;

/** A pump whose machine or tap throws at the first bytes, and who hears of it. */
function faulty({ tap, machine }: { readonly tap?: string; readonly machine?: string }) {
  const heard: string[] = [];
  const connection: Connection<string, string, never, string> = {
    handle: ({ kind }: Input<string>): readonly TestEffect[] => {
      if (kind === 'bytes' && machine) throw new Error(machine);
      if (kind === 'bytes') return [{ kind: 'deliver', packets: ['packet'] }];
      return kind === 'transportClosed' ? [{ kind: 'close', ending: 'gone' }] : [];
    },
  };
  const broken: CaptureTap = {
    chunk: () => {
      if (tap) throw new Error(tap);
    },
    closed: () => undefined,
  };
  const outlet = {
    delivered: (packets: readonly string[]) => heard.push(...packets),
    settled: () => undefined,
    ended: (ending: string) => heard.push(`ended ${ending}`),
    closed: () => heard.push('closed'),
    faulted: (error: unknown) => heard.push(`faulted ${String(error)}`),
  };
  const [ours, theirs] = memoryLink();
  const clock = new FakeClock();
  new Pump(connection, ours, clock, outlet, broken).start();
  let isCut = false;
  theirs.start({
    bytes: () => undefined,
    drained: () => undefined,
    closed: () => (isCut = true),
  });
  const send = async () => {
    theirs.write(Uint8Array.of(1));
    await turn();
    await turn();
  };
  return { heard, send, clock, isCut: () => isCut };
}

describe('A pump whose owner wants to hear of faults', () => {
  it('breaks the connection off where its machine throws, says so, and leaves nothing behind', async () => {
    const { heard, send, clock, isCut } = faulty({ machine: 'the machine is broken' });
    await send();
    assert.deepEqual(heard, ['faulted Error: the machine is broken', 'ended gone', 'closed']);
    assert.ok(isCut());
    assert.equal(clock.waiting, 0);
  });

  it('goes on where only a tap throws', async () => {
    const { heard, send, isCut } = faulty({ tap: 'the tap is broken' });
    await send();
    await send();
    assert.deepEqual(heard, [
      ...['packet', 'faulted Error: the tap is broken'],
      ...['packet', 'faulted Error: the tap is broken'],
    ]);
    assert.ok(!isCut());
  });
});

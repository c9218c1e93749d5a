import assert from 'node:assert/strict';
import type { BrokerJournal } from '../../src/broker/brokerJournal';
import { GatedTransport, SafetyGate } from '../../src/broker/gatedTransport';
import type { Transport, TransportListener } from '../../src/session/effects';

/** A transport that takes everything, and says of it what the test wants. */
class Wire implements Transport {
  readonly peer = 'p';
  readonly written: number[] = [];
  takesMore = true;
  listener: TransportListener | undefined;

  start(listener: TransportListener): void {
    this.listener = listener;
  }

  write(bytes: Uint8Array): boolean {
    this.written.push(bytes[0] ?? 0);
    return this.takesMore;
  }

  pauseReading(): void {
    // Nothing comes.
  }

  end(): void {
    // Nobody looks.
  }

  dispose(): void {
    // Nobody looks.
  }
}

function opened() {
  const asked: ((isSafe: boolean) => void)[] = [];
  const journal: BrokerJournal = {
    kept: { sessions: [], retained: [] },
    record: () => undefined,
    whenSafe: (done) => void asked.push(done),
    close: () => Promise.resolve(),
  };
  const gate = new SafetyGate(journal);
  const wire = new Wire();
  const gated = new GatedTransport(wire, gate);
  const heard: string[] = [];
  gated.start({
    bytes: () => undefined,
    drained: () => heard.push('drained'),
    progressed: () => heard.push('progressed'),
    closed: () => heard.push('closed'),
  });
  const note = () => gate.record({ kind: 'retainedRemoved', topicName: 't' });
  const becomeSafe = () => asked.splice(0).forEach((done) => done(true));
  return { gated, wire, heard, note, becomeSafe };
}

describe('A transport that waits for the journal', () => {
  it('holds back what was written after a step until that is safe, and nothing else', () => {
    const { gated, wire, note, becomeSafe } = opened();
    assert.ok(gated.write(Uint8Array.of(1)));
    note();
    assert.ok(gated.write(Uint8Array.of(2)));
    assert.deepEqual(wire.written, [1]);
    becomeSafe();
    assert.deepEqual(wire.written, [1, 2]);
  });

  it('says that there is room again where the transport had said so while bytes were held back', () => {
    const { gated, wire, heard, note, becomeSafe } = opened();
    wire.takesMore = false;
    assert.ok(!gated.write(Uint8Array.of(1)));
    note();
    gated.write(Uint8Array.of(2));
    wire.takesMore = true;
    wire.listener?.drained();
    assert.deepEqual(heard, ['progressed']);
    becomeSafe();
    assert.deepEqual(
      [wire.written, heard],
      [
        [1, 2],
        ['progressed', 'drained'],
      ],
    );
  });

  it('leaves that to the transport where what was held back fills it again', () => {
    const { gated, wire, heard, note, becomeSafe } = opened();
    note();
    assert.ok(!gated.write(new Uint8Array(1_048_577)));
    wire.takesMore = false;
    becomeSafe();
    assert.deepEqual(heard, []);
    wire.listener?.drained();
    assert.deepEqual(heard, ['drained']);
  });
});

import assert from 'node:assert/strict';
import { Emitter } from '../../../src/base/lifecycle';
import type { Problem } from '../../../src/ui/broker/brokerProblems';
import { logProblems } from '../../../src/ui/broker/problemLog';

describe('The log of what clients of the local broker do wrong', () => {
  it('has the same of a client once, and again whenever there are ten times as many', () => {
    const happened = new Emitter<Problem | undefined>();
    const lines: string[] = [];
    const logging = logProblems({ onDidChange: happened.event }, { warn: (line) => void lines.push(line) });
    let count = 0;
    const happens = (times: number): void => {
      const before = count;
      count += times;
      happened.fire({
        ...{
          key: 'k',
          kind: 'k',
          clientIdentifier: 'c',
          peer: '127.0.0.1:1',
          who: 'c',
          short: 's',
          text: 'No.',
        },
        ...{ isTold: true, at: 0, count, before, packet: () => undefined },
      });
    };
    for (let time = 0; time < 30; time++) happens(1);
    happens(16_000);
    happens(1);
    // The list of problems was cleared.
    happened.fire(undefined);
    assert.deepEqual(lines, [
      'Local broker, c: No.',
      'Local broker, c: No. (10 times so far)',
      'Local broker, c: No. (16030 times so far)',
    ]);
    logging.dispose();
  });
});

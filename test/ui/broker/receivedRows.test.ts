import assert from 'node:assert/strict';
import { ReceivedRows } from '../../../src/ui/broker/receivedRows';

describe('The rows of received packets', () => {
  it('are known by the numbers of the packets, over chunks with others between them', () => {
    const received = new ReceivedRows();
    received.came(10, 11);
    received.came(20, 20);
    received.came(30, 33);
    assert.deepEqual(
      [0, 1, 2, 4, 5].map((packet) => received.of(packet)),
      [undefined, 10, 30, 32, undefined],
    );
  });

  it('are those of the last chunks, however many there were', () => {
    const received = new ReceivedRows();
    for (let chunk = 0; chunk < 1000; chunk++) received.came(chunk * 10, chunk * 10 + 2);
    assert.deepEqual(
      [received.of(1), received.of(2000), received.of(1873), received.of(1872)],
      [undefined, 9991, 9360, undefined],
    );
  });
});

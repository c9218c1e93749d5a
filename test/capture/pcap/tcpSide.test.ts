import assert from 'node:assert/strict';
import { type TcpCounts, TcpSide } from '../../../src/capture/pcap/tcpSide';

/** One way of a TCP connection that begins at 1000, and what came out of it: bytes, or how many are missing and why. */
function side(): { readonly of: TcpSide; readonly counts: TcpCounts; readonly came: string[] } {
  const came: string[] = [];
  const counts = { retransmitted: 0, reordered: 0, gaps: 0, cut: 0, waiting: 0 };
  const of = new TcpSide(
    {
      data: (bytes) => came.push([...bytes].join(' ')),
      gap: (missing, cause) => came.push(`${cause} ${missing}`),
    },
    counts,
  );
  of.begin(1000);
  return { of, counts, came };
}

const bytesFrom = (first: number, count: number): Uint8Array =>
  Uint8Array.from({ length: count }, (_, index) => first + index);

describe('One way of a TCP connection', () => {
  it('has of a segment that was sent again with more in it only what is new, whether that was captured or not', () => {
    const { of, counts, came } = side();
    of.segment(1000, bytesFrom(0, 4), 0, 1);
    // Eight bytes, of which six were captured: four are known.
    of.segment(1000, bytesFrom(0, 6), 2, 2);
    // Twelve, of which eight were captured: all of those are known, or known not to have been captured.
    of.segment(1000, bytesFrom(0, 8), 4, 3);
    of.segment(1012, bytesFrom(12, 1), 0, 4);
    assert.deepEqual(came, ['0 1 2 3', '4 5', 'snapLength 2', 'snapLength 4', '12']);
    assert.deepEqual(counts, { retransmitted: 2, reordered: 0, gaps: 0, cut: 2, waiting: 0 });
  });

  it('has only so much of what was cut as was not there before', () => {
    const { of, came } = side();
    of.segment(1000, bytesFrom(0, 10), 0, 1);
    of.segment(1000, bytesFrom(0, 8), 4, 2);
    of.segment(1012, bytesFrom(12, 1), 0, 3);
    assert.deepEqual(came, ['0 1 2 3 4 5 6 7 8 9', 'snapLength 2', '12']);
  });

  it('goes on where sequence numbers begin again', () => {
    const { of, came } = side();
    of.begin(0xffff_fffe);
    of.segment(0, bytesFrom(2, 2), 0, 1);
    of.segment(0xffff_fffe, bytesFrom(0, 2), 0, 2);
    assert.deepEqual(came, ['0 1', '2 3']);
  });
});

import { ConnectionCapture } from '../../../src/capture/connectionCapture';
import { PacketLog } from '../../../src/capture/packetLog';
import { largestPacket } from '../../../src/protocol/packetFramer';
import { median, print } from '../interleave';
import { SlicePace } from './slicePace';

const chunkBytes = 64 * 1024;
const rounds = 5;
/** The greatest Remaining Length there is (2.1.4). */
const head = Uint8Array.from([0x30, 0xff, 0xff, 0xff, 0x7f, 0, 1, 0x61]);

/** The largest packet there is comes in the chunks that a socket hands over: how long each takes. */
export function largePacket(bench: string): void {
  const chunk = new Uint8Array(chunkBytes).fill(0x5a);
  const pace = new SlicePace();
  const whole: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const log = new PacketLog({ byteBudget: 256 * 1024 * 1024 });
    const capture = new ConnectionCapture(log, 'bench');
    capture.chunk('in', Uint8Array.from([0x20, 2, 0, 0]), 0);
    const start = performance.now();
    pace.begin();
    capture.chunk('in', head, 0);
    pace.end();
    for (let left = largestPacket - head.length; left > 0; left -= chunkBytes) {
      capture.chunk('in', left < chunkBytes ? chunk.subarray(0, left) : chunk, 0);
      pace.end();
    }
    whole.push(performance.now() - start);
    if (log.row(log.end - 1)?.length !== largestPacket) throw new Error('The packet is not in the log');
    log.dispose();
  }
  pace.print(bench, 'ours', 'chunk');
  print({ bench, subject: 'ours', metric: 'whole packet', value: median(whole), unit: 'ms' });
}

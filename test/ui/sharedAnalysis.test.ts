import assert from 'node:assert/strict';
import { PacketLog } from '../../src/capture/packetLog';
import { analysisHandlers } from '../../src/ui/inspector/analysisHandlers';
import { sharedAnalysis } from '../../src/ui/inspector/sharedAnalysis';
import { captured } from '../support/packetLogs';

describe('The analysis of a log', () => {
  it('is the same for all inspectors of the log, and another for another log', () => {
    const logs = [0, 1].map(() => new PacketLog({ byteBudget: 1024 * 1024 }));
    const [first, second] = logs.map((log) => sharedAnalysis(log));
    assert.notEqual(first, second);
    assert.equal(sharedAnalysis(logs[0] as PacketLog), first);
  });

  it('is not read again for a second inspector', async () => {
    const log = new PacketLog({ byteBudget: 1024 * 1024 });
    log.openConnection('bench');
    for (let index = 0; index < 100; index++) log.append(captured, Uint8Array.of(0xd0, 0));
    const first = analysisHandlers(log, () => true);
    const unwatched = analysisHandlers(log, () => false);
    assert.deepEqual((await first.findings()).progress, { read: 100, pending: 0, missed: 0 });
    // It reads nothing itself, and has what the other one read.
    assert.deepEqual((await unwatched.findings()).progress, { read: 100, pending: 0, missed: 0 });
  });
});

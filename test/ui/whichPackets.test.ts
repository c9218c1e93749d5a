import assert from 'node:assert/strict';
import '../support/vscodeFake';
import { PacketLog } from '../../src/capture/packetLog';
import { encode } from '../../src/protocol/codec';
import { choicesOf, type PacketSource } from '../../src/ui/capture/whichPackets';
import { FilterHandlers } from '../../src/ui/inspector/filterHandlers';
import { selectedRanges } from '../../src/ui/inspector/selectedRows';
import { ShownPackets } from '../../src/ui/inspector/shownPackets';
import { PacketContexts } from '../../src/capture/packetContexts';
import { eventually } from '../support/eventually';
import { a } from '../support/packets';

function logOf(packets: number): PacketLog {
  const log = new PacketLog({ byteBudget: 1 << 24 });
  const connection = log.openConnection('bench');
  const captured = { at: 0, direction: 'in', connection, kind: 'packet', version: 5, topic: 't' } as const;
  for (let index = 0; index < packets; index++) log.append(captured, encode(a.publish('t'), 5));
  return log;
}

function labelsOf(source: Omit<PacketSource, 'file'>): readonly string[] {
  return choicesOf(source).map(({ label, description }) => `${label} ${description}`);
}

describe('Which packets are saved', () => {
  it('may be the selected ones, from one packet on', () => {
    const log = logOf(3);
    const selected = (start: number, end: number) => selectedRanges([{ start, end }]);
    assert.deepEqual(labelsOf({ log }), ['All packets 3']);
    assert.deepEqual(labelsOf({ log, selected: selected(1, 1) }), ['All packets 3']);
    assert.deepEqual(labelsOf({ log, selected: selected(1, 2) }), ['All packets 3', 'Selected packet 1']);
    assert.deepEqual(labelsOf({ log, selected: selected(1, 3) }), ['Selected packets 2', 'All packets 3']);
    const [, one] = choicesOf({ log, selected: selected(1, 2) });
    assert.deepEqual([...(one?.packets.sequences ?? [])], [1]);
    assert.deepEqual(labelsOf({ log: logOf(0) }), []);
  });

  it('are said to be not all that a filter matches, where it has not looked at all of them', async () => {
    const log = logOf(3);
    const filter = new FilterHandlers({
      log,
      packets: new ShownPackets(log, new PacketContexts(log)),
      changed: () => undefined,
      seeking: () => undefined,
      failed: (error) => assert.fail(error),
    });
    const detail = (): string | undefined =>
      filter.matches && choicesOf({ log, shown: filter.matches })[0]?.detail;
    const answer = await filter.handlers.setFilter('packet == PUBLISH');
    assert.equal(answer.kind, 'set');
    assert.match(detail() ?? '', /^The filter has looked at 0 % so far: what it finds behind/);
    await filter.handlers.stopFilter(filter.state?.filter ?? -1);
    assert.match(detail() ?? '', /^The filter was stopped at 0 %/);
    await filter.handlers.resumeFilter(filter.state?.filter ?? -1);
    await eventually(
      () => Promise.resolve(filter.state?.scanning),
      (scanning) => assert.equal(scanning, false),
    );
    assert.equal(filter.matches?.count, 3);
    assert.equal(detail(), undefined);
    filter.dispose();
  });
});

import assert from 'node:assert/strict';
import { fakeVscode } from '../support/vscodeFake';
import { PacketLog } from '../../src/capture/packetLog';
import type { CapturedBytes } from '../../src/capture/packetSegment';
import { encode } from '../../src/protocol/codec';
import type { ConnectionPicker } from '../../src/ui/connections/connectionPicker';
import { filterCommands } from '../../src/ui/inspector/commands/filterCommands';
import type { InspectorPanels } from '../../src/ui/inspector/inspectorPanels';
import { a } from '../support/packets';

/** The filters that a panel is given for the packets of connections of these names, by a command. */
function filtersOf(
  command: 'filterByClient' | 'filterByTopic' | 'filterByPacketType',
  names: readonly string[],
  {
    bytes = encode(a.publish('a "b"'), 5),
    sequence: asked,
    ...more
  }: Partial<CapturedBytes> & { readonly bytes?: Uint8Array; readonly sequence?: number } = {},
): readonly string[] {
  const log = new PacketLog({ byteBudget: 1e6 });
  const shown: string[] = [];
  const active = { log, selected: { first: -1 }, showFilter: (text: string) => shown.push(text) };
  const inspectors = { active } as unknown as InspectorPanels;
  const commands = filterCommands({ log, inspectors, picker: {} as ConnectionPicker });
  for (const name of names) {
    const connection = log.openConnection(name);
    const captured = {
      at: 0,
      direction: 'in',
      connection,
      kind: 'packet',
      version: 5,
      topic: 'a "b"',
      ...more,
    } as const;
    const sequence = log.append(captured, bytes);
    void commands[command]({ sequence: asked ?? sequence });
  }
  return shown;
}

describe('The commands that filter by a packet', () => {
  it('show all connections of its client, whichever port it came from', () => {
    assert.deepEqual(
      filtersOf('filterByClient', [
        'esp (10.0.0.7:50001)',
        'esp (10.0.0.7:50002)',
        'esp · 10.0.0.7:50001 → 10.0.0.1:1883',
        'bench',
        '10.0.0.7:50001',
      ]),
      [
        'client == "esp"',
        'client == "esp"',
        'client == "esp"',
        'client == "bench"',
        'client == "10.0.0.7:50001"',
      ],
    );
  });

  it('show its topic, and its type', () => {
    assert.deepEqual(filtersOf('filterByTopic', ['bench']), ['topic == "a \\"b\\""']);
    assert.deepEqual(filtersOf('filterByPacketType', ['bench']), ['packet == PUBLISH']);
  });

  it('take what is no packet, and a type that no version has, by the words of the filter', () => {
    assert.deepEqual(filtersOf('filterByPacketType', ['bench'], { kind: 'unframed' }), [
      'packet == unframed',
    ]);
    assert.deepEqual(filtersOf('filterByPacketType', ['bench'], { bytes: Uint8Array.of(0x00, 0) }), [
      'packet == RESERVED',
    ]);
  });

  it('say so where there is no topic, and where there is no packet', () => {
    const { messages } = fakeVscode.window;
    messages.length = 0;
    const ping = { topic: undefined, bytes: Uint8Array.of(0xc0, 0) };
    assert.deepEqual(filtersOf('filterByTopic', ['bench'], ping), []);
    assert.deepEqual(filtersOf('filterByTopic', ['bench'], { sequence: 99 }), []);
    assert.deepEqual(
      messages.map(({ text }) => text),
      [
        'This packet has no topic to filter by.',
        'No packet is selected. Open the inspector and select one, then try again.',
      ],
    );
  });
});

import type { CommandArgument, CommandHandlers } from '../../../contributions/commands';
import { shortNameOf } from '../../../capture/clientIdentity';
import type { PacketLog, PacketRow } from '../../../capture/packetLog';
import type { ConnectionPicker } from '../../connections/connectionPicker';
import { quoted } from '../../../where/tokens';
import { showInformation } from '../../reporting/notifications';
import type { InspectorPanels } from '../inspectorPanels';
import { tellNothingSelected } from './copyCommands';

export interface FilterCommandsDependencies {
  readonly log: PacketLog;
  readonly inspectors: InspectorPanels;
  readonly picker: ConnectionPicker;
}

type Handled =
  'filterByField' | 'filterByTopic' | 'filterByClient' | 'filterByPacketType' | 'showConnectionPackets';

/** The commands that show only some of the packets. */
export function filterCommands({
  log: live,
  inspectors,
  picker,
}: FilterCommandsDependencies): Pick<CommandHandlers, Handled> {
  const filterBy = (
    packet: CommandArgument<'openInspector'>,
    expression: (row: PacketRow, log: PacketLog) => string | undefined,
  ): void => {
    const log = inspectors.active?.log ?? live;
    const row = log.row(packet?.sequence ?? inspectors.active?.selected.first ?? -1);
    const text = row && expression(row, log);
    if (text !== undefined) inspectors.active?.showFilter(text, true);
    else if (row) void showInformation('This packet has no topic to filter by.');
    else tellNothingSelected();
  };
  return {
    filterByField: () => inspectors.active?.filterByField(),
    filterByTopic: (packet) =>
      filterBy(packet, ({ topic }) => (topic === undefined ? undefined : `topic == ${quoted(topic)}`)),
    filterByClient: (packet) =>
      filterBy(packet, ({ connection }, log) => `client == ${quoted(shortNameOf(log, connection))}`),
    filterByPacketType: (packet) =>
      filterBy(
        packet,
        ({ kind, packetType }) => `packet == ${packetType ?? (kind === 'packet' ? 'RESERVED' : kind)}`,
      ),
    showConnectionPackets: async (argument) => {
      const connection = await picker.pick(argument, 'Connection whose packets to show');
      if (!connection) return;
      const { name } = connection.profile;
      await inspectors.showFiltered(`client == ${quoted(name)}`, name);
    },
  };
}

/** The filter for all connections of a client of the local broker, which are called after it and where they come from. */
export function brokerClientFilter(name: string): string {
  const plain = name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  return `client matches /^${plain} \\(/`;
}

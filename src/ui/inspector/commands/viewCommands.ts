import type { CommandHandlers } from '../../../contributions/commands';
import type { PanelAction } from '../../../inspector/panelContract';
import type { InspectorSession } from '../inspectorSession';
import { tellNothingSelected } from './copyCommands';

type Handled =
  | 'measureTimesFrom'
  | 'showTimeOfDay'
  | 'showTimeSince'
  | 'showTimeDelta'
  | 'chooseColumns'
  | 'hideColumn'
  | 'resetColumns'
  | 'copyFieldName'
  | 'copyFieldValue'
  | 'copyFieldBytes'
  | 'copyPayloadPath'
  | 'copyPayloadValue'
  | 'chartPayloadNumber'
  | 'filterByPayloadValue'
  | 'nextViolation'
  | 'previousViolation';

/** The commands that the view of the inspector that is in front carries out itself. */
export function viewCommands(inspectors: {
  readonly active: InspectorSession | undefined;
}): Pick<CommandHandlers, Handled> {
  const perform = (action: PanelAction): void => inspectors.active?.perform(action);
  return {
    measureTimesFrom: (packet) => {
      const sequence = packet?.sequence ?? inspectors.active?.selected.first;
      if (sequence === undefined) tellNothingSelected();
      else perform({ kind: 'measureFrom', sequence });
    },
    showTimeOfDay: () => perform({ kind: 'showTime', mode: 'ofDay' }),
    showTimeSince: () => perform({ kind: 'showTime', mode: 'since' }),
    showTimeDelta: () => perform({ kind: 'showTime', mode: 'delta' }),
    chooseColumns: () => perform({ kind: 'chooseColumns' }),
    hideColumn: (column) => column && perform({ kind: 'hideColumn', column: column.column }),
    resetColumns: () => perform({ kind: 'resetColumns' }),
    copyFieldName: () => perform({ kind: 'copyField', part: 'name' }),
    copyFieldValue: () => perform({ kind: 'copyField', part: 'value' }),
    copyFieldBytes: () => perform({ kind: 'copyField', part: 'bytes' }),
    copyPayloadPath: () => perform({ kind: 'onPayloadValue', action: 'copyPath' }),
    copyPayloadValue: () => perform({ kind: 'onPayloadValue', action: 'copyValue' }),
    chartPayloadNumber: () => perform({ kind: 'onPayloadValue', action: 'chart' }),
    filterByPayloadValue: () => perform({ kind: 'onPayloadValue', action: 'filter' }),
    nextViolation: () => perform({ kind: 'goToViolation', step: 1 }),
    previousViolation: () => perform({ kind: 'goToViolation', step: -1 }),
  };
}

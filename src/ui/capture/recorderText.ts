import { grouped } from '../../base/grouped';
import type { FlightRecorderState } from '../../capture/recording/flightRecorder';
import { describeFileFailure } from '../reporting/fileFailure';

/**
 * What the status bar's item of the flight recorder says, what it says when somebody looks closer, and what a picker of
 * its own has room for.
 */
export function recorderText(
  { phase, file, recorded, lost, failure }: FlightRecorderState,
  folder: string,
): { readonly shown: string; readonly spoken: string; readonly brief: string } {
  const counts = [
    `${packets(recorded)} recorded`,
    ...(lost > 0
      ? [`${packets(lost)} not recorded, as the disk did not keep up with the capture budget`]
      : []),
  ].join(', ');
  switch (phase) {
    case 'idle':
      return {
        shown: '$(record) Recording MQTT',
        spoken: `Flight recorder: waits for the first packet. Recordings go to ${folder}.`,
        brief: 'Waits for the first packet',
      };
    case 'recording':
      return {
        shown: lost > 0 ? '$(record) Recording MQTT $(warning)' : '$(record) Recording MQTT',
        spoken: `Flight recorder: ${counts}. It writes ${file ?? 'no file'} in ${folder}.`,
        brief: `${counts}, in ${file ?? 'no file'}`,
      };
    case 'failing':
      return {
        shown: '$(warning) MQTT not recorded',
        spoken: `Flight recorder: ${folder} cannot be written to. ${describeFileFailure(failure)} It is tried again. ${counts}.`,
        brief: `Not recorded: ${describeFileFailure(failure)} It is tried again.`,
      };
  }
}

function packets(count: number): string {
  return count === 1 ? '1 packet' : `${grouped(count)} packets`;
}

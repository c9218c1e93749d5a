import type { FlightRecorderState } from '../../capture/recording/flightRecorder';
import { describeFileFailure } from '../reporting/fileFailure';

/** What the status bar's item of the flight recorder says, and what it says when somebody looks closer. */
export function recorderText(
  { phase, file, recorded, lost, failure }: FlightRecorderState,
  folder: string,
): { readonly shown: string; readonly spoken: string } {
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
      };
    case 'recording':
      return {
        shown: lost > 0 ? '$(record) Recording MQTT $(warning)' : '$(record) Recording MQTT',
        spoken: `Flight recorder: ${counts}. It writes ${file ?? 'no file'} in ${folder}.`,
      };
    case 'failing':
      return {
        shown: '$(warning) MQTT not recorded',
        spoken: `Flight recorder: ${folder} cannot be written to. ${describeFileFailure(failure)} It is tried again. ${counts}.`,
      };
  }
}

function packets(count: number): string {
  return count === 1 ? '1 packet' : `${count.toLocaleString('en')} packets`;
}

/* Records packets to the folder that it is told, until somebody kills it. Prints how many are safe on the disk. */
import { ConnectionCapture } from '../../src/capture/connectionCapture';
import { PacketLog } from '../../src/capture/packetLog';
import { FlightRecorder } from '../../src/capture/recording/flightRecorder';
import { isRecordingName } from '../../src/capture/recording/recordingFolder';
import { concealSecrets } from '../../src/inspector/concealment';
import { encode } from '../../src/protocol/codec';
import { RecordingDirectory } from '../../src/storage/recordingDirectory';
import { systemClock } from '../../src/transport/systemClock';
import { hostPace } from '../../src/ui/inspector/hostPace';
import { a } from './packets';

const log = new PacketLog({ byteBudget: 1 << 24 });
const recorder = new FlightRecorder({
  ...{ log, clock: systemClock, pace: hostPace, fileBytes: 1 << 24, files: 4, application: 'MQTT Workbench' },
  folder: new RecordingDirectory(process.argv[2] ?? '', isRecordingName),
  conceal: (...row) => concealSecrets(...row).bytes,
});
const capture = new ConnectionCapture(log, 'bench');
capture.chunk('out', encode(a.connect(), 5), systemClock.now());
capture.chunk('in', encode(a.connack(), 5), systemClock.now());
let published = 0;
setInterval(() => {
  const at = systemClock.now();
  capture.chunk('in', encode(a.publish(`number/${++published}`), 5), at);
}, 5);
recorder.onDidChange(() => console.log(`safe ${recorder.state.recorded}`));

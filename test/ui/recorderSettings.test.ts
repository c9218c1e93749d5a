import assert from 'node:assert/strict';
import { recorderConfiguration } from '../../src/ui/capture/recorderSettings';
import { recorderText } from '../../src/ui/capture/recorderText';

const read = (written: Readonly<Record<string, unknown>>) => (name: string) =>
  written[name.replace('flightRecorder.', '')];
const absolute = (folder: string) => (folder.startsWith('/') ? folder : undefined);
const configured = (written: Readonly<Record<string, unknown>>) =>
  recorderConfiguration(read(written), '/usual', absolute);

describe('The settings of the flight recorder', () => {
  it('are off, in the usual folder, unless somebody says otherwise', () => {
    assert.deepEqual(configured({}), {
      enabled: false,
      folder: '/usual',
      folderProblem: undefined,
      fileBytes: 64 * 1024 * 1024,
      files: 8,
    });
  });

  it('are taken as they are written, as far as they can be', () => {
    const { enabled, folder, fileBytes, files } = configured({
      ...{ enabled: true, folder: ' /elsewhere ', fileSize: 1e9, files: 0 },
    });
    assert.deepEqual([enabled, folder, fileBytes, files], [true, '/elsewhere', 4096 * 1024 * 1024, 2]);
    assert.equal(configured({ enabled: 'yes' }).enabled, false);
    assert.equal(configured({ files: Number.NaN, fileSize: 'big' }).files, 8);
  });

  it('leave the usual folder where another is no absolute path, and say so', () => {
    const { folder, folderProblem } = configured({ folder: 'here' });
    assert.equal(folder, '/usual');
    assert.match(folderProblem ?? '', /“here”, which is no absolute path\. Recordings go to \/usual/);
  });

  it('show in the status bar how the recording stands', () => {
    const state = { phase: 'recording', file: 'a.pcapng', recorded: 1, lost: 0, failure: undefined } as const;
    assert.deepEqual(recorderText(state, '/f'), {
      shown: '$(record) Recording MQTT',
      spoken: 'Flight recorder: 1 packet recorded. It writes a.pcapng in /f.',
      brief: '1 packet recorded, in a.pcapng',
    });
    assert.match(recorderText({ ...state, lost: 2000 }, '/f').spoken, /2,000 packets not recorded/);
    const failure = Object.assign(new Error('full'), { code: 'ENOSPC' });
    const failing = recorderText({ ...state, phase: 'failing', failure }, '/f');
    assert.equal(failing.shown, '$(warning) MQTT not recorded');
    assert.match(failing.spoken, /\/f cannot be written to\. The disk is full\./);
    assert.match(failing.brief, /^Not recorded: The disk is full\..* It is tried again\.$/);
    assert.equal(recorderText({ ...state, phase: 'idle' }, '/f').brief, 'Waits for the first packet');
  });
});

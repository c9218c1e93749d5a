import type { SettingSchema } from './settingSchema';

/** Of the computer: files are written by themselves, which is nothing for a workspace to decide. */
const scope = 'machine';

/** The settings of the flight recorder, by the part of their id after `mqttWorkbench.`. */
export const recorderSettings = {
  'flightRecorder.enabled': {
    type: 'boolean',
    scope,
    default: false,
    markdownDescription:
      'Record everything that is captured to files on the disk, all the time: the newest packets are in them even after a crash, up to the last second. The files are captures that Wireshark opens too, with passwords concealed; payloads are in them as they are.',
  },
  'flightRecorder.folder': {
    type: 'string',
    scope,
    default: '',
    markdownDescription:
      'The folder of the recordings: an absolute path, or one that starts with `~`. Empty, they are in the folder that VS Code has for the extension. Other files there are left alone.',
  },
  'flightRecorder.fileSize': {
    type: 'integer',
    scope,
    default: 64,
    minimum: 1,
    maximum: 4096,
    markdownDescription: 'The size of a recording in MiB, after which the next one begins.',
  },
  'flightRecorder.files': {
    type: 'integer',
    scope,
    default: 8,
    minimum: 2,
    maximum: 1000,
    markdownDescription:
      'How many recordings are kept. When one more begins, the one that was written to longest ago is deleted. Windows that record at the same time share them, and none deletes what another is writing to: where there are more windows than recordings, each has one.',
  },
} as const satisfies Readonly<Record<string, SettingSchema & { readonly scope: 'machine' }>>;

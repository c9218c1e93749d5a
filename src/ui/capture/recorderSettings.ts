import { settings, type SettingName } from '../../contributions/settings';

/** What the settings of the flight recorder come to. */
export interface RecorderConfiguration {
  readonly enabled: boolean;
  readonly folder: string;
  /** What is wrong with the folder that is written there: the usual one is taken then. */
  readonly folderProblem: string | undefined;
  readonly fileBytes: number;
  readonly files: number;
}

const bytesPerMebibyte = 1024 * 1024;

/**
 * Reads the settings, which hold whatever somebody wrote: a number beyond the schema's bounds is taken for the nearest one
 * within, anything else for the default.
 * @param absolute a folder as a path from the root, undefined where it is none
 */
export function recorderConfiguration(
  read: (name: SettingName) => unknown,
  usualFolder: string,
  absolute: (written: string) => string | undefined,
): RecorderConfiguration {
  const written = read('flightRecorder.folder');
  const wanted = typeof written === 'string' ? written.trim() : '';
  const folder = wanted === '' ? usualFolder : absolute(wanted);
  return {
    enabled: read('flightRecorder.enabled') === true,
    folder: folder ?? usualFolder,
    folderProblem:
      folder === undefined
        ? `The setting mqttWorkbench.flightRecorder.folder is “${wanted}”, which is no absolute path. Recordings go to ${usualFolder} until it is one.`
        : undefined,
    fileBytes: bounded('flightRecorder.fileSize', read) * bytesPerMebibyte,
    files: bounded('flightRecorder.files', read),
  };
}

function bounded(
  name: 'flightRecorder.fileSize' | 'flightRecorder.files',
  read: (name: SettingName) => unknown,
): number {
  const { minimum, maximum, default: usual } = settings[name];
  const written = read(name);
  const number = typeof written === 'number' && !Number.isNaN(written) ? written : usual;
  return Math.floor(Math.min(maximum, Math.max(minimum, number)));
}

import { settings } from '../../contributions/settings';

const bytesPerMebibyte = 1024 * 1024;

/**
 * The bytes that the setting `capture.budget` stands for. Settings hold whatever somebody wrote: a number beyond the
 * schema's bounds is taken for the nearest one within, anything else for the default.
 */
export function captureBudget(written: unknown): number {
  const { minimum, maximum, default: usual } = settings['capture.budget'];
  const mebibytes = typeof written === 'number' && !Number.isNaN(written) ? written : usual;
  return Math.floor(Math.min(maximum, Math.max(minimum, mebibytes)) * bytesPerMebibyte);
}

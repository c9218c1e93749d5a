import type { Pace } from '../../base/slices';

/** The extension host's clock and event loop. In a browser, where tests play the host, a rest is a timer. */
export const hostPace: Pace = {
  now: () => performance.now(),
  rest: () =>
    new Promise((resolve) => {
      if (typeof setImmediate === 'function') setImmediate(resolve);
      else setTimeout(resolve);
    }),
};

/** For what may wait longer: a timer has its turn after everything else that is due. */
export const patientPace: Pace = {
  now: () => performance.now(),
  rest: () => new Promise((resolve) => setTimeout(resolve)),
};

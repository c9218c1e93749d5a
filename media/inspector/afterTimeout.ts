import type { Disposable } from '../../src/base/lifecycle';

/** Does something after so many milliseconds, unless it is disposed before. */
export function afterTimeout(milliseconds: number, work: () => void): Disposable {
  const timer = setTimeout(work, milliseconds);
  return { dispose: () => clearTimeout(timer) };
}

import type { Disposable } from '../../base/lifecycle';
import type { BrokerProblems } from './brokerProblems';

/**
 * Logs what clients of the local broker do wrong: the same of a client the first time, and whenever there are ten times as
 * many: a device repeats its mistake with every message.
 */
export function logProblems(
  problems: Pick<BrokerProblems, 'onDidChange'>,
  log: { warn(message: string): void },
): Disposable {
  return problems.onDidChange((problem) => {
    if (!problem) return;
    const { who, text, count, before } = problem;
    if (before > 0 && String(count).length === String(before).length) return;
    log.warn(`Local broker, ${who}: ${text}${count === 1 ? '' : ` (${count} times so far)`}`);
  });
}

import type { Clock } from '../../base/clock';
import type { Disposable } from '../../base/lifecycle';
import { type NotificationAction, showInformation, showWarning } from '../reporting/notifications';
import type { BrokerProblems, Problem } from './brokerProblems';

/** How many notifications come within a time, in milliseconds: a test with broken devices must not bury the editor. */
const mostAtOnce = 5;
const breathing = 60_000;
/** How many are remembered as told. */
const mostTold = 10_000;

interface NoticeDependencies {
  readonly clock: Clock;
  readonly isQuiet: () => boolean;
  readonly inspect: (sequence: number) => void;
  /** No more of them from now on. */
  readonly beQuiet: () => unknown;
}

/** Tells once for each client and kind when a device breaks the protocol, with a way to the packet. */
export function tellProblems(
  problems: Pick<BrokerProblems, 'onDidChange'>,
  { clock, isQuiet, inspect, beQuiet }: NoticeDependencies,
): Disposable {
  const told = new Set<string>();
  let times: readonly number[] = [];
  let leftOut = false;
  return problems.onDidChange((problem) => {
    if (!problem?.isTold || told.has(problem.key) || isQuiet()) return;
    const now = clock.now();
    times = times.filter((at) => now - at < breathing);
    const isTooMany = times.length >= mostAtOnce;
    if (isTooMany && leftOut) return;
    told.add(problem.key);
    const [oldest] = told;
    if (told.size > mostTold && oldest !== undefined) told.delete(oldest);
    leftOut = isTooMany;
    times = [...times, now];
    const quiet: NotificationAction = { caption: 'No More of These', run: beQuiet };
    if (isTooMany) {
      void showWarning(
        'More devices break the protocol at the local broker. "Problems" below it in the Connections view lists them all.',
        quiet,
      );
      return;
    }
    void showWarning(
      textOf(problem),
      { caption: 'Show Packet', run: () => inspectProblem(problem, inspect) },
      quiet,
    );
  });
}

/** Shows the packet that a problem is about, or says that it is gone. */
export function inspectProblem({ packet }: Problem, inspect: (sequence: number) => void): unknown {
  const sequence = packet();
  if (sequence !== undefined) return inspect(sequence);
  return showInformation(
    'That packet is not kept any more: the captured packets were cleared, or it went for the capture budget.',
  );
}

function textOf({ who, text }: Problem): string {
  return `${who} at the local broker: ${text}`;
}

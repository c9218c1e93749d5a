import type { Clock } from '../../base/clock';
import type { Disposable } from '../../base/lifecycle';
import { type NotificationAction, showInformation, showWarning } from '../reporting/notifications';
import { type BrokerProblems, type Problem, takeOverKind } from './brokerProblems';

/** How many notifications come within a time, in milliseconds: a test with broken devices must not bury the editor. */
const mostAtOnce = 5;
const breathing = 60_000;
/** How many are remembered as told. */
const mostTold = 10_000;

interface NoticeDependencies {
  readonly clock: Clock;
  readonly isQuiet: () => boolean;
  readonly inspect: (sequence: number) => void;
  /** Shows where all problems are listed. */
  readonly showAll: () => unknown;
  /** No more of them from now on. */
  readonly beQuiet: () => unknown;
}

/** When notifications came, and whether the last said that there are more. */
interface Told {
  times: number[];
  leftOut: boolean;
}

const newTold = (): Told => ({ times: [], leftOut: false });

/** Tells once for each client and kind when a device breaks the protocol, with a way to the packet. */
export function tellProblems(
  problems: Pick<BrokerProblems, 'onDidChange'>,
  { clock, isQuiet, inspect, showAll, beQuiet }: NoticeDependencies,
): Disposable {
  const told = new Set<string>();
  // That two fight over an identifier is not lost among what else is wrong.
  const [fights, others]: readonly [Told, Told] = [newTold(), newTold()];
  return problems.onDidChange((problem) => {
    if (!problem?.isTold || told.has(problem.key) || isQuiet()) return;
    const now = clock.now();
    const recent = problem.kind === takeOverKind ? fights : others;
    recent.times = recent.times.filter((at) => now - at < breathing);
    const isTooMany = recent.times.length >= mostAtOnce;
    if (isTooMany && recent.leftOut) return;
    told.add(problem.key);
    const [oldest] = told;
    if (told.size > mostTold && oldest !== undefined) told.delete(oldest);
    recent.leftOut = isTooMany;
    recent.times.push(now);
    const quiet: NotificationAction = { caption: 'No More of These', run: beQuiet };
    if (isTooMany) {
      void showWarning(
        'More devices break the protocol at the local broker. "Problems" below it in the Connections view lists them all, each with its packet.',
        { caption: 'Show Problems', run: showAll },
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

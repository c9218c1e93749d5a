import type { FaultKind, Finding } from '../observer';
import { brokerScenarioOf } from './brokerScenario';
import { judgeBroker } from './brokerVerdict';
import type { BrokerSimulationOptions } from './brokerWorld';
import { BrokerWorld } from './brokerWorld';

export interface BrokerRunResult {
  readonly seed: number;
  readonly findings: readonly Finding[];
  readonly faults: ReadonlyMap<FaultKind, number>;
  readonly connections: number;
  /** Messages that came to applications. */
  readonly messages: number;
  /** Empty unless it was asked for. */
  readonly transcript: readonly string[];
}

/** Runs the scenario of a seed with a broker in its middle, and judges it. */
export async function simulateBroker(
  seed: number,
  options: BrokerSimulationOptions = {},
): Promise<BrokerRunResult> {
  const world = new BrokerWorld(brokerScenarioOf(seed), options);
  const { observer } = world;
  // Stacks of errors are a good part of a run, and only read where it has failed.
  const { stackTraceLimit } = Error;
  if (!options.isVerbose) Error.stackTraceLimit = 0;
  try {
    await world.run();
    judgeBroker(world);
    await world.end();
    if (world.timeline.waiting(world.owner) > 0) observer.finding('the broker leaves timers behind');
    for (const { link, watch } of world.links)
      if (!link.server.isClosed) observer.finding(`[${watch.peer}] the broker leaves a connection behind`);
  } catch (error) {
    observer.finding(`threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
  const { findings, faults, transcript } = observer;
  const messages = world.participants.reduce((sum, { arrivals }) => sum + arrivals.length, 0);
  return { ...{ seed, findings, faults, transcript, messages }, connections: world.links.length };
}

import type { FaultKind, Finding } from './observer';
import { scenarioOf } from './scenario';
import type { SimulationOptions } from './simulationWorld';
import { SimulationWorld } from './simulationWorld';
import { judge } from './verdict';

export interface RunResult {
  readonly seed: number;
  readonly findings: readonly Finding[];
  readonly faults: ReadonlyMap<FaultKind, number>;
  readonly connections: number;
  /** Messages that were published, both ways. */
  readonly messages: number;
  /** Empty unless it was asked for. */
  readonly transcript: readonly string[];
}

/** Runs the scenario of a seed and judges it. */
export async function simulate(seed: number, options: SimulationOptions = {}): Promise<RunResult> {
  const world = new SimulationWorld(scenarioOf(seed), options);
  const { observer } = world;
  // Stacks of errors are a good part of a run, and only read where it has failed.
  const { stackTraceLimit } = Error;
  if (!options.isVerbose) Error.stackTraceLimit = 0;
  try {
    await world.run();
    judge(world);
  } catch (error) {
    observer.finding(`threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
  const { findings, faults, transcript } = observer;
  const sum = (count: (client: (typeof world.clients)[number]) => number) =>
    world.clients.reduce((total, client) => total + count(client), 0);
  return {
    ...{ seed, findings, faults, transcript },
    connections: world.links.length,
    messages: sum(
      ({ published, plan }) => published.length + world.server.record(plan.clientIdentifier).routed.size,
    ),
  };
}

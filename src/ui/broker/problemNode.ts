import { BrokerNode } from './brokerNode';
import type { Problem } from './brokerProblems';
import type { BrokerRow } from './brokerRow';
import { problemRow } from './clientRow';

/** What a device did wrong, or what was refused to it. */
export class ProblemNode extends BrokerNode {
  readonly problemKey: string;

  constructor(
    parent: BrokerNode,
    private readonly problem: Problem,
  ) {
    super(`${parent.id}/${problem.key}`, parent);
    this.problemKey = problem.key;
  }

  row(): BrokerRow {
    return problemRow(this.problem);
  }
}

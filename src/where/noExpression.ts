import type { WhereProblem } from './whereProblem';

/** Thrown inside this folder alone, to leave a read from any depth. */
export class NoExpression extends Error {
  constructor(readonly problem: WhereProblem) {
    super(problem.code);
  }
}

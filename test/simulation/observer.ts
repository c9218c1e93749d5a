export type FaultKind =
  | 'cut'
  | 'half-open'
  | 'split'
  | 'coalesced'
  | 'full'
  | 'paused'
  | 'refused connection'
  | 'hanging connection'
  | 'busy server'
  | 'silent server'
  | 'older server'
  | 'disk'
  | 'server said goodbye'
  | 'stranger'
  | 'server restart'
  | 'server restart without sessions'
  | 'other limits'
  | 'session expired'
  | 'message refused'
  | 'client crash'
  | 'whim'
  | 'store failure'
  | 'intruder'
  | 'dropped';

/** A rule that was broken, with where in the transcript that showed. */
export interface Finding {
  readonly at: number;
  /** The line of the transcript after which it was found, counted from 0. */
  readonly line: number;
  readonly text: string;
}

/**
 * What happened in a run. Lines are only put together where somebody wants to read them: a seed that fails is run again
 * for its transcript.
 */
export class Observer {
  readonly findings: Finding[] = [];
  readonly transcript: string[] = [];
  readonly faults = new Map<FaultKind, number>();
  private lines = 0;

  constructor(
    private readonly now: () => number,
    private readonly start: number,
    private readonly isVerbose: boolean,
  ) {}

  note(text: () => string): void {
    this.lines++;
    if (this.isVerbose) this.transcript.push(`${this.stamp()} ${text()}`);
  }

  fault(kind: FaultKind, detail?: () => string): void {
    this.faults.set(kind, (this.faults.get(kind) ?? 0) + 1);
    this.note(() => `  !! ${kind}${detail ? `: ${detail()}` : ''}`);
  }

  /** Something broke a rule. */
  finding(text: string): void {
    this.findings.push({ at: this.now() - this.start, line: this.lines, text });
    this.note(() => `  ** ${text}`);
  }

  private stamp(): string {
    return ((this.now() - this.start) / 1000).toFixed(3).padStart(9);
  }
}

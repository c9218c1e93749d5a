import assert from 'node:assert/strict';
import { LogAnalysis } from '../../../src/capture/analysis/analysis';
import type { Finding, FindingKind } from '../../../src/capture/analysis/doctor/finding';
import { ScriptedCapture } from '../../support/scriptedCapture';

export function finished<T>(work: Generator<undefined, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

/** What the doctor finds in a conversation, packet after packet in steps of three. */
export function findingsOf(converse: (script: ScriptedCapture) => void): readonly Finding[] {
  const script = new ScriptedCapture();
  converse(script);
  const analysis = new LogAnalysis(script.log);
  while (!analysis.advance(3));
  return finished(analysis.findings());
}

/** A finding with a conversation that has it and one, as much alike as can be, that has not. */
export function describeFinding(
  kind: FindingKind,
  cases: readonly {
    readonly where: string;
    readonly found: (script: ScriptedCapture) => void;
    /** What the title and the sentence say, and on how many packets it rests. */
    readonly title: RegExp;
    readonly sentence?: RegExp;
    readonly packets?: number;
    readonly butNot: string;
    readonly healthy: (script: ScriptedCapture) => void;
  }[],
): void {
  for (const { where, found, title, sentence, packets, butNot, healthy } of cases) {
    it(`finds ${kind} where ${where}`, () => {
      const findings = findingsOf(found).filter((finding) => finding.kind === kind);
      assert.equal(findings.length, 1, JSON.stringify(findings, undefined, 2));
      const [finding] = findings;
      assert.match(finding?.title ?? '', title);
      if (sentence) assert.match(finding?.sentence ?? '', sentence);
      // What was seen, why, and what to do: and no part of it left empty.
      assert.match(finding?.sentence ?? '', /^.{60,}\.$/);
      assert.doesNotMatch(`${finding?.title} ${finding?.sentence}`, /undefined|NaN|Infinity|\{|“”/);
      if (packets !== undefined) assert.equal(finding?.packets.length, packets);
      else assert.notEqual(finding?.packets.length, 0);
    });

    it(`does not find ${kind} where ${butNot}`, () => {
      assert.deepEqual(
        findingsOf(healthy).filter((finding) => finding.kind === kind),
        [],
      );
    });
  }
}

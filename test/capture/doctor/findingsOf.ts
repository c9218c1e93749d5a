import assert from 'node:assert/strict';
import { LogAnalysis } from '../../../src/capture/analysis/analysis';
import type { Finding, FindingKind } from '../../../src/capture/analysis/doctor/finding';
import { PacketLog } from '../../../src/capture/packetLog';
import { readForeign, readOwn } from '../../support/foreignCapture';
import { ScriptedCapture } from '../../support/scriptedCapture';
import { bringBack } from '../../support/snapshots';

export function finished<T>(work: Generator<undefined, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

/** What the doctor finds in a log, packet after packet in steps of three. */
export function findingsIn(log: PacketLog): readonly Finding[] {
  const analysis = new LogAnalysis(log);
  while (!analysis.advance(3));
  return finished(analysis.findings()).findings;
}

/** What the doctor finds in a conversation. */
export function findingsOf(converse: (script: ScriptedCapture) => void): readonly Finding[] {
  return findingsIn(logOf(converse));
}

function logOf(converse: (script: ScriptedCapture) => void): PacketLog {
  const script = new ScriptedCapture();
  converse(script);
  return script.log;
}

/** How a conversation comes to the doctor. */
const ways: Readonly<Record<string, (log: PacketLog) => PacketLog | Promise<PacketLog>>> = {
  '': (log) => log,
  ', in a capture file of another program': readForeign,
  ', in a capture file of our own': readOwn,
  ', after the window was reloaded': (log) => bringBack(new PacketLog({ byteBudget: 1 << 26 }), log),
};

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
  const each = cases.flatMap((one) => Object.entries(ways).map(([as, pass]) => ({ ...one, as, pass })));
  for (const { where, found, title, sentence, packets, as, pass } of each) {
    it(`finds ${kind} where ${where}${as}`, async () => {
      const findings = findingsIn(await pass(logOf(found))).filter((finding) => finding.kind === kind);
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
  }
  describeHealthy(
    kind,
    cases.map(({ butNot, healthy }) => ({ butNot, healthy })),
  );
}

/** More conversations in which there is no such thing. */
export function describeHealthy(
  kind: FindingKind,
  cases: readonly { readonly butNot: string; readonly healthy: (script: ScriptedCapture) => void }[],
): void {
  const each = cases.flatMap((one) => Object.entries(ways).map(([as, pass]) => ({ ...one, as, pass })));
  for (const { butNot, healthy, as, pass } of each) {
    it(`does not find ${kind} where ${butNot}${as}`, async () => {
      assert.deepEqual(
        findingsIn(await pass(logOf(healthy))).filter((finding) => finding.kind === kind),
        [],
      );
    });
  }
}

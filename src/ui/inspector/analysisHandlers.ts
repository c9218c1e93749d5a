import { inSlices } from '../../base/slices';
import type { LogAnalysis } from '../../capture/analysis/analysis';
import { findExchanges } from '../../capture/exchanges';
import type { PacketLog } from '../../capture/packetLog';
import { readingTime, type Analysed, type AnalysisHost } from '../../inspector/analysisContract';
import type { Handlers } from '../../inspector/peer';
import { patientPace } from './hostPace';
import { sharedAnalysis } from './sharedAnalysis';

/** Milliseconds of work between two rests: a step and a collection of garbage may overrun it. */
const budget = 5;
/** Packets read in one step: about a tenth of a millisecond. */
const packetsOfStep = 32;

/**
 * Answers what a view asks about many packets at once, in slices. The analysis of a log is made when it is asked for the
 * first time, is that of all inspectors of the log, and reads on only while it is asked.
 * @param wanted whether anybody would see an answer.
 */
export function analysisHandlers(log: PacketLog, wanted: () => boolean): Handlers<AnalysisHost> {
  let made: LogAnalysis | undefined;
  const analysed = async <T>(answer: (of: LogAnalysis) => Generator<undefined, T>): Promise<Analysed<T>> => {
    const analysis = (made ??= sharedAnalysis(log));
    const end = patientPace.now() + readingTime;
    const goOn = (): boolean => wanted() && patientPace.now() < end;
    await inSlices(() => analysis.advance(packetsOfStep), { pace: patientPace, budget, wanted: goOn });
    const result = await inRests(answer(analysis));
    return { result, progress: analysis.progress };
  };
  return {
    exchanges: (sequence) => inRests(findExchanges(log, sequence)),
    statistics: () => analysed((analysis) => analysis.statistics()),
    timeline: (window) => analysed((analysis) => analysis.timeline(window)),
    findings: () => analysed((analysis) => analysis.findings()),
  };
}

/** Runs work that yields where it may rest, and rests there when the budget is used up. */
async function inRests<T>(work: Generator<undefined, T>): Promise<T> {
  for (;;) {
    const end = patientPace.now() + budget;
    do {
      const step = work.next();
      if (step.done) return step.value;
    } while (patientPace.now() < end);
    await patientPace.rest();
  }
}

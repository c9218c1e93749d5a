import * as assert from 'node:assert/strict';
import type { ClientFailure } from '../../src/client/clientFailure';
import { explainClientFailure } from '../../src/ui/reporting/clientFailure';
import { explanationText, type Remedy } from '../../src/ui/reporting/explanation';
import { failingProfile as profile } from './failingProfile';

/** A failure of a connection, and what a person is told of it: at the end of a row, at length, and what helps. */
export type ToldFailure = readonly [failure: ClientFailure, short: string, text: RegExp, remedy: Remedy];

/** Makes the tests of failures, two of each. */
export function tellsEach(failures: readonly ToldFailure[]): void {
  for (const [failure, short, text, remedy] of failures) {
    const explanation = explainClientFailure(failure, profile);
    it(`is told as "${short}"`, () => {
      assert.equal(explanation.short, short);
      assert.match(explanationText(explanation), text);
      assert.equal(explanation.remedy, remedy);
    });

    it(`is told in whole sentences: ${short}`, () => {
      for (const part of [explanation.what, explanation.why, explanation.next])
        assert.match(part, /^["\w].*\.$/);
    });
  }
}

import * as assert from 'node:assert/strict';
import { lensTitles } from '../../src/ui/snippets/lensTitles';

describe('The lenses over a block', () => {
  const another = '$(run-above) Publish on another connection…';
  const cases: readonly [Parameters<typeof lensTitles>, publish: string, publishTo: string | undefined][] = [
    [[undefined, [], 0], '$(play) Publish…', undefined],
    [[undefined, [], 2], '$(play) Publish…', undefined],
    [[undefined, ['bench'], 1], '$(play) Publish on bench', undefined],
    [[undefined, ['bench'], 2], '$(play) Publish on bench', another],
    [[undefined, ['bench', 'desk'], 2], '$(play) Publish…', undefined],
    [['desk', ['bench'], 2], '$(play) Publish on desk', another],
    [['desk', [], 1], '$(play) Publish on desk', undefined],
    [[undefined, ['$(zap)'], 1], '$(play) Publish on \\$(zap)', undefined],
  ];
  for (const [given, publish, publishTo] of cases) {
    it(`say "${publish}" for ${JSON.stringify(given)}`, () => {
      assert.deepEqual(lensTitles(...given), { publish, publishTo });
    });
  }
});

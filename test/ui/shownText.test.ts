import * as assert from 'node:assert/strict';
import { fakeVscode } from '../support/vscodeFake';
import { turn } from '../support/fakeClock';
import { askSteps } from '../../src/ui/reporting/askSteps';
import { agreesTo, showError, showInformation, showWarning } from '../../src/ui/reporting/notifications';

const { window } = fakeVscode;
const hostile = 'a [Fix](command:workbench.action.quit)';
const harmless = 'a [Fix]\u200b(command:workbench.action.quit)';

describe('What is shown', () => {
  beforeEach(() => {
    window.messages.length = 0;
    window.press = undefined;
  });

  const ways = [
    ['error', showError],
    ['warning', showWarning],
    ['information', showInformation],
  ] as const;
  for (const [kind, show] of ways) {
    it(`has no link from the workspace: ${kind}`, async () => {
      await show(hostile);
      assert.deepEqual(window.messages, [{ kind, text: harmless, detail: undefined, buttons: [] }]);
    });

    it(`does what its pressed button says, and nothing where none is pressed: ${kind}`, async () => {
      const actions = ['One', 'Two'].map((caption) => ({ caption, run: () => Promise.resolve(caption) }));
      assert.equal(await show('?', ...actions), undefined);
      window.press = 'Two';
      assert.equal(await show('?', ...actions), 'Two');
    });
  }

  it('has no link from the workspace: a question', async () => {
    assert.equal(await agreesTo('Yes', hostile, hostile), false);
    assert.deepEqual(window.messages, [
      { kind: 'warning', text: harmless, detail: harmless, buttons: ['Yes'] },
    ]);
    window.press = 'Yes';
    assert.equal(await agreesTo('Yes', '', ''), true);
  });

  it('has no link from the workspace: an input box and its complaint', async () => {
    const problem = (value: string): string | undefined => (value === 'ok' ? undefined : hostile);
    const answers = askSteps('x', [{ key: 'name', label: 'Name', prompt: hostile, problem }]);
    const box = window.boxes.at(-1) ?? assert.fail('no box');
    assert.equal(box.prompt, harmless);
    box.accepted.fire();
    assert.equal(box.validationMessage, harmless);
    box.value = 'ok';
    box.accepted.fire();
    await turn();
    assert.deepEqual(await answers, { name: 'ok' });
  });
});

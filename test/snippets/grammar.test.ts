import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { mqttLanguage } from '../../src/contributions/languages';
import { bodyFormats, laterBodyFormats } from '../../src/snippets/body';
import { verbs } from '../../src/snippets/syntax';
import { repositoryRoot } from '../support/paths';

interface Grammar {
  readonly scopeName: string;
  readonly repository: Readonly<Record<string, { readonly begin?: string; readonly match?: string }>>;
}

const grammar = JSON.parse(readFileSync(path.join(repositoryRoot, mqttLanguage.grammar), 'utf8')) as Grammar;

/** The rule's expression, which keeps to what JavaScript has too. */
function expression(rule: string): RegExp {
  const source = grammar.repository[rule]?.begin ?? assert.fail(`there is a rule ${rule}`);
  return source.startsWith('(?i)') ? new RegExp(source.slice(4), 'i') : new RegExp(source);
}

describe('The grammar of .mqtt files', () => {
  it('is found under the name that the manifest gives it', () => {
    assert.equal(grammar.scopeName, mqttLanguage.scopeName);
  });

  for (const verb of verbs) {
    it(`knows ${verb} from its beginning`, () => {
      const request = expression('request');
      assert.equal(request.exec(`${verb} a/b`)?.[1], verb);
      assert.equal(request.exec(verb)?.[1], verb);
      assert.equal(request.exec(`${verb[0]}${verb} a/b`), null);
    });
  }

  const digits: readonly string[] = ['hex', 'base64'];
  for (const format of [...bodyFormats, ...laterBodyFormats]) {
    const rule = digits.includes(format) ? 'digits' : format === 'text' ? 'neither' : 'JSON';
    it(`shows a body that is ${format} as ${rule}`, () => {
      const header = `body: ${format}`;
      assert.deepEqual(
        [expression('jsonBodyAhead').test(header), expression('digitsBodyAhead').test(header)],
        [rule === 'JSON', rule === 'digits'],
      );
    });
  }
});

import { strict as assert } from 'node:assert';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { activationEvents, capabilities, contributes } from '../../src/contributions/manifest';
import { repositoryRoot } from '../support/paths';

describe('package.json', () => {
  const manifest = JSON.parse(fs.readFileSync(path.join(repositoryRoot, 'package.json'), 'utf8')) as Record<
    string,
    unknown
  >;

  for (const [part, described] of Object.entries({
    activationEvents: activationEvents(),
    capabilities: capabilities(),
    contributes: contributes(),
  })) {
    it(`says under ${part} what src/contributions describes (else: npm run manifest)`, () => {
      // Compared as text: the order of commands and menus is what a person sees.
      assert.equal(JSON.stringify(manifest[part], undefined, 2), JSON.stringify(described, undefined, 2));
    });
  }
});

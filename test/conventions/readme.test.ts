import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { repositoryRoot } from '../support/paths';

const readme = fs.readFileSync(path.join(repositoryRoot, 'README.md'), 'utf8');
const manifest = JSON.parse(fs.readFileSync(path.join(repositoryRoot, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

describe('The README', () => {
  it('links to files that are there', () => {
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, link]) => link ?? '');
    assert.ok(links.length > 0);
    assert.deepEqual(
      links.filter((link) => !fs.existsSync(path.join(repositoryRoot, link))),
      [],
    );
  });

  it('names folders and files that are there', () => {
    const named = [...readme.matchAll(/`((?:src|test|media)\/[\w./-]+)`/g)].map(([, name]) => name ?? '');
    assert.ok(named.length > 0);
    assert.deepEqual(
      named.filter((name) => !fs.existsSync(path.join(repositoryRoot, name))),
      [],
    );
  });

  it('names scripts that are there', () => {
    const scripts = [...readme.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name ?? '');
    assert.deepEqual(
      scripts.filter((name) => !(name in manifest.scripts)),
      [],
    );
  });
});

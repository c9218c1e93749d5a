import { strict as assert } from 'node:assert';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { root } from '../setup.mjs';
import { isStale } from './build.mjs';
import { missingPeers } from './debianPeers.mjs';
import { isInstalled } from './dependencies.mjs';
import { reason } from './run.mjs';

describe('Setup', () => {
  let folder;
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-workbench-setup-'))));
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  const lock = (packages) => JSON.stringify({ packages: { '': { version: '0.1.0' }, ...packages } });
  const wanted = {
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b': { version: '2.0.0', optional: true },
  };
  const cases = [
    ['nothing lies there', undefined, false],
    ['it lies there', wanted, true],
    ['an optional package is left out', { 'node_modules/a': wanted['node_modules/a'] }, true],
    ['a package is missing', { 'node_modules/b': wanted['node_modules/b'] }, false],
    ['a package has another version', { ...wanted, 'node_modules/a': { version: '1.0.1' } }, false],
    ['an optional package has another version', { ...wanted, 'node_modules/b': { version: '1.0.0' } }, false],
  ];
  for (const [what, present, installed] of cases) {
    it(`${installed ? 'leaves node_modules alone' : 'installs'} when ${what}`, () => {
      fs.writeFileSync(path.join(folder, 'package-lock.json'), lock(wanted));
      fs.mkdirSync(path.join(folder, 'node_modules'));
      if (present) fs.writeFileSync(path.join(folder, 'node_modules/.package-lock.json'), lock(present));
      assert.equal(isInstalled(folder), installed);
    });
  }

  it('finds the packages of this repository installed', () => assert.equal(isInstalled(root), true));

  it('builds when something was never built, changed, added or removed since, and only then', () => {
    const at = (file, seconds) => fs.utimesSync(path.join(folder, file), seconds, seconds);
    for (const source of ['src', 'media', 'test/playground-device', 'test/workbench/host', 'dist']) {
      fs.mkdirSync(path.join(folder, source), { recursive: true });
    }
    const files = ['esbuild.js', 'package.json', 'package-lock.json', 'src/a.ts', 'media/b.ts'];
    for (const file of files) fs.writeFileSync(path.join(folder, file), '');
    assert.equal(isStale(folder), true);
    fs.writeFileSync(path.join(folder, 'dist/built'), '');
    const aged = () =>
      [...files, 'src', 'media', 'test/playground-device', 'test/workbench/host'].forEach((file) =>
        at(file, 1000),
      );
    aged();
    at('dist/built', 2000);
    assert.equal(isStale(folder), false);
    at('media/b.ts', 3000);
    assert.equal(isStale(folder), true);
    aged();
    fs.rmSync(path.join(folder, 'src/a.ts'));
    assert.equal(isStale(folder), true);
  });

  it('says of a missing program what it is for and what to do, in one line', () => {
    const [line, ...more] = missingPeers(['mosquitto_pub'], 'there is no apt-get', { PATH: folder });
    assert.deepEqual(more, []);
    assert.match(
      line,
      /^mosquitto_pub is missing, which \w.*: there is no apt-get\. Install mosquitto-clients .*MOSQUITTO_PUB_PATH\.$/,
    );
  });

  it('takes a program from the search path or from its variable', () => {
    fs.writeFileSync(path.join(folder, 'mosquitto_pub'), '');
    assert.deepEqual(missingPeers(['mosquitto_pub'], '', { PATH: `/nowhere${path.delimiter}${folder}` }), []);
    assert.deepEqual(missingPeers(['mosquitto_pub'], '', { PATH: '', MOSQUITTO_PUB_PATH: '/opt/pub' }), []);
  });

  const outputs = [
    [
      'npm error code ENOTFOUND\nnpm error network request to https://r/ failed\nnpm error A complete log of this run',
      /^code ENOTFOUND$/,
    ],
    ['npm warn old\nE: Unable to locate package chromium\n', /^E: Unable to locate package chromium$/],
    ['', /^$/],
  ];
  for (const [output, told] of outputs) {
    it(`tells ${told} from a program that printed ${JSON.stringify(output)}`, () =>
      assert.match(reason(output), told));
  }
});

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { runCli } from '../support/cliRun';

describe('The terminal program, asked for a password,', () => {
  let folder: string;
  let users: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-workbench-users-'));
    users = path.join(folder, 'users');
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  const run = (stdin: string, ...more: readonly string[]) =>
    runCli(['password', '--users', users, '--user', 'anna', ...more], {
      stdin,
      ...(fs.existsSync(users) && { files: { [users]: fs.readFileSync(users) } }),
    });

  it('adds a user, changes the password, and removes the user, of whom the file has no password', async () => {
    assert.deepEqual((await run('correct horse\n')).out, ['added "anna"']);
    const before = fs.readFileSync(users, 'utf8');
    assert.match(before, /^anna:\$scrypt\$/m);
    assert.doesNotMatch(before, /correct/);
    assert.deepEqual((await run('battery staple\r\n')).out, ['changed "anna"']);
    assert.notEqual(fs.readFileSync(users, 'utf8'), before);
    assert.deepEqual((await run('', '--remove')).out, ['removed "anna"']);
    assert.doesNotMatch(fs.readFileSync(users, 'utf8'), /anna/);
  });

  for (const [given, problem] of [
    ['\n', /the password is empty/],
    ['twice\ntwice\n', /the password has more than one line/],
    ['old\rline', /the password has more than one line/],
  ] as const) {
    it(`takes none that is ${JSON.stringify(given)}, and writes nothing`, async () => {
      const { exitCode, errors } = await run(given);
      assert.equal(exitCode, 2);
      assert.match(errors.join('\n'), problem);
      assert.ok(!fs.existsSync(users));
    });
  }
});

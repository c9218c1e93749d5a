import assert from 'node:assert/strict';
import { newUser } from '../../../src/broker/access/newUser';
import { scramSecret } from '../../../src/broker/scramAuthenticator';
import { readUsers, userLine, withoutUser, withUser } from '../../../src/broker/access/userFile';
import { systemCrypto, systemPasswordHashing } from '../../../src/transport/systemCrypto';

const cheap = { logCost: 4, blockSize: 1, parallelization: 1 };

describe('A file of users', () => {
  it('has a line for each that says how it was made, and reads back as it was written', async () => {
    const user = await newUser('a:b ü#\n', 'x', systemPasswordHashing, cheap);
    const scram = await scramSecret(systemCrypto, 'SCRAM-SHA-256', 'x');
    assert.ok(typeof scram === 'object');
    for (const each of [user, { ...user, scram }]) {
      const line = userLine(each);
      assert.match(line, /^a%3Ab%20%C3%BC%23%0A:\$scrypt\$ln=4,r=1,p=1\$[\w+/]{22}\$[\w+/]{43}/);
      assert.doesNotMatch(line, /\n/);
      assert.deepEqual(readUsers(line).users.get('a:b ü#\n'), each);
    }
  });

  it('verifies against the test vector of RFC 7914 (12)', async () => {
    const bytes = (text: string) => new TextEncoder().encode(text);
    const cost = { logCost: 10, blockSize: 8, parallelization: 16 };
    const hash = await systemPasswordHashing.scrypt(bytes('password'), bytes('NaCl'), cost, 64);
    assert.equal(Buffer.from(hash).toString('hex').slice(0, 32), 'fdbabe1c9d3472007856e7190d01e9fe');
  });

  it('gets and loses users, and keeps everything else as it is', async () => {
    const anna = await newUser('anna', 'x', systemPasswordHashing, cheap);
    const bert = await newUser('bert', 'y', systemPasswordHashing, cheap);
    const text = withUser(withUser('# ours\n', anna), bert);
    const changed = withUser(text, await newUser('anna', 'z', systemPasswordHashing, cheap));
    assert.deepEqual([...readUsers(changed).users.keys()], ['bert', 'anna']);
    assert.match(changed, /^# ours\nbert:/);
    assert.equal(withoutUser(withoutUser(changed, 'anna'), 'bert'), '# ours\n');
  });

  it('says which line cannot be used, and why', async () => {
    const line = userLine(await newUser('a', 'x', systemPasswordHashing, cheap));
    const text = ['# fine', line, 'nothing', `:${line.slice(2)}`, '%zz:x', 'b:plain', line].join('\r\n');
    const tooCostly = `\nc:$scrypt$ln=30,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAA`;
    const { users, problems } = readUsers(text + tooCostly);
    assert.deepEqual([...users.keys()], ['a']);
    assert.deepEqual(
      problems.map(({ line, problem }) => `${line} ${problem}`),
      ['3 noColon', '4 nameInvalid', '5 nameInvalid', '6 hashInvalid', '7 nameTwice', '8 hashInvalid'],
    );
  });
});

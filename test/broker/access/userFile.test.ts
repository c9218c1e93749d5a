import assert from 'node:assert/strict';
import { newUser, scramPassword } from '../../../src/broker/access/newUser';
import { ScramServerAuthenticator } from '../../../src/broker/access/scramServer';
import { readUsers, type User, userLine, withoutUser, withUser } from '../../../src/broker/access/userFile';
import { ScramAuthenticator } from '../../../src/client/scram';
import { systemCrypto, systemPasswordHashing } from '../../../src/transport/systemCrypto';

const cheap = { logCost: 4, blockSize: 1, parallelization: 1 };

describe('A file of users', () => {
  it('has a line for each that says how it was made, and reads back as it was written', async () => {
    const user = await newUser('a:b ü#\n', 'x', systemPasswordHashing, cheap);
    const scram = await scramPassword('x', systemCrypto, 4096);
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

describe('SCRAM-SHA-256 on the server', () => {
  let users: Map<string, User>;
  before(async () => {
    const scram = await scramPassword('pencil', systemCrypto, 4096);
    assert.ok(typeof scram === 'object');
    users = new Map([
      ['u=,ser', { ...(await newUser('u=,ser', 'pencil', systemPasswordHashing, cheap)), scram }],
    ]);
  });

  async function exchange(userName: string, password: string): Promise<string> {
    const client = new ScramAuthenticator(
      { method: 'SCRAM-SHA-256', userName, password },
      systemCrypto,
    ).begin();
    const server = new ScramServerAuthenticator(users, systemCrypto).begin();
    const challenge = await server.respond(client.initial);
    assert.equal(challenge.kind, 'continue');
    const answer = await server.respond(
      await client.respond('data' in challenge ? challenge.data : undefined),
    );
    if (answer.kind !== 'success') return answer.kind;
    await client.finish(answer.data);
    return `${answer.kind} ${answer.userName ?? ''}`;
  }

  it('lets in who knows the password, and proves itself (RFC 5802)', async () => {
    assert.equal(await exchange('u=,ser', 'pencil'), 'success u=,ser');
  });

  it('lets in nobody with another password, and tells no difference where there is no such user', async () => {
    assert.equal(await exchange('u=,ser', 'pen'), 'failure');
    assert.equal(await exchange('nobody', 'pencil'), 'failure');
  });

  for (const [what, message] of [
    ['binds a channel', 'p=tls-unique,,n=u,r=abc'],
    ['has no nonce', 'n,,n=u'],
    ['is no text', '\u0000'],
  ] as const) {
    it(`fails where the first message ${what}`, async () => {
      const server = new ScramServerAuthenticator(users, systemCrypto).begin();
      assert.equal((await server.respond(new TextEncoder().encode(message))).kind, 'failure');
    });
  }

  it('answers the same for an unknown user each time', async () => {
    const authenticator = new ScramServerAuthenticator(users, systemCrypto);
    const salt = async () => {
      const step = await authenticator.begin().respond(new TextEncoder().encode('n,,n=who,r=abc'));
      return /s=[^,]+/.exec(new TextDecoder().decode('data' in step ? step.data : undefined))?.[0];
    };
    assert.equal(await salt(), await salt());
  });
});

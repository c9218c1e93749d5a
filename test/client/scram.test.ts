import assert from 'node:assert/strict';
import { fromBase64, toBase64 } from '../../src/base/base64';
import { decodeUtf8, encodeUtf8 } from '../../src/base/utf8';
import { AuthenticationError } from '../../src/client/authentication';
import type { Cryptography } from '../../src/session/cryptography';
import { saslprep } from '../../src/session/saslprep';
import type { ScramMethod, ScramOptions } from '../../src/client/scram';
import { ScramAuthenticator } from '../../src/client/scram';
import { systemCrypto } from '../../src/transport/systemCrypto';

/** The cryptography of the machine, with the nonce of an example. */
const withNonce = (nonce: string): Cryptography => ({
  ...systemCrypto,
  random: () => {
    const bytes = fromBase64(nonce);
    return typeof bytes === 'number' ? assert.fail('no Base64') : bytes;
  },
});

interface Example {
  readonly method: ScramMethod;
  readonly where: string;
  readonly nonce: string;
  readonly clientFirst: string;
  readonly serverFirst: string;
  readonly clientFinal: string;
  readonly serverFinal: string;
}

const examples: readonly Example[] = [
  {
    method: 'SCRAM-SHA-1',
    where: 'RFC 5802, section 5',
    nonce: 'fyko+d2lbbFgONRv9qkxdawL',
    clientFirst: 'n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL',
    serverFirst: 'r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096',
    clientFinal: 'c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=',
    serverFinal: 'v=rmF9pqV8S7suAoZWja4dJRkFsKQ=',
  },
  {
    method: 'SCRAM-SHA-256',
    where: 'RFC 7677, section 3',
    nonce: 'rOprNGfwEbeRWgbNEkqO',
    clientFirst: 'n,,n=user,r=rOprNGfwEbeRWgbNEkqO',
    serverFirst: 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
    clientFinal:
      'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
    serverFinal: 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
  },
];

const text = (bytes: Uint8Array | undefined) => bytes && decodeUtf8(bytes);

function exchange(more: Partial<ScramOptions> = {}, nonce = 'fyko+d2lbbFgONRv9qkxdawL') {
  const options = { method: 'SCRAM-SHA-1', userName: 'user', password: 'pencil', ...more } as const;
  return new ScramAuthenticator(options, withNonce(nonce)).begin();
}

/** What an attempt was given up for. */
async function problemOf(attempt: () => unknown): Promise<string> {
  try {
    await attempt();
  } catch (error) {
    assert.ok(error instanceof AuthenticationError, String(error));
    const { code, detail } = error.problem;
    return detail === undefined ? code : `${code}: ${detail}`;
  }
  return assert.fail('nothing was wrong');
}

describe('SCRAM', () => {
  for (const { method, where, nonce, clientFirst, serverFirst, clientFinal, serverFinal } of examples) {
    it(`makes the exchange of ${where}`, async () => {
      const scram = exchange({ method }, nonce);
      assert.equal(text(scram.initial), clientFirst);
      assert.equal(text(await scram.respond(encodeUtf8(serverFirst))), clientFinal);
      await scram.finish(encodeUtf8(serverFinal));
    });
  }

  it('with SHA-512 agrees with a server that was written from RFC 5802 on its own', async () => {
    const scram = exchange({ method: 'SCRAM-SHA-512' });
    const [first] = examples;
    assert.ok(first);
    const final = text(await scram.respond(encodeUtf8(first.serverFirst))) ?? '';
    const [, withoutProof = '', proof = ''] = /^(.*),p=(.*)$/.exec(final) ?? [];
    const salt = Buffer.from('QSXCR+Q6sek8bf92', 'base64');
    const { createHash, createHmac, pbkdf2Sync } = await import('node:crypto');
    const hmac = (key: Uint8Array, of: string) => createHmac('sha512', key).update(of).digest();
    const salted = pbkdf2Sync('pencil', salt, 4096, 64, 'sha512');
    const message = `n=user,r=${first.nonce},${first.serverFirst},${withoutProof}`;
    const stored = createHash('sha512').update(hmac(salted, 'Client Key')).digest();
    const signature = hmac(stored, message);
    const clientKey = Buffer.from(proof, 'base64').map((byte, index) => byte ^ (signature[index] ?? 0));
    assert.deepEqual(createHash('sha512').update(clientKey).digest(), stored);
    await scram.finish(encodeUtf8(`v=${hmac(hmac(salted, 'Server Key'), message).toString('base64')}`));
  });

  it('writes = and , in user names as =3D and =2C (5.1)', () => {
    assert.equal(
      text(exchange({ userName: 'a=b,c=2C' }).initial),
      'n,,n=a=3Db=2Cc=3D2C,r=fyko+d2lbbFgONRv9qkxdawL',
    );
  });

  it('prepares user name and password, so that it does not matter how they are typed', async () => {
    const [first] = examples;
    assert.ok(first);
    const scram = exchange({ userName: 'us\u00ader', password: '\uff50encil' });
    assert.equal(text(scram.initial), first.clientFirst);
    assert.equal(text(await scram.respond(encodeUtf8(first.serverFirst))), first.clientFinal);
    assert.equal(
      await problemOf(() => exchange({ password: 'bell\u0007' })),
      'credentialsNotUsable: password: U+0007',
    );
  });

  it('takes another nonce each time', () => {
    const { method, userName, password } = { method: 'SCRAM-SHA-1', userName: 'u', password: 'p' } as const;
    const scram = new ScramAuthenticator({ method, userName, password }, systemCrypto);
    const initials = new Set(Array.from({ length: 50 }, () => text(scram.begin().initial)));
    assert.equal(initials.size, 50);
    for (const initial of initials) assert.match(initial ?? '', /^n,,n=u,r=[!-+\--~]{32}$/);
  });

  const nonce = 'fyko+d2lbbFgONRv9qkxdawL';
  const refused: readonly (readonly [
    what: string,
    serverFirst: string | undefined,
    problem: string | RegExp,
  ])[] = [
    ['another nonce', 'r=somebodyElses,s=QSXC,i=4096', 'nonceMismatch'],
    ['a nonce that the server added nothing to', `r=${nonce},s=QSXC,i=4096`, 'nonceMismatch'],
    ['few iterations', `r=${nonce}x,s=QSXC,i=4095`, 'tooFewIterations: 4095'],
    ['iterations without end', `r=${nonce}x,s=QSXC,i=1000001`, 'tooManyIterations: 1000001'],
    ['a number beyond all', `r=${nonce}x,s=QSXC,i=${'9'.repeat(400)}`, 'tooManyIterations: Infinity'],
    ['no iterations', `r=${nonce}x,s=QSXC,i=0`, /^malformedChallenge/],
    ['no salt', `r=${nonce}x,s=,i=4096`, /^malformedChallenge/],
    ['a salt that is no Base64', `r=${nonce}x,s=!!!,i=4096`, /^malformedChallenge/],
    ['another order', `s=QSXC,r=${nonce}x,i=4096`, /^malformedChallenge/],
    ['an extension it must know', `m=x,r=${nonce}x,s=QSXC,i=4096`, /^malformedChallenge: a mandatory/],
    ['an error', 'e=unknown-user', 'refusedByMethod: unknown-user'],
    ['nothing', undefined, /^malformedChallenge/],
    ['more than makes sense', `r=${nonce}${'x'.repeat(5000)},s=QSXC,i=4096`, /^malformedChallenge/],
  ];
  for (const [what, serverFirst, problem] of refused) {
    it(`gives up on ${what} in the first message of the server`, async () => {
      const found = await problemOf(() =>
        exchange().respond(serverFirst === undefined ? undefined : encodeUtf8(serverFirst)),
      );
      if (typeof problem === 'string') assert.equal(found, problem);
      else assert.match(found, problem);
    });
  }

  it('gives up on bytes that are no text, and on a second first message', async () => {
    assert.match(await problemOf(() => exchange().respond(Uint8Array.of(0xff))), /^malformedChallenge/);
    const scram = exchange();
    const first = encodeUtf8(examples[0]?.serverFirst ?? '');
    await scram.respond(first);
    assert.match(await problemOf(() => scram.respond(first)), /^malformedChallenge: a second/);
  });

  const unproven: readonly (readonly [what: string, serverFinal: string | undefined, problem: RegExp])[] = [
    ['no signature', undefined, /^serverNotProven$/],
    ['a wrong signature', 'v=rmF9pqV8S7suAoZWja4dJRkFsKA=', /^serverNotProven$/],
    ['half a signature', 'v=rmF9', /^serverNotProven$/],
    ['an empty signature', 'v=', /^serverNotProven$/],
    ['an error', 'e=invalid-proof', /^refusedByMethod: invalid-proof$/],
    ['something else', 'x=1', /^malformedChallenge/],
    ['no Base64', 'v=!', /^malformedChallenge/],
  ];
  for (const [what, serverFinal, problem] of unproven) {
    it(`does not take a server for proven by ${what}`, async () => {
      const scram = exchange();
      await scram.respond(encodeUtf8(examples[0]?.serverFirst ?? ''));
      const data = serverFinal === undefined ? undefined : encodeUtf8(serverFinal);
      assert.match(await problemOf(() => scram.finish(data)), problem);
    });
  }

  it('does not take a server for proven that never asked', async () => {
    const data = encodeUtf8(examples[0]?.serverFinal ?? '');
    assert.equal(await problemOf(() => exchange().finish(data)), 'serverNotProven');
  });

  it('lets its owner say what iterations are enough', async () => {
    const scram = exchange({ leastIterations: 10 });
    assert.match(text(await scram.respond(encodeUtf8(`r=${nonce}x,s=QSXC,i=10`))) ?? '', /^c=biws,r=/);
  });
});

describe('SASLprep', () => {
  // RFC 4013, section 3, and what else a person may type.
  const cases: readonly (readonly [text: string, result: string | undefined])[] = [
    ['I\u00adX', 'IX'],
    ['user', 'user'],
    ['USER', 'USER'],
    ['\u00aa', 'a'],
    ['\u2168', 'IX'],
    ['\u0007', undefined],
    ['\u0627\u0031', undefined],
    ['\u0627\u0031\u0628', '\u0627\u0031\u0628'],
    ['\u0627a\u0628', undefined],
    ['a\u00a0b', 'a b'],
    ['a\u200bb', 'ab'],
    ['e\u0301', '\u00e9'],
    ['\ue000', undefined],
    ['\ud800', undefined],
    ['\u{1fffe}', undefined],
    ['\u{1f511}', '\u{1f511}'],
  ];
  for (const [given, result] of cases) {
    it(`makes ${JSON.stringify(result ?? 'nothing')} of ${JSON.stringify(given)}`, () => {
      const prepared = saslprep(given);
      assert.equal(typeof prepared === 'string' ? prepared : undefined, result);
    });
  }
});

describe('Base64', () => {
  it('is what Node makes of the same bytes', () => {
    for (let length = 0; length < 60; length++) {
      const bytes = Uint8Array.from({ length }, (_, index) => (index * 89 + length * 37) & 0xff);
      assert.equal(toBase64(bytes), Buffer.from(bytes).toString('base64'));
      assert.deepEqual(fromBase64(toBase64(bytes)), bytes);
    }
  });
});

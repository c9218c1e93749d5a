import assert from 'node:assert/strict';
import { encodeUtf8 } from '../../../src/base/utf8';
import type { Credentials, Verdict } from '../../../src/broker/accessControl';
import { HashQueue } from '../../../src/broker/access/hashQueue';
import { newUser } from '../../../src/broker/access/newUser';
import type { PasswordHashing } from '../../../src/broker/access/passwordHashing';
import type { TopicRule } from '../../../src/broker/access/topicRules';
import { isLoopback, UserAccess, type UserAccessOptions } from '../../../src/broker/access/userAccess';
import type { User } from '../../../src/broker/access/userFile';
import { systemPasswordHashing } from '../../../src/transport/systemCrypto';
import { BrokerBench } from '../../support/brokerBench';

const cheap = { logCost: 4, blockSize: 1, parallelization: 1 };

describe('Access by users', () => {
  let users: Map<string, User>;
  before(async () => {
    users = new Map([['anna', await newUser('anna', 'pässword', systemPasswordHashing, cheap)]]);
  });

  const from = (more: Partial<Credentials> = {}): Credentials => ({
    peer: '192.168.1.7:5000',
    listener: 'mqtt',
    security: undefined,
    version: 5,
    clientIdentifier: 'c',
    userName: undefined,
    password: undefined,
    ...more,
  });
  const access = (options: Partial<UserAccessOptions> = {}, hashing = systemPasswordHashing) =>
    new UserAccess({ users, ...options }, hashing);
  const reasonOf = (verdict: Verdict) =>
    typeof verdict === 'object' && !verdict.isAllowed ? (verdict.reasonCode ?? 0x86) : verdict;
  const login = (userName: string, password: string | undefined, peer = '192.168.1.7:5000') =>
    from({ userName, peer, password: password === undefined ? undefined : encodeUtf8(password) });

  it('has no say in what is delivered where there are no rules', () => {
    assert.equal(access().mayReceive, undefined);
    const rules = [{ who: 'everybody', publish: [], subscribe: ['a/#'] }] as const;
    const client = { clientIdentifier: 'c', userName: undefined, origin: from({}) };
    assert.deepEqual(
      ['a/b', 'b'].map((topic) => access({ rules }).mayReceive?.(client, topic)),
      [true, false],
    );
  });

  it('lets a user in with the right password and nobody with another one', async () => {
    const control = access();
    assert.equal(await control.authenticate(login('anna', 'pässword')), true);
    for (const [name, password] of [
      ['anna', 'password'],
      ['anna', ''],
      ['anna', undefined],
      ['Anna', 'pässword'],
      ['', 'pässword'],
    ] as const) {
      assert.equal(reasonOf(await control.authenticate(login(name, password))), 0x86);
    }
  });

  it('computes a hash for a name nobody has as well, and none for a client that comes back', async () => {
    let hashes = 0;
    const counting: PasswordHashing = {
      ...systemPasswordHashing,
      scrypt: (...args) => {
        hashes++;
        return systemPasswordHashing.scrypt(...args);
      },
    };
    const control = access({}, counting);
    await control.authenticate(login('nobody', 'x'));
    assert.equal(hashes, 1);
    await control.authenticate(login('anna', 'pässword'));
    assert.equal(control.authenticate(login('anna', 'pässword')), true);
    assert.equal(hashes, 2);
    await control.authenticate(login('anna', 'wrong'));
    assert.equal(hashes, 3);
  });

  const anonymous: readonly (readonly [
    what: string,
    options: Partial<UserAccessOptions>,
    allowed: string,
  ])[] = [
    ['from anywhere while there are no users', { users: new Map<string, User>() }, 'both'],
    ['from this machine once there are', {}, 'loopback'],
    ['from anywhere where that is said', { anonymous: 'always' }, 'both'],
    ['from nowhere where that is said', { anonymous: 'never' }, 'none'],
  ];
  for (const [what, options, allowed] of anonymous) {
    it(`lets clients without a name in ${what}`, async () => {
      const control = access(options);
      const inside = await control.authenticate(from({ peer: '127.0.0.1:5000' }));
      const outside = await control.authenticate(from());
      assert.deepEqual(
        [reasonOf(inside), reasonOf(outside)],
        [allowed === 'none' ? 0x87 : true, allowed === 'both' ? true : 0x87],
      );
    });
  }

  it('takes no name unchecked where rules go by it, although there are no users', async () => {
    const rules: TopicRule[] = [{ who: { user: 'anna' }, publish: [], subscribe: ['#'] }];
    const control = access({ users: new Map<string, User>(), rules });
    assert.equal(reasonOf(await control.authenticate(login('anna', 'pässword'))), 0x86);
    assert.equal(reasonOf(await control.authenticate(from())), true);
    const byIdentifier: TopicRule[] = [{ who: 'everybody', publish: ['%c'], subscribe: ['#'] }];
    const plain = access({ users: new Map<string, User>(), rules: byIdentifier });
    assert.equal(reasonOf(await plain.authenticate(login('anna', undefined))), true);
  });

  it('knows the addresses of this machine alone', () => {
    for (const peer of ['127.0.0.1:1', '127.1.2.3:1', '[::1]:1', '[::ffff:127.0.0.1]:1'])
      assert.ok(isLoopback(peer));
    for (const peer of ['10.0.0.1:1', '[::2]:1', '[fe80::1]:1', 'unknown:0']) assert.ok(!isLoopback(peer));
  });

  it('takes a certificate that was found good for the user of its Common Name, and no other', async () => {
    const shown = (verified: boolean): Partial<Credentials> => ({
      security: {
        protocol: 'TLSv1.3',
        cipher: 'x',
        applicationProtocol: undefined,
        verified,
        certificate: {
          subject: 'CN=device-7',
          commonName: 'device-7',
          issuer: 'CN=ca',
          validFrom: 0,
          validTo: 1,
          subjectAltNames: [],
          fingerprint256: '',
        },
      },
    });
    const control = access();
    const asAnna = { userName: 'anna', password: encodeUtf8('wrong') };
    assert.deepEqual(await control.authenticate(from({ ...shown(true), ...asAnna })), {
      isAllowed: true,
      userName: 'device-7',
    });
    assert.equal(reasonOf(await control.authenticate(from({ ...shown(false), ...asAnna }))), 0x86);
    assert.equal(reasonOf(await access({ certificateUsers: false }).authenticate(from(shown(true)))), 0x87);
  });

  it('serves hosts in turn, two at a time, and says that it is busy before it piles up', async () => {
    const queue = new HashQueue();
    const order: string[] = [];
    let running = 0;
    const work = (name: string) => async () => {
      assert.ok(++running <= 2);
      await Promise.resolve();
      running--;
      order.push(name);
      return name;
    };
    const flood = Array.from({ length: 1_002 }, (_, index) => queue.run('flood', work(`flood ${index}`)));
    assert.equal(await queue.run('flood', work('one too many')), undefined);
    await Promise.all(flood.slice(0, 4));
    const own = queue.run('other', work('other'));
    await own;
    assert.ok(order.indexOf('other') < 12, String(order.indexOf('other')));
    await Promise.all(flood);
    assert.equal(await queue.run('flood', work('again')), 'again');
  });

  it('takes the place of a host that floods for one that does not, and of none where all have the same', async () => {
    const queue = new HashQueue();
    let release: () => void = () => undefined;
    const stuck = new Promise<void>((resolve) => (release = resolve));
    const run = (host: string) => queue.run(host, () => stuck.then(() => host));
    const flood = Array.from({ length: 1_002 }, () => run('flood'));
    const others = Array.from({ length: 999 }, (_, index) => run(`other ${index}`));
    assert.equal(await run('one too many'), undefined);
    release();
    const done = await Promise.all([...flood, ...others]);
    assert.deepEqual(
      [done.filter((host) => host === 'flood').length, done.slice(1_002).includes(undefined)],
      [3, false],
    );
  });

  it('does not hash for connections that are gone when it is their turn', async () => {
    let release: () => void = () => undefined;
    const stuck = new Promise<void>((resolve) => (release = resolve));
    let hashes = 0;
    const scrypt: PasswordHashing['scrypt'] = async (...given) => {
      hashes++;
      await stuck;
      return systemPasswordHashing.scrypt(...given);
    };
    const control = access({}, { ...systemPasswordHashing, scrypt });
    let isThere = true;
    const early = ['a', 'b'].map((password) => control.authenticate(login('anna', password), () => isThere));
    const gone = Array.from({ length: 50 }, () => control.authenticate(login('anna', 'c'), () => isThere));
    const last = control.authenticate(login('anna', 'pässword'), () => true);
    isThere = false;
    release();
    assert.equal(await last, true);
    await Promise.all([...early, ...gone].map((each) => Promise.resolve(each)));
    assert.equal(hashes, 3);
  });

  it('asks whether the connection is still there', async () => {
    const asked: ((() => boolean) | undefined)[] = [];
    const accessControl = {
      authenticate: (_credentials: Credentials, isWanted?: () => boolean) => {
        asked.push(isWanted);
        return new Promise<Verdict>(() => undefined);
      },
    };
    const client = await new BrokerBench({ accessControl }).client('c');
    assert.equal(asked[0]?.(), true);
    client.drop();
    await client.received();
    assert.equal(asked[0]?.(), false);
  });

  it('answers 0x89 where too many wait', async () => {
    let release: () => void = () => undefined;
    const stuck = new Promise<void>((resolve) => (release = resolve));
    const control = access(
      {},
      { ...systemPasswordHashing, scrypt: () => stuck.then(() => new Uint8Array(32)) },
    );
    const waiting = Array.from({ length: 1_002 }, () => control.authenticate(login('anna', 'x')));
    assert.equal(reasonOf(await control.authenticate(login('anna', 'x'))), 0x89);
    release();
    await Promise.all(waiting.map((each) => Promise.resolve(each)));
  });
});

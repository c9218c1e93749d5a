import assert from 'node:assert/strict';
import { encodeUtf8 } from '../../src/base/utf8';
import { scramOf } from '../../src/broker/access/userScram';
import type { User } from '../../src/broker/access/userFile';
import type {
  AccessControl,
  AuthenticationStep,
  Credentials,
  ServerAuthenticator,
} from '../../src/broker/accessControl';
import { scramSecret, ScramServer } from '../../src/broker/scramAuthenticator';
import { ScramAuthenticator } from '../../src/client/scram';
import type { Auth, Connack, ControlPacket } from '../../src/protocol/controlPacket';
import type { ScramMethod } from '../../src/session/scramKeys';
import { systemCrypto } from '../../src/transport/systemCrypto';
import { BrokerBench } from '../support/brokerBench';
import { a } from '../support/packets';
import type { RawPeer } from '../support/rawPeer';

const auth = (reasonCode: number, data?: string | Uint8Array, authenticationMethod = 'm'): Auth => ({
  type: 'AUTH',
  reasonCode,
  properties: {
    authenticationMethod,
    ...(data !== undefined && { authenticationData: typeof data === 'string' ? encodeUtf8(data) : data }),
  },
});

const nobody: Credentials = {
  ...{ peer: '', listener: '', security: undefined, version: 5, clientIdentifier: 'c' },
  ...{ userName: undefined, password: undefined },
};

const connecting = (data?: string) =>
  a.connect({
    properties: {
      authenticationMethod: 'm',
      ...(data !== undefined && { authenticationData: encodeUtf8(data) }),
    },
  });

/** A method that says in its answers what it was asked: `go` asks on, `yes` is content, `no` is not. */
function method(
  answers: Partial<Record<string, AuthenticationStep | (() => Promise<AuthenticationStep>)>> = {},
) {
  const heard: string[] = [];
  const authenticator: ServerAuthenticator = {
    method: 'm',
    begin: () => ({
      respond: (data) => {
        const text = data === undefined ? '' : Buffer.from(data).toString();
        heard.push(text);
        const answer = answers[text];
        if (typeof answer === 'function') return answer();
        if (answer) return answer;
        if (text === 'yes') return { kind: 'success', data: encodeUtf8('welcome'), userName: 'me' };
        if (text === 'no') return { kind: 'failure' };
        return { kind: 'continue', data: encodeUtf8(`${text}?`) };
      },
    }),
  };
  const accessControl: AccessControl = { authenticate: () => false, methods: [authenticator] };
  return { bench: new BrokerBench({ accessControl }), heard };
}

const dataOf = (packet: ControlPacket | undefined) =>
  Buffer.from((packet as Auth | Connack | undefined)?.properties.authenticationData ?? []).toString();

describe('Enhanced authentication on the server', () => {
  it('asks with 0x18 as often as the method wants, and lets in [MQTT-4.12.0-2] [MQTT-4.12.0-3] [MQTT-4.12.0-5]', async () => {
    const { bench, heard } = method();
    const peer = bench.open();
    assert.deepEqual(await peer.send(connecting('one')), ['AUTH 0x18']);
    assert.equal(dataOf(peer.packets[0]), 'one?');
    assert.deepEqual(await peer.send(auth(0x18, 'two')), ['AUTH 0x18']);
    assert.deepEqual(await peer.send(auth(0x18, 'yes')), ['CONNACK 0x00']);
    assert.equal(dataOf(peer.packets[2]), 'welcome');
    assert.equal((peer.packets[2] as Connack).properties.authenticationMethod, 'm');
    assert.deepEqual(heard, ['one', 'two', 'yes']);
    assert.equal(bench.broker.client('c')?.connection?.userName, 'me');
  });

  it('refuses with CONNACK at any point [MQTT-4.12.0-4]', async () => {
    const { bench } = method({ ban: { kind: 'failure', reasonCode: 0x8a, reasonString: 'go away' } });
    assert.deepEqual(await bench.open().send(connecting('no')), ['CONNACK 0x87', 'closed']);
    const later = bench.open();
    await later.send(connecting());
    assert.deepEqual(await later.send(auth(0x18, 'ban')), ['CONNACK 0x8a', 'closed']);
    assert.equal((later.packets[1] as Connack).properties.reasonString, 'go away');
  });

  it('refuses with 0x80 where the method breaks, which is reported', async () => {
    const { bench } = method({ late: () => Promise.reject(new Error('no database')) });
    const failures: unknown[] = [];
    bench.broker.onDidFail(({ error }) => failures.push(error));
    assert.deepEqual(await bench.open().send(connecting('late')), ['CONNACK 0x80', 'closed']);
    assert.equal(failures.length, 1);
  });

  const wrong: readonly (readonly [what: string, packet: ControlPacket, code: string])[] = [
    ['another packet than AUTH [MQTT-3.1.2-30]', a.subscribe(1, [a.subscription('t')]), '0x82'],
    ['a second CONNECT', a.connect(), '0x82'],
    ['another method [MQTT-4.12.0-5]', auth(0x18, 'x', 'other'), '0x82'],
    ['another Reason Code than 0x18 [MQTT-4.12.0-3]', auth(0x19, 'x'), '0x82'],
  ];
  for (const [what, packet, code] of wrong) {
    it(`takes from a client that is asked not ${what}`, async () => {
      const peer = method().bench.open();
      await peer.send(connecting());
      assert.deepEqual(await peer.send(packet), [`CONNACK ${code}`, 'closed']);
    });
  }

  it('lets what was sent along with CONNECT wait, and takes AUTH out of turn for an error', async () => {
    let answer: (step: AuthenticationStep) => void = () => undefined;
    const { bench } = method({ slow: () => new Promise((resolve) => (answer = resolve)) });
    const peer = bench.open();
    assert.deepEqual(await peer.send(connecting('slow'), auth(0x18, 'yes')), []);
    answer({ kind: 'continue', data: undefined });
    assert.deepEqual(await peer.received(), ['AUTH 0x18', 'CONNACK 0x00']);
    assert.deepEqual(await peer.send(auth(0x18, 'yes')), ['DISCONNECT 0x82', 'closed']);
  });

  it('ends without an answer where the client leaves in the middle', async () => {
    const { bench } = method();
    const peer = bench.open();
    await peer.send(connecting());
    assert.deepEqual(await peer.send(a.disconnect()), ['closed']);
    assert.deepEqual(bench.events, ['- c disconnectedByClient']);
  });

  it('gives up on a client that does not go on in time', async () => {
    const { bench } = method();
    const peer = bench.open();
    await peer.send(connecting());
    await bench.clock.pass(10_000);
    assert.deepEqual(await peer.received(), ['CONNACK 0x88', 'closed']);
  });

  it('goes on beside other packets when a client authenticates again [MQTT-4.12.1-1]', async () => {
    const { bench } = method();
    const peer = bench.open();
    await peer.send(connecting('yes'));
    assert.deepEqual(await peer.send(auth(0x19, 'again'), { type: 'PINGREQ' }), ['PINGRESP', 'AUTH 0x18']);
    assert.deepEqual(await peer.send(auth(0x18, 'yes')), ['AUTH 0x00']);
    assert.equal(dataOf(peer.packets.at(-1)), 'welcome');
    assert.deepEqual(await peer.send(auth(0x19, 'yes')), ['AUTH 0x00']);
  });

  for (const [what, packets, code] of [
    ['it fails [MQTT-4.12.1-2]', [auth(0x19, 'no')], '0x87'],
    ['it fails with a reason that CONNACK alone may give [MQTT-4.12.1-2]', [auth(0x19, 'wrong')], '0x87'],
    ['it comes out as somebody else', [auth(0x19, 'you')], '0x87'],
    ['nothing was asked for', [auth(0x18, 'x')], '0x82'],
    ['the method is another [MQTT-4.12.1-1]', [auth(0x19, 'x', 'other')], '0x82'],
    ['it begins twice', [auth(0x19, 'x'), auth(0x19, 'x')], '0x82'],
  ] as const) {
    it(`ends the connection when a client authenticates again and ${what}`, async () => {
      const { bench } = method({
        you: { kind: 'success', userName: 'you' },
        wrong: { kind: 'failure', reasonCode: 0x86 },
      });
      const peer = bench.open();
      await peer.send(connecting('yes'));
      assert.deepEqual((await peer.send(...packets)).slice(-2), [`DISCONNECT ${code}`, 'closed']);
    });
  }
});

describe('SCRAM on the server', () => {
  const scramMethods: readonly ScramMethod[] = ['SCRAM-SHA-1', 'SCRAM-SHA-256', 'SCRAM-SHA-512'];

  async function setUp(name: ScramMethod) {
    const secret = await scramSecret(systemCrypto, name, 'pencil');
    const secrets = {
      find: (_: ScramMethod, userName: string) => (userName === 'user,=' ? secret : undefined),
    };
    const methods = [new ScramServer(name, secrets, systemCrypto)];
    return new BrokerBench({ accessControl: { authenticate: () => false, methods } });
  }

  /** The client's half with the broker's answers, until one is no challenge. */
  async function lines(
    peer: RawPeer,
    name: ScramMethod,
    password: string,
    userName = 'user,=',
  ): Promise<string> {
    const exchange = new ScramAuthenticator({ method: name, userName, password }, systemCrypto).begin();
    const properties = {
      authenticationMethod: name,
      authenticationData: exchange.initial ?? new Uint8Array(),
    };
    await peer.send(a.connect({ properties }));
    for (;;) {
      // Key derivation takes its time in another thread.
      const [line] = await answerOf(peer);
      const packet = peer.packets.at(-1) as Auth | Connack;
      const data = packet.properties.authenticationData;
      if (packet.type === 'CONNACK') {
        if (packet.reasonCode === 0) await exchange.finish(data);
        return line ?? '';
      }
      const answer = await exchange.respond(data);
      await peer.send(auth(0x18, answer, name));
    }
  }

  async function answerOf(peer: RawPeer): Promise<string[]> {
    const before = seen.get(peer) ?? 0;
    while (peer.packets.length === before) await peer.received();
    seen.set(peer, before + 1);
    return [`${peer.packets[before]?.type} ${(peer.packets[before] as Connack).reasonCode}`];
  }
  const seen = new Map<RawPeer, number>();

  for (const name of scramMethods) {
    it(`lets in who knows the password, and proves that it knows it: ${name}`, async () => {
      const bench = await setUp(name);
      assert.equal(await lines(bench.open(), name, 'pencil'), 'CONNACK 0');
      assert.equal(bench.broker.client('c')?.connection?.userName, 'user,=');
    });
  }

  it('refuses a wrong password and an unknown user alike', async () => {
    const bench = await setUp('SCRAM-SHA-256');
    assert.equal(await lines(bench.open(), 'SCRAM-SHA-256', 'pen'), 'CONNACK 134');
    assert.equal(await lines(bench.open(), 'SCRAM-SHA-256', 'pencil', 'nobody'), 'CONNACK 134');
  });

  it('shows of users there are not what it shows of others: iterations, and a salt that stays', async () => {
    const user = async (name: string, iterations: number): Promise<User> => ({
      name,
      password: { cost: { logCost: 1, blockSize: 1, parallelization: 1 }, salt: of(1), hash: of(iterations) },
      scram: (await scramSecret(systemCrypto, 'SCRAM-SHA-256', 'pencil', iterations)) ?? assert.fail(),
    });
    const of = (byte: number) => new Uint8Array(16).fill(byte);
    const ask = async (users: ReadonlyMap<string, User>, name: string) => {
      const exchange = scramOf(users, systemCrypto).begin(nobody);
      const step = await exchange.respond(encodeUtf8(`n,,n=${name},r=abc`));
      assert.ok(step.kind === 'continue');
      return Buffer.from(step.data ?? [])
        .toString()
        .replace(/^r=[^,]*,/, '');
    };
    const one = new Map([['user', await user('user', 10_000)]]);
    assert.match(await ask(one, 'user'), /,i=10000$/);
    const names = Array.from({ length: 40 }, (_, index) => `nobody${index}`);
    const made = await Promise.all(names.map((name) => ask(one, name)));
    assert.deepEqual(new Set(made.map((text) => text.replace(/^s=[^,]{24},/, ''))), new Set(['i=10000']));
    assert.equal(new Set(made).size, names.length);
    // Also after a restart.
    assert.deepEqual(await Promise.all(names.map((name) => ask(new Map(one), name))), made);
    const two = new Map([...one, ['other', await user('other', 5_000)]]);
    const mixed = await Promise.all(names.map((name) => ask(two, name)));
    assert.deepEqual(new Set(mixed.map((text) => text.replace(/.*,/, ''))), new Set(['i=10000', 'i=5000']));
    assert.match(await ask(new Map(), 'nobody'), /,i=4096$/);
  });

  for (const [what, text] of [
    ['channel binding', 'p=tls-unique,,n=user,r=abc'],
    ['an authorization identity', 'n,a=admin,n=user,r=abc'],
    ['no nonce', 'n,,n=user,r='],
    ['a name with a bare equals sign', 'n,,n=us=er,r=abc'],
  ] as const) {
    it(`takes no ${what}`, async () => {
      const bench = await setUp('SCRAM-SHA-256');
      const properties = { authenticationMethod: 'SCRAM-SHA-256', authenticationData: encodeUtf8(text) };
      assert.deepEqual(await bench.open().send(a.connect({ properties })), ['CONNACK 0x82', 'closed']);
    });
  }
});

import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { TransportFailure } from '../../src/base/transportFailure';
import { type Endpoint, plainTls, type Proxy } from '../../src/transport/endpoint';
import { bypassesProxy } from '../../src/transport/noProxy';
import { parseProxyAddress, withoutCredentials } from '../../src/transport/proxyAddress';
import { CertificateFolder } from '../support/certificates';
import { freePort } from '../support/freePort';
import { echoes, failureOf } from '../support/opening';
import { startHttpProxy, startSocksProxy, type TestProxy } from '../support/proxies';
import { listening, startTlsEcho, type TestServer } from '../support/tlsPeer';
import { startWebSocketPeer } from '../support/webSocketPeer';

const host = '127.0.0.1';

describe('Through a proxy', function () {
  this.timeout(20_000);
  const files = new CertificateFolder();
  const closers: (() => Promise<unknown>)[] = [];
  before(() => files.certificate('self', 'self', { hosts: 'IP:127.0.0.1,DNS:localhost' }));
  after(() => files.remove());
  afterEach(async () => {
    await Promise.all(closers.splice(0).map((close) => close()));
  });

  async function held<T extends TestServer | TestProxy>(starting: Promise<T>): Promise<T> {
    const started = await starting;
    closers.push(() => started.close());
    return started;
  }

  const echo = () => held(listening(createServer((socket) => socket.pipe(socket))));

  function through(scheme: Proxy['scheme'], port: number, more: Partial<Proxy> = {}): Proxy {
    return { scheme, host, port, verify: true, ...more };
  }

  async function failure(proxy: Proxy, target?: number): Promise<TransportFailure> {
    const port = target ?? (await echo()).port;
    return failureOf({ kind: 'tcp', host, port, proxy });
  }

  const starts = { http: startHttpProxy, socks5: startSocksProxy } as const;
  for (const scheme of ['http', 'socks5'] as const) {
    const start = starts[scheme];

    it(`of ${scheme} every transport goes, and the proxy resolves the name`, async () => {
      const proxy = await held(start());
      const pair = { cert: files.read('self.pem'), key: files.read('self.key') };
      const tls = { ...plainTls, ca: [files.file('self.pem')] };
      const webSocket = { path: '/mqtt', headers: {}, subprotocol: 'mqtt' } as const;
      const [plain, secure, web, secureWeb] = [
        await echo(),
        await held(startTlsEcho(pair)),
        await held(startWebSocketPeer()),
        await held(startWebSocketPeer({ tls: pair })),
      ] as const;
      const way = { host: 'localhost', proxy: through(scheme, proxy.port) };
      const endpoints: readonly Endpoint[] = [
        { kind: 'tcp', port: plain.port, ...way },
        { kind: 'tls', port: secure.port, tls, ...way },
        { kind: 'ws', port: web.port, webSocket, ...way },
        { kind: 'wss', port: secureWeb.port, webSocket, tls, ...way },
      ];
      for (const endpoint of endpoints) {
        const ears = await echoes(endpoint);
        assert.equal(ears.transport.security !== undefined, 'tls' in endpoint);
        ears.transport.dispose();
      }
      const ports = [plain, secure, web, secureWeb].map(({ port }) => `localhost:${port}`);
      assert.deepEqual(proxy.asked, ports);
    });

    it(`of ${scheme} that asks for a name and a password goes who has them`, async () => {
      const proxy = await held(start({ credentials: 'ada:s3cret:ü' }));
      const { port } = await echo();
      const known = through(scheme, proxy.port, { user: 'ada', password: 's3cret:ü' });
      (await echoes({ kind: 'tcp', host, port, proxy: known })).transport.dispose();
      for (const [more, sentCredentials] of [
        [{}, false],
        [{ user: 'ada' }, true],
        [{ user: 'ada', password: 'wrong' }, true],
      ] as const) {
        const refused = await failure(through(scheme, proxy.port, more));
        assert.ok(refused.code === 'authenticationRequired', refused.code);
        assert.equal(refused.step, 'proxy');
        assert.equal(refused.sentCredentials, sentCredentials);
        assert.equal(refused.proxy, `${scheme}://127.0.0.1:${proxy.port}`);
      }
    });

    it(`of ${scheme} nothing goes that is not there`, async () => {
      const refused = await failure(through(scheme, await freePort()));
      assert.deepEqual([refused.step, refused.code], ['proxy', 'refused']);
      const lost = await failure({ ...through(scheme, 1), host: 'proxy.invalid' });
      assert.deepEqual([lost.step, lost.code], ['proxy', 'hostNotFound']);
    });

    it(`of ${scheme} whose server is not there the proxy says so`, async () => {
      const proxy = await held(start());
      const refused = await failure(through(scheme, proxy.port), await freePort());
      assert.ok(refused.code === 'connectRefused', refused.code);
      assert.equal(refused.status, scheme === 'http' ? 502 : 5);
    });

    const answers: readonly [answer: string, code: string][] = [
      ['SSH-2.0-OpenSSH_9.6\r\n', 'notProxy'],
      ['', 'closed'],
    ];
    for (const [answer, code] of answers) {
      it(`of ${scheme} that is none nothing goes: ${code}`, async () => {
        const other = createServer((socket) => socket.once('data', () => socket.end(answer)));
        const { port } = await held(listening(other));
        const refused = await failure(through(scheme, port));
        assert.deepEqual([refused.step, refused.code], ['proxy', code]);
      });
    }

    it(`of ${scheme} that is silent nothing goes for ever`, async () => {
      const { port } = await held(listening(createServer()));
      const refused = await failureOf({ kind: 'tcp', host, port: 1883, proxy: through(scheme, port) }, 200);
      assert.deepEqual([refused.step, refused.code], ['proxy', 'timedOut']);
    });
  }

  it('of HTTP that forbids it the status is told', async () => {
    const proxy = await held(startHttpProxy({ refusal: [403, 'Forbidden'] }));
    const refused = await failure(through('http', proxy.port));
    assert.deepEqual(refused, {
      step: 'proxy',
      code: 'connectRefused',
      proxy: `http://127.0.0.1:${proxy.port}`,
      status: 403,
      detail: 'HTTP 403 Forbidden',
    });
  });

  it('of SOCKS that forbids it the reply is told', async () => {
    const proxy = await held(startSocksProxy({ refusal: 2 }));
    const refused = await failure(through('socks5', proxy.port));
    assert.deepEqual([refused.code, (refused as { status?: number }).status], ['connectRefused', 2]);
  });

  it('of HTTP a whole header takes the place of user and password', async () => {
    const proxy = await held(startHttpProxy({ credentials: 'ada:secret' }));
    const { port } = await echo();
    const authorization = `Basic ${Buffer.from('ada:secret').toString('base64')}`;
    const way = { proxy: through('http', proxy.port, { authorization }) };
    (await echoes({ kind: 'tcp', host, port, ...way })).transport.dispose();
  });

  it('that is reached over TLS goes what trusts it, or is told not to look', async () => {
    const proxy = await held(
      startHttpProxy({ tls: { cert: files.read('self.pem'), key: files.read('self.key') } }),
    );
    const { port } = await echo();
    const blind = through('https', proxy.port, { verify: false });
    (await echoes({ kind: 'tcp', host, port, proxy: blind })).transport.dispose();
    const refused = await failure(through('https', proxy.port));
    assert.ok(refused.code === 'tlsFailed', refused.code);
    assert.deepEqual(
      [refused.step, refused.failure.code, refused.failure.detail],
      ['proxy', 'certificateRejected', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    );
  });

  it('of SOCKS no text is longer than its length can say', async () => {
    const proxy = await held(startSocksProxy());
    const refused = await failure(through('socks5', proxy.port, { user: 'u'.repeat(256) }));
    assert.deepEqual([refused.step, refused.code], ['proxy', 'addressInvalid']);
  });
});

describe('The URL of a proxy', () => {
  const urls: readonly [url: string, address: object | RegExp][] = [
    ['http://proxy.example:3128', { scheme: 'http', host: 'proxy.example', port: 3128 }],
    ['http://proxy.example', { scheme: 'http', host: 'proxy.example', port: 80 }],
    ['https://proxy.example', { scheme: 'https', host: 'proxy.example', port: 443 }],
    ['socks5://[::1]', { scheme: 'socks5', host: '::1', port: 1080 }],
    ['socks5h://h:9050', { scheme: 'socks5', host: 'h', port: 9050 }],
    ['http://a%40b:p%3Aw@h:1', { scheme: 'http', host: 'h', port: 1, user: 'a@b', password: 'p:w' }],
    ['socks4://h', /SOCKS 4 is not supported/],
    ['ftp://h', /A proxy is a URL/],
    ['proxy:3128', /A proxy is a URL/],
    ['', /A proxy is a URL/],
    ['http://a%b@h', /%/],
  ];
  for (const [url, address] of urls) {
    it(`${url} is ${address instanceof RegExp ? 'none' : JSON.stringify(address)}`, () => {
      const parsed = parseProxyAddress(url);
      if (address instanceof RegExp) assert.match(typeof parsed === 'string' ? parsed : '', address);
      else assert.deepEqual(parsed, address);
    });
  }

  it('is shown without whoever uses it', () => {
    assert.equal(withoutCredentials('http://ada:secret@proxy:3128/'), 'http://proxy:3128/');
    assert.equal(withoutCredentials('http://proxy:3128'), 'http://proxy:3128');
    // What is no URL is shown too, as what is wrong.
    assert.equal(withoutCredentials('http://ada:pa/ss@proxy:3128'), 'http://proxy:3128');
    assert.equal(withoutCredentials('ada:secret@proxy:3128'), 'proxy:3128');
    assert.equal(withoutCredentials('http://ada:p@ss\nword@proxy'), 'http://proxy');
  });
});

describe('A server that needs no proxy', () => {
  const cases: readonly [host: string, noProxy: readonly string[], direct: boolean][] = [
    ['broker.example', [], false],
    ['localhost', [], true],
    ['127.0.0.1', [], true],
    ['::1', [], true],
    ['broker.example', ['*'], true],
    ['Broker.Example', ['broker.example'], true],
    ['broker.example', ['broker.example:1883'], true],
    ['broker.example', ['broker.example:8883'], false],
    ['a.broker.example', ['broker.example'], true],
    ['a.broker.example', ['.broker.example'], true],
    ['evilbroker.example', ['broker.example'], false],
    ['10.1.2.3', ['10.0.0.0/8'], true],
    ['11.1.2.3', ['10.0.0.0/8'], false],
    ['fd00::1', ['fd00::/8'], true],
    ['10.1.2.3', ['10.0.0.0/99', '', 'nonsense/8'], false],
    ['10.1.2.3', ['2.3'], false],
  ];
  for (const [name, noProxy, direct] of cases) {
    it(`${direct ? 'is' : 'is not'} ${name} with ${JSON.stringify(noProxy)}`, () => {
      assert.equal(bypassesProxy(name, 1883, noProxy), direct);
    });
  }
});

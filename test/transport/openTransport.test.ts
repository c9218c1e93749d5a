import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import dns from 'node:dns';
import * as fs from 'node:fs';
import { createServer } from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import type { TransportFailure } from '../../src/base/transportFailure';
import { transportCanHeal } from '../../src/client/transportHealing';
import { type Endpoint, endpointText, plainTls } from '../../src/transport/endpoint';
import { openTransport } from '../../src/transport/openTransport';
import { freePort } from '../support/freePort';
import { echoes, failureOf } from '../support/opening';
import { listening } from '../support/tlsPeer';

const echo = () => createServer((socket) => socket.pipe(socket));

describe('Opening a transport', () => {
  it('reaches IPv6 addresses, and names whose server listens on one kind of address alone', async () => {
    for (const address of ['::1', '127.0.0.1']) {
      const server = await listening(echo(), { host: address });
      try {
        for (const host of [address, 'localhost']) {
          // Where the system knows no IPv6 address of localhost there is nothing to find.
          if (address === '::1' && host === 'localhost' && !/^::1\s.*localhost/m.test(hosts())) continue;
          const ears = await echoes({ kind: 'tcp', host, port: server.port });
          assert.match(ears.transport.peer, host === '::1' ? /^\[::1\]:\d+$/ : /^[\w.]+:\d+$/);
          ears.transport.dispose();
        }
      } finally {
        await server.close();
      }
    }
  });

  it('fails for good where the port is none', async () => {
    const failure = await failureOf({ kind: 'tcp', host: '127.0.0.1', port: 99_999 });
    assert.deepEqual([failure.step, failure.code], ['tcp', 'optionsInvalid']);
    assert.equal(transportCanHeal(failure), false);
  });

  const network = { host: '127.0.0.1', webSocket: { path: '/', headers: {}, subprotocol: 'mqtt' } };
  const proxy = { scheme: 'http', host: '127.0.0.1', verify: true } as const;
  for (const [what, endpoint, expected] of [
    ['TLS', { kind: 'tls', tls: plainTls }, ['tcp', 'tls']],
    ['a WebSocket', { kind: 'ws' }, ['tcp', 'webSocket']],
    ['a proxy', { kind: 'tcp', proxy }, ['proxy', 'proxy']],
  ] as const) {
    it(`says with each step how that fails if it takes too long, on the way to ${what}`, async () => {
      const server = await listening(createServer());
      const { port } = server;
      const steps: string[] = [];
      const through = 'proxy' in endpoint ? { proxy: { ...endpoint.proxy, port } } : {};
      const opening = openTransport({ ...network, port, ...endpoint, ...through } as Endpoint, {
        timeout: 60_000,
        stepBegan: ({ step, code }) => {
          assert.equal(code, 'timedOut');
          steps.push(step);
          // Nobody answers: the server goes once the last step is under way.
          if (steps.length === expected.length) void server.close();
        },
      });
      await assert.rejects(opening);
      assert.deepEqual(steps, expected);
    });
  }

  it('reaches a Unix socket, and tells where there is none, none any more, and only a file', async function () {
    if (process.platform === 'win32') return this.skip();
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-workbench-unix-'));
    try {
      const file = path.join(folder, 'broker.sock');
      const server = await listening(echo(), { path: file });
      (await echoes({ kind: 'unix', path: file })).transport.dispose();
      await server.close();
      const missing = await failureOf({ kind: 'unix', path: file });
      assert.deepEqual([missing.step, missing.code], ['tcp', 'noSuchSocket']);
      fs.writeFileSync(path.join(folder, 'file'), '');
      const plain = await failureOf({ kind: 'unix', path: path.join(folder, 'file') });
      assert.deepEqual([plain.step, plain.code], ['tcp', 'refused']);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });

  it('does not wait longer than it may for a file that nobody gives', async function () {
    if (process.platform === 'win32') return this.skip();
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-workbench-pipe-'));
    const pipe = path.join(folder, 'ca.pem');
    // Opening a pipe waits for somebody who writes, as a file of a network that is gone would.
    execFileSync('mkfifo', [pipe]);
    try {
      const tls = { ...plainTls, ca: [pipe] };
      const opening = openTransport({ kind: 'tls', host: '127.0.0.1', port: 1, tls }, { timeout: 20 });
      await assert.rejects(opening, {
        failure: {
          ...{ step: 'certificateFile', code: 'unreadable', detail: 'no answer in time' },
          ...{ setting: 'ca', path: pipe },
        },
      });
    } finally {
      fs.closeSync(fs.openSync(pipe, fs.constants.O_RDWR | fs.constants.O_NONBLOCK));
      fs.rmSync(folder, { recursive: true });
    }
  });

  it('says whether the name or the port was wrong', async () => {
    const unknown = await failureOf({ kind: 'tcp', host: 'host.invalid', port: 1883 });
    assert.deepEqual([unknown.step, unknown.code], ['nameResolution', 'hostNotFound']);
    const refused = await failureOf({ kind: 'tcp', host: '127.0.0.1', port: await freePort() });
    assert.deepEqual([refused.step, refused.code, refused.detail], ['tcp', 'refused', 'ECONNREFUSED']);
  });

  it('says that it waited for the name, and then for the port, where time runs out', async () => {
    const { lookup } = dns;
    const port = await freePort();
    const began: TransportFailure[] = [];
    const note = (step: TransportFailure) => void began.push(step);
    try {
      dns.lookup = (() => undefined) as unknown as typeof lookup;
      assert.deepEqual(
        await failureOf({ kind: 'tcp', host: 'slow.invalid', port: 1883 }, 20, note),
        began[0],
      );
      assert.deepEqual(began.splice(0), [{ step: 'nameResolution', code: 'timedOut', detail: 'ETIMEDOUT' }]);
      const told = (_: string, __: object, callback: (error: null, all: dns.LookupAddress[]) => void) =>
        void setImmediate(callback, null, [{ address: '127.0.0.1', family: 4 }]);
      dns.lookup = told as unknown as typeof lookup;
      const failure = await failureOf({ kind: 'tcp', host: 'quick.invalid', port }, 5000, note);
      assert.equal(failure.code, 'refused');
      assert.deepEqual(
        began.map(({ step, code }) => [step, code]),
        [
          ['nameResolution', 'timedOut'],
          ['tcp', 'timedOut'],
        ],
      );
    } finally {
      dns.lookup = lookup;
    }
  });

  it('names where an endpoint is', () => {
    assert.equal(endpointText({ kind: 'tcp', host: '::1', port: 1 }), '[::1]:1');
    assert.equal(endpointText({ kind: 'unix', path: '/run/x' }), '/run/x');
  });
});

function hosts(): string {
  return fs.existsSync('/etc/hosts') ? fs.readFileSync('/etc/hosts', 'utf8') : '';
}

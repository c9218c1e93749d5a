import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { TransportFailureError } from '../../src/base/transportFailure';
import type { Transport } from '../../src/session/effects';
import { listenOnSocket } from '../../src/transport/socketServer';
import { socketFailure } from '../../src/transport/socketFailure';
import { SocketTransport, addressText, connectSocket } from '../../src/transport/socketTransport';
import { Ears } from '../support/ears';
import { freePort } from '../support/freePort';

const host = '127.0.0.1';

/** What has to be closed after a test, whether or not it failed. */
const closers: (() => Promise<void>)[] = [];

/** Two ends of one TCP connection, each noting what happens. */
async function connected() {
  let accepted: (transport: Transport) => void = () => undefined;
  const accepting = new Promise<Transport>((resolve) => (accepted = resolve));
  const server = await listenOnSocket({ host, port: 0 }, (transport) => accepted(transport));
  const [client, peer] = await Promise.all([connectSocket({ host, port: server.port }), accepting]);
  closers.push(() => {
    client.dispose();
    peer.dispose();
    return server.close();
  });
  return { server, client: new Ears(client), peer: new Ears(peer) };
}

/** A plain server and the first socket it accepts. */
async function listening() {
  const server = createServer();
  closers.push(() => new Promise((resolve) => server.close(() => resolve())));
  const next = new Promise<Socket>((resolve) => server.once('connection', resolve));
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return { sockets: { next }, port: address.port };
}

describe('A socket transport', () => {
  afterEach(async () => {
    await Promise.all(closers.splice(0).map((close) => close()));
  });

  it('carries bytes both ways, as plain arrays, and ends in order', async () => {
    const { server, client, peer } = await connected();
    client.transport.write(Uint8Array.of(1, 2, 3));
    await peer.until(() => peer.bytes.length === 3);
    peer.transport.write(Uint8Array.of(4));
    await client.until(() => client.bytes.length === 1);
    assert.deepEqual([...peer.bytes], [1, 2, 3]);
    assert.equal(peer.chunks[0]?.constructor, Uint8Array);
    client.transport.end();
    await Promise.all([client.until(() => !!client.ended), peer.until(() => !!peer.ended)]);
    assert.deepEqual([client.ended, peer.ended], [{ failure: undefined }, { failure: undefined }]);
    assert.equal(client.transport.peer, `127.0.0.1:${server.port}`);
    assert.match(peer.transport.peer, /^127\.0\.0\.1:\d+$/);
  });

  it('says when it is full and when it has caught up; a peer that is not read from keeps it waiting', async () => {
    const { client, peer } = await connected();
    peer.transport.pauseReading(true);
    let written = 0;
    while (client.transport.write(new Uint8Array(1_000_000))) written++;
    assert.ok(written < 20);
    assert.equal(client.drains, 0);
    peer.transport.pauseReading(false);
    await client.until(() => client.drains === 1);
    await peer.until(() => peer.bytes.length === (written + 1) * 1_000_000);
  });

  it('tells each time that the peer takes some of a long packet, and nothing while it takes none', async () => {
    const { client, peer } = await connected();
    peer.transport.pauseReading(true);
    const size = 30_000_000;
    assert.equal(client.transport.write(new Uint8Array(size)), false);
    await client.until(() => client.steps > 1);
    peer.transport.pauseReading(false);
    await client.until(() => client.drains === 1);
    assert.ok(client.steps > 100);
    client.transport.end();
    await peer.until(() => !!peer.ended);
    assert.equal(peer.bytes.length, size);
  });

  it('sends what waits before it ends', async () => {
    const { client, peer } = await connected();
    const size = 5_000_000;
    client.transport.write(new Uint8Array(size));
    client.transport.end();
    await Promise.all([client.until(() => !!client.ended), peer.until(() => !!peer.ended)]);
    assert.equal(peer.bytes.length, size);
  });

  it('tells of an end that came before anybody listened', async () => {
    const { sockets, port } = await listening();
    const transport = await connectSocket({ host, port });
    assert.ok(transport instanceof SocketTransport);
    const closed = new Promise<void>((resolve) => transport['socket'].once('close', () => resolve()));
    (await sockets.next).resetAndDestroy();
    await closed;
    const ears = new Ears(transport);
    await ears.until(() => !!ears.ended);
    assert.equal(ears.ended?.failure?.code, 'reset');
  });

  it('tells that the peer broke it off', async () => {
    const { sockets, port } = await listening();
    const ears = new Ears(await connectSocket({ host, port }));
    (await sockets.next).resetAndDestroy();
    await ears.until(() => !!ears.ended);
    assert.equal(ears.ended?.failure?.code, 'reset');
  });

  it('cannot be had where nothing listens, where the host is unknown, and at a port that is none', async () => {
    const codeOf = (options: { host: string; port: number }) =>
      connectSocket(options).then(
        () => 'connected',
        (error: unknown) => (error instanceof TransportFailureError ? error.failure.code : error),
      );
    assert.equal(await codeOf({ host, port: await freePort() }), 'refused');
    assert.equal(await codeOf({ host: 'host.invalid', port: 1883 }), 'hostNotFound');
    assert.equal(await codeOf({ host, port: 70_000 }), 'optionsInvalid');
  });
});

describe('A socket server', () => {
  it('says that its port is in use', async () => {
    const first = await listenOnSocket({ host, port: 0 }, () => undefined);
    await assert.rejects(
      listenOnSocket({ host, port: first.port }, () => undefined),
      { failure: { step: 'tcp', code: 'addressInUse', detail: 'EADDRINUSE' } },
    );
    await first.close();
    const again = await listenOnSocket({ host, port: first.port }, () => undefined);
    assert.equal(again.port, first.port);
    await again.close();
  });
});

describe('A failure of the platform', () => {
  const failure = (code: string) => Object.assign(new Error(`text of ${code}`), { code });
  const cases: readonly (readonly [error: unknown, code: string, detail: string, step?: 'nameResolution'])[] =
    [
      [failure('ECONNREFUSED'), 'refused', 'ECONNREFUSED'],
      [failure('ENOTFOUND'), 'hostNotFound', 'ENOTFOUND', 'nameResolution'],
      [failure('ENOENT'), 'noSuchSocket', 'ENOENT'],
      [failure('EHOSTUNREACH'), 'unreachable', 'EHOSTUNREACH'],
      [failure('ETIMEDOUT'), 'timedOut', 'ETIMEDOUT'],
      [failure('EPIPE'), 'reset', 'EPIPE'],
      [failure('EACCES'), 'notPermitted', 'EACCES'],
      [failure('EWEIRD'), 'other', 'EWEIRD'],
      [new AggregateError([failure('ECONNREFUSED'), failure('EHOSTUNREACH')]), 'refused', 'ECONNREFUSED'],
      [new AggregateError([failure('ENETUNREACH'), failure('ECONNREFUSED')]), 'refused', 'ECONNREFUSED'],
      [new AggregateError([failure('ENETUNREACH'), failure('ETIMEDOUT')]), 'unreachable', 'ENETUNREACH'],
      [new Error('plain'), 'other', 'plain'],
      ['text', 'other', 'text'],
    ];
  for (const [error, code, detail, step = 'tcp'] of cases) {
    it(`${detail} is ${code}`, () => assert.deepEqual(socketFailure(error), { step, code, detail }));
  }
});

describe('An address', () => {
  it('has brackets where it is IPv6', () => {
    assert.deepEqual([addressText('::1', 1883), addressText('broker', 1883)], ['[::1]:1883', 'broker:1883']);
  });
});

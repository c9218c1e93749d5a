import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:net';
import type { WebSocket } from 'ws';
import { transportCanHeal } from '../../src/client/transportHealing';
import { type Endpoint, plainTls, type WebSocketOptions } from '../../src/transport/endpoint';
import { openTransport } from '../../src/transport/openTransport';
import { CertificateFolder } from '../support/certificates';
import { Ears } from '../support/ears';
import { echoes, failureOf } from '../support/opening';
import { listening, type TestServer } from '../support/tlsPeer';
import { startWebSocketPeer, type WebSocketPeerOptions } from '../support/webSocketPeer';

describe('A WebSocket transport', function () {
  this.timeout(20_000);
  const closers: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    await Promise.all(closers.splice(0).map((close) => close()));
  });

  async function peer(options?: WebSocketPeerOptions): Promise<TestServer> {
    const started = await startWebSocketPeer(options);
    closers.push(() => started.close());
    return started;
  }

  /** A peer that hands over the first WebSocket it accepts. */
  async function meeting(): Promise<{ port: number; met: Promise<readonly [WebSocket, IncomingMessage]> }> {
    let meet: (met: readonly [WebSocket, IncomingMessage]) => void = () => undefined;
    const met = new Promise<readonly [WebSocket, IncomingMessage]>((resolve) => (meet = resolve));
    const { port } = await peer({ connected: (socket, request) => meet([socket, request]) });
    return { port, met };
  }

  function endpoint(port: number, webSocket: Partial<WebSocketOptions> = {}): Endpoint {
    return {
      kind: 'ws',
      host: '127.0.0.1',
      port,
      webSocket: { path: '/mqtt', headers: {}, subprotocol: 'mqtt', ...webSocket },
    };
  }

  async function opened(port: number, webSocket?: Partial<WebSocketOptions>): Promise<Ears> {
    const ears = new Ears(await openTransport(endpoint(port, webSocket), { timeout: 5000 }));
    closers.push(() => Promise.resolve(ears.transport.dispose()));
    return ears;
  }

  it('carries bytes both ways as binary messages, and ends in order [MQTT-6.0.0-1]', async () => {
    const { port } = await peer();
    const ears = await echoes(endpoint(port));
    assert.equal(ears.chunks[0]?.constructor, Uint8Array);
    assert.equal(ears.transport.peer, `127.0.0.1:${port}`);
    assert.equal(ears.transport.security, undefined);
    ears.transport.end();
    await ears.until(() => ears.ended !== undefined);
    assert.deepEqual(ears.ended, { failure: undefined });
    // Like a socket it takes what comes too late without a word.
    assert.equal(ears.transport.write(Uint8Array.of(1)), true);
  });

  it('offers mqtt, its path and its headers, and neither compression nor a port that goes without saying [MQTT-6.0.0-3]', async () => {
    const { port, met } = await meeting();
    await opened(port, { headers: { 'X-Api-Key': 'k', 'User-Agent': 'bench' } });
    const [, { url, headers }] = await met;
    assert.equal(url, '/mqtt');
    assert.equal(headers.host, `127.0.0.1:${port}`);
    assert.deepEqual([headers['x-api-key'], headers['user-agent']], ['k', 'bench']);
    assert.equal(headers['sec-websocket-protocol'], 'mqtt');
    assert.equal(headers['sec-websocket-extensions'], undefined);
  });

  it('offers mqttv3.1 to servers of that time', async () => {
    const { port, met } = await meeting();
    await opened(port, { subprotocol: 'mqttv3.1' });
    assert.equal((await met)[1].headers['sec-websocket-protocol'], 'mqttv3.1');
  });

  it('is not opened with a header that HTTP has no place for, and trying again is of no use', async () => {
    const { port } = await peer();
    for (const headers of [{ 'X-Key': 'a\r\nb' }, { 'X Key': 'a' }]) {
      const failure = await failureOf(endpoint(port, { headers }));
      assert.deepEqual([failure.step, failure.code], ['webSocket', 'optionsInvalid']);
      assert.equal(transportCanHeal(failure), false);
    }
  });

  it('has a path with a query, and one with a colon', async () => {
    for (const path of ['/a/b?token=1&x=2', '/a:b']) {
      const { port } = await peer({ path });
      await echoes(endpoint(port, { path })).then((ears) => ears.transport.dispose());
    }
  });

  it('is a stream: packets in pieces, several in one message, and fragments of messages [MQTT-6.0.0-2]', async () => {
    const { port, met } = await meeting();
    const ears = await opened(port);
    const [socket] = await met;
    socket.send(Buffer.of(1, 2), { fin: false, binary: true });
    socket.send(Buffer.of(3), { fin: true, binary: true });
    socket.send(Buffer.of(), { binary: true });
    socket.send(Buffer.of(4, 5, 6), { binary: true });
    await ears.until(() => ears.bytes.length === 6);
    assert.deepEqual([...ears.bytes], [1, 2, 3, 4, 5, 6]);
  });

  it('says when it is full and when it has caught up; a peer that is not read from keeps it waiting', async () => {
    const { port, met } = await meeting();
    const ears = await opened(port);
    const [socket] = await met;
    let got = 0;
    socket.on('message', (data: Buffer) => (got += data.length));
    socket.pause();
    let written = 0;
    while (ears.transport.write(new Uint8Array(1_000_000))) written++;
    assert.ok(written < 20);
    assert.equal(ears.drains, 0);
    socket.resume();
    await ears.until(() => ears.drains === 1);
    assert.ok(ears.steps > 0);
    const whole = (written + 1) * 1_000_000;
    const answerWhole = () => got === whole && socket.send(Buffer.of(1));
    socket.on('message', answerWhole);
    answerWhole();
    await ears.until(() => ears.bytes.length === 1);
  });

  it('pushes back on a peer while reading is paused, and loses nothing of it', async () => {
    const { port, met } = await meeting();
    const ears = await opened(port);
    const [socket] = await met;
    ears.transport.pauseReading(true);
    // Another connection is through meanwhile.
    const other = await meeting();
    const sent = 12;
    for (let index = 1; index < sent; index++) socket.send(new Uint8Array(1_000_000));
    const gone = new Promise((resolve) => socket.send(new Uint8Array(1_000_000), resolve));
    await opened(other.port);
    assert.equal(await Promise.race([gone.then(() => 'gone'), other.met.then(() => 'held up')]), 'held up');
    assert.equal(ears.bytes.length, 0);
    ears.transport.pauseReading(false);
    await ears.until(() => ears.bytes.length === sent * 1_000_000);
  });

  it('closes on a text frame [MQTT-6.0.0-1]', async () => {
    const { port, met } = await meeting();
    const ears = await opened(port);
    const [socket] = await met;
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.send('text');
    await ears.until(() => ears.ended !== undefined);
    const failure = ears.ended?.failure;
    const detail = 'it begins with 74 65 78 74';
    assert.deepEqual(failure, { step: 'webSocket', code: 'textFrame', detail });
    assert.equal(await closed, 1003);
    assert.equal(ears.bytes.length, 0);
  });

  it('tells with which status it was closed, where that tells of a fault', async () => {
    for (const [code, failure] of [
      [1000, undefined],
      [1001, undefined],
      [1008, { step: 'webSocket', code: 'closedWithStatus', status: 1008, detail: 'not allowed' }],
    ] as const) {
      const { port, met } = await meeting();
      const ears = await opened(port);
      (await met)[0].close(code, code === 1008 ? 'not allowed' : '');
      await ears.until(() => ears.ended !== undefined);
      assert.deepEqual(ears.ended?.failure, failure);
    }
  });

  it('tells of an end without a word, before and after anybody listened', async () => {
    const { port, met } = await meeting();
    const transport = await openTransport(endpoint(port), { timeout: 5000 });
    const [socket] = await met;
    socket.terminate();
    const ears = new Ears(transport);
    await ears.until(() => ears.ended !== undefined);
  });

  it('ends at once where it is broken off', async () => {
    const { port, met } = await meeting();
    const ears = await opened(port);
    const closed = new Promise((resolve) => void met.then(([socket]) => socket.once('close', resolve)));
    ears.transport.dispose();
    await ears.until(() => ears.ended !== undefined);
    assert.equal(await closed, 1006);
  });

  it('goes over TLS', async () => {
    const files = new CertificateFolder();
    try {
      files.certificate('self', 'self', { hosts: 'IP:127.0.0.1' });
      const { port } = await peer({ tls: { cert: files.read('self.pem'), key: files.read('self.key') } });
      const secure = (ca: readonly string[]): Endpoint => ({
        ...(endpoint(port) as Extract<Endpoint, { kind: 'ws' }>),
        kind: 'wss',
        tls: { ...plainTls, ca, systemCertificates: false },
      });
      const ears = await echoes(secure([files.file('self.pem')]));
      assert.equal(ears.transport.security?.protocol, 'TLSv1.3');
      ears.transport.dispose();
      const failure = await failureOf(secure([]));
      assert.deepEqual([failure.step, failure.code], ['tls', 'certificateRejected']);
    } finally {
      files.remove();
    }
  });

  it('is refused at a wrong path with the status', async () => {
    const { port } = await peer();
    assert.deepEqual(await failureOf(endpoint(port, { path: '/wrong' })), {
      step: 'webSocket',
      code: 'upgradeRefused',
      status: 404,
      detail: 'Not Found',
    });
  });

  it('is refused where another subprotocol is selected [MQTT-6.0.0-4]', async () => {
    const { port } = await peer({ subprotocol: 'chat' });
    const failure = await failureOf(endpoint(port));
    assert.deepEqual([failure.step, failure.code], ['webSocket', 'subprotocolRefused']);
  });

  const answers: readonly [answer: string, code: string][] = [
    ['\x15\x03\x01\x00\x02\x02\x46', 'notWebSocket'],
    ['SSH-2.0-OpenSSH_9.6\r\n', 'notWebSocket'],
    ['HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n', 'notWebSocket'],
    ['', 'closed'],
  ];
  for (const [answer, code] of answers) {
    it(`is ${code} where ${JSON.stringify(answer)} is the answer`, async () => {
      const server = await listening(createServer((socket) => socket.once('data', () => socket.end(answer))));
      closers.push(() => server.close());
      const failure = await failureOf(endpoint(server.port));
      assert.deepEqual([failure.step, failure.code], ['webSocket', code]);
    });
  }

  it('gives up where nobody answers', async () => {
    const silent = await listening(createServer());
    closers.push(() => silent.close());
    const failure = await failureOf(endpoint(silent.port), 200);
    assert.deepEqual([failure.step, failure.code], ['webSocket', 'timedOut']);
  });
});

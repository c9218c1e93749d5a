import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { WebSocket } from 'ws';
import type { ListenOptions, RefusedConnection, Transport, TransportServer } from '../../src/session/effects';
import { type Endpoint, plainTls, type TlsOptions } from '../../src/transport/endpoint';
import { listenFor, type ListenerKind, type ListenerProtocol } from '../../src/transport/listening/listener';
import type { ClientCertificates, ServerIdentity, ServerTls } from '../../src/transport/listening/serverTls';
import { openTransport } from '../../src/transport/openTransport';
import { CertificateFolder } from '../support/certificates';
import { echoes } from '../support/opening';

/** The alert of a client that does not know who signed the certificate (RFC 8446, 6.2). */
const unknownAuthority = Uint8Array.of(0x15, 3, 3, 0, 2, 2, 48);

/** What a TLS client says first. */
function clientHello(): Promise<Uint8Array> {
  return new Promise((resolve) => {
    const nobody = new Duplex({ read: () => undefined, write: (chunk: Buffer) => resolve(chunk) });
    connectTls({ socket: nobody }).on('error', () => undefined);
  });
}

describe('A listener', function () {
  this.timeout(20_000);
  const files = new CertificateFolder();
  const closers: (() => unknown)[] = [];

  before(() => {
    files.authority('authority');
    files.authority('stranger');
    for (const name of ['server', 'renewed']) {
      files.certificate(name, 'authority', { hosts: 'DNS:localhost,IP:127.0.0.1' });
    }
    files.certificate('device-7', 'authority');
    files.certificate('intruder', 'stranger');
  });
  after(() => files.remove());
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  const identity = (name: string): ServerIdentity => ({
    certificate: files.read(`${name}.pem`).toString(),
    key: files.read(`${name}.key`).toString(),
  });
  const serverTls = (clientCertificates: ClientCertificates = { mode: 'none' }): ServerTls => ({
    identity: identity('server'),
    clientCertificates,
    minimumVersion: '1.2',
  });
  const kindOf = (protocol: ListenerProtocol, tls = serverTls()): ListenerKind =>
    protocol === 'tls' || protocol === 'wss' ? { protocol, tls } : { protocol };

  interface Listening extends TransportServer {
    readonly accepted: Transport[];
    /** The next connection that comes to nothing. */
    refused(): Promise<RefusedConnection>;
  }

  /** Sends back what it gets. */
  async function listening(
    kind: ListenerKind,
    onTransport = echo,
    options: Partial<ListenOptions> = {},
  ): Promise<Listening> {
    const refusals: RefusedConnection[] = [];
    let told: (() => void) | undefined;
    const accepted: Transport[] = [];
    const server = await listenFor(kind)(
      { host: '127.0.0.1', port: 0, ...options },
      (transport) => {
        accepted.push(transport);
        onTransport(transport);
      },
      (refused) => {
        refusals.push(refused);
        told?.();
      },
    );
    closers.push(async () => {
      const closed = server.close();
      for (const transport of accepted) transport.dispose();
      await closed;
    });
    const refused = async () => {
      if (refusals.length === 0) await new Promise<void>((resolve) => (told = resolve));
      return refusals.shift() ?? assert.fail();
    };
    return { ...server, accepted, refused };
  }

  function echo(transport: Transport): void {
    transport.start({
      bytes: (chunk) => void transport.write(chunk),
      drained: () => undefined,
      closed: () => undefined,
    });
  }

  function endpoint(protocol: ListenerProtocol, port: number, tls: Partial<TlsOptions> = {}): Endpoint {
    const where = { host: '127.0.0.1', port };
    const secure = { ...plainTls, ca: [files.file('authority.pem')], systemCertificates: false, ...tls };
    const webSocket = { path: '/any/path', headers: {}, subprotocol: 'mqtt' } as const;
    switch (protocol) {
      case 'tcp':
        return { kind: 'tcp', ...where };
      case 'tls':
        return { kind: 'tls', ...where, tls: secure };
      case 'ws':
        return { kind: 'ws', ...where, webSocket };
      case 'wss':
        return { kind: 'wss', ...where, webSocket, tls: secure };
    }
  }

  function raw(port: number, ...chunks: (string | Uint8Array)[]): Promise<string> {
    return new Promise((resolve) => {
      let answer = '';
      const socket: Socket = connect(port, '127.0.0.1');
      closers.push(() => socket.destroy());
      for (const chunk of chunks) socket.write(chunk);
      socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(answer));
    });
  }

  for (const protocol of ['tcp', 'tls', 'ws', 'wss'] as const) {
    it(`for ${protocol} hands over streams of bytes that say where they come from`, async () => {
      const server = await listening(kindOf(protocol));
      const ears = await echoes(endpoint(protocol, server.port));
      const [transport] = server.accepted;
      assert.match(transport?.peer ?? '', /^127\.0\.0\.1:\d+$/);
      assert.equal(transport?.security !== undefined, protocol === 'tls' || protocol === 'wss');
      ears.transport.end();
      await ears.until(() => ears.ended !== undefined);
    });

    it(`for ${protocol} hears a client that is still sending after the server has ended its side`, async () => {
      const heard: Uint8Array[] = [];
      let ended = (): void => undefined;
      const over = new Promise<void>((resolve) => (ended = resolve));
      const server = await listening(kindOf(protocol), (transport) =>
        transport.start({
          bytes: (chunk) => {
            heard.push(chunk);
            if (heard.length > 1) return;
            transport.write(Uint8Array.of(0xe0, 1, 0x81));
            transport.end();
          },
          drained: () => undefined,
          closed: () => ended(),
        }),
      );
      const transport = await openTransport(endpoint(protocol, server.port), { timeout: 5000 });
      const chunks: Uint8Array[] = [];
      transport.start({
        bytes: (chunk) => chunks.push(chunk),
        drained: () => undefined,
        closed: () => undefined,
      });
      for (let index = 0; index < 64; index++) transport.write(new Uint8Array(16_384));
      await over;
      transport.dispose();
      // The reason reaches the client, although it sent on.
      assert.deepEqual([...Buffer.concat(chunks)], [0xe0, 1, 0x81]);
    });

    it(`for ${protocol} frees its port while a connection is in the middle of its handshake`, async () => {
      const server = await listening(kindOf(protocol));
      const socket = connect(server.port, '127.0.0.1');
      await new Promise((resolve) => socket.once('connect', resolve));
      socket.on('error', () => undefined);
      if (protocol === 'tcp') socket.destroy();
      await closers.pop()?.();
      socket.destroy();
    });
  }

  for (const protocol of ['tls', 'ws', 'wss'] as const) {
    it(`for ${protocol} gives up a handshake that takes longer than it may, by what holds as it begins`, async () => {
      let timeout = 600_000;
      const server = await listening(kindOf(protocol), echo, { handshakeTimeout: () => timeout });
      const patient = raw(server.port).then(() => 'patient');
      // It is accepted before who comes next.
      await echoes(endpoint(protocol, server.port));
      timeout = 10;
      const hasty = raw(server.port).then(() => 'hasty');
      const { failure } = await server.refused();
      assert.equal(failure.code, 'timedOut');
      assert.equal(await Promise.race([patient, hasty]), 'hasty');
    });
  }

  it('says that its port is in use', async () => {
    const server = await listening(kindOf('tls'));
    await assert.rejects(
      listenFor(kindOf('ws'))({ host: '127.0.0.1', port: server.port }, () => undefined),
      { failure: { step: 'tcp', code: 'addressInUse', detail: 'EADDRINUSE' } },
    );
  });

  it('says that its key is of another certificate, before it binds the port', async () => {
    const tls = { ...serverTls(), identity: { ...identity('server'), key: identity('renewed').key } };
    await assert.rejects(listening({ protocol: 'tls', tls }), /optionsInvalid/);
  });

  it('over TLS tells of a device that speaks plain MQTT, with its bytes', async () => {
    const server = await listening(kindOf('tls'));
    const connectPacket = Uint8Array.of(0x10, 12, 0, 4, 77, 81, 84, 84, 4, 2, 0, 60, 0, 0);
    void raw(server.port, connectPacket);
    const { peer, failure, received } = await server.refused();
    assert.match(peer, /^127\.0\.0\.1:\d+$/);
    assert.deepEqual(failure, { step: 'tls', code: 'notTls', detail: 'no TLS record' });
    assert.deepEqual(new Uint8Array(received), connectPacket);
  });

  it('over TLS tells of a device that does not trust its certificate', async () => {
    const server = await listening(kindOf('tls'));
    const hello = await clientHello();
    const socket = connect(server.port, '127.0.0.1', () => socket.write(hello));
    // The connection is reset before the listener reads why, as OpenSSL's clients do it.
    socket.once('data', () => socket.write(unknownAuthority, () => socket.resetAndDestroy()));
    const { peer, failure, received } = await server.refused();
    assert.match(peer, /^127\.0\.0\.1:\d+$/);
    assert.ok(failure.code === 'alert' && failure.alert === 48, failure.code);
    assert.equal(received[0], 0x16);
  });

  it('over TLS tells of a client that goes before it has said anything', async () => {
    const server = await listening(kindOf('tls'));
    const socket = connect(server.port, '127.0.0.1', () => socket.destroy());
    assert.equal((await server.refused()).failure.code, 'closed');
  });

  it('over TLS shows a renewed certificate to whoever comes next', async () => {
    let renew: (next: ServerIdentity) => void = () => assert.fail();
    const server = await listening({
      protocol: 'tls',
      tls: serverTls(),
      onRenewable: (how) => (renew = how),
    });
    const shown = async () => {
      const ears = await echoes(endpoint('tls', server.port));
      ears.transport.dispose();
      return ears.transport.security?.certificate?.commonName;
    };
    assert.equal(await shown(), 'server');
    renew(identity('renewed'));
    assert.equal(await shown(), 'renewed');
  });

  describe('that asks for client certificates', () => {
    const asking = (mode: 'request' | 'require') =>
      kindOf('tls', serverTls({ mode, ca: [files.read('authority.pem').toString()] }));
    const shown = (name: string) => ({
      certificate: files.file(`${name}.pem`),
      key: files.file(`${name}.key`),
    });

    for (const mode of ['request', 'require'] as const) {
      it(`knows by it who comes, where it may be left out or not (${mode})`, async () => {
        const server = await listening(asking(mode));
        await echoes(endpoint('tls', server.port, shown('device-7')));
        const security = server.accepted[0]?.security;
        assert.deepEqual([security?.verified, security?.certificate?.commonName], [true, 'device-7']);
      });
    }

    it('lets clients in without one where it only asks, and does not believe a stranger', async () => {
      const server = await listening(asking('request'));
      await echoes(endpoint('tls', server.port));
      await echoes(endpoint('tls', server.port, shown('intruder')));
      assert.deepEqual(
        server.accepted.map(({ security }) => [security?.verified, security?.certificate?.commonName]),
        [
          [false, undefined],
          [false, 'intruder'],
        ],
      );
    });

    for (const [what, name] of [
      ['CERTIFICATE_MISSING', undefined],
      ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'intruder'],
    ] as const) {
      it(`refuses with ${what} where it requires one`, async () => {
        const server = await listening(asking('require'));
        // In TLS 1.3 the client is through before the server has seen its certificate.
        const opening = openTransport(endpoint('tls', server.port, name === undefined ? {} : shown(name)), {
          timeout: 5000,
        });
        const { failure } = await server.refused();
        assert.deepEqual([failure.code, failure.detail], ['certificateRejected', what]);
        await opening.then((transport) => transport.dispose());
        assert.equal(server.accepted.length, 0);
      });
    }
  });

  describe('for WebSocket', () => {
    it('selects mqtt wherever it is offered, and mqttv3.1 where that is all [MQTT-6.0.0-4]', async () => {
      const server = await listening(kindOf('ws'));
      const selected = (offered: string[], path = '') =>
        new Promise((resolve) => {
          const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, offered);
          closers.push(() => socket.terminate());
          socket.once('open', () => resolve(socket.protocol));
        });
      assert.equal(await selected(['mqttv3.1', 'mqtt'], '/'), 'mqtt');
      assert.equal(await selected(['mqttv3.1'], '/mqtt?a=1'), 'mqttv3.1');
    });

    it('refuses a client that does not offer mqtt, in words, and tells of it [MQTT-6.0.0-3]', async () => {
      const server = await listening(kindOf('ws'));
      for (const protocol of ['', 'Sec-WebSocket-Protocol: chat\r\n']) {
        const answer = raw(
          server.port,
          `GET /mqtt HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${protocol}` +
            'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
        );
        const { failure, received } = await server.refused();
        assert.equal(failure.code, 'subprotocolRefused');
        assert.match(Buffer.from(received).toString(), /^GET \/mqtt HTTP\/1\.1\r\nHost: a\r\n/);
        assert.match(await answer, /^HTTP\/1\.1 400 [^]*Offer the subprotocol "mqtt"/);
      }
    });

    it('closes when a client it has refused never closes its side', async () => {
      const server = await listening(kindOf('ws'));
      for (const upgrade of ['Connection: Upgrade\r\nUpgrade: websocket\r\n', '']) {
        const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
        closers.push(() => socket.destroy());
        socket.on('error', () => undefined);
        socket.write(`GET / HTTP/1.1\r\nHost: a\r\n${upgrade}\r\n`);
        await new Promise((resolve) => socket.once('data', resolve));
      }
      await server.close();
    });

    it('answers a browser with what the port is for', async () => {
      const server = await listening(kindOf('ws'));
      const answer = raw(server.port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      assert.equal((await server.refused()).failure.code, 'upgradeRefused');
      assert.match(await answer, /^HTTP\/1\.1 426 [^]*MQTT over WebSocket/);
    });

    it('tells of a device that speaks plain MQTT, with its bytes', async () => {
      const server = await listening(kindOf('ws'));
      void raw(server.port, Uint8Array.of(0x10, 12, 0, 4, 77, 81, 84, 84));
      const { failure, received } = await server.refused();
      assert.deepEqual([failure.step, failure.code, received[0]], ['webSocket', 'notWebSocket', 0x10]);
    });
  });
});

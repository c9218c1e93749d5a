import assert from 'node:assert/strict';
import * as net from 'node:net';
import type { AddressInfo } from 'node:net';
import { Pump } from '../../src/session/pump';
import { memoryLink } from '../../src/transport/memoryLink';
import { networkEnds } from '../../src/transport/networkEnds';
import { SocketTransport } from '../../src/transport/socketTransport';
import { systemClock } from '../../src/transport/systemClock';

describe('The ends of a transport', () => {
  it('are the addresses of its socket, each as the other end has them', async () => {
    const server = net.createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const accepted = new Promise<net.Socket>((resolve) => server.once('connection', resolve));
    const { port } = server.address() as AddressInfo;
    const socket = net.connect(port, '127.0.0.1');
    const peer = await accepted;
    await new Promise<void>((resolve) =>
      socket.connecting ? socket.once('connect', () => resolve()) : resolve(),
    );
    const here = new SocketTransport(socket, 'peer').ends ?? assert.fail('it has addresses');
    assert.deepEqual(here.remote, { address: '127.0.0.1', port });
    assert.deepEqual(networkEnds(peer), { local: here.remote, remote: here.local });
    socket.destroy();
    peer.destroy();
    server.close();
  });

  it('are unknown where it has no addresses', () => {
    assert.equal(networkEnds(new net.Socket()), undefined);
  });

  it('are asked for only where a tap wants to know: each socket keeps what it has told', () => {
    const [transport] = memoryLink();
    Object.defineProperty(transport, 'ends', { get: () => assert.fail('nobody asked') });
    const nothing = () => undefined;
    const outlet = { delivered: nothing, settled: nothing, ended: nothing, closed: nothing };
    new Pump({ handle: () => [] }, transport, systemClock, outlet, undefined).start();
  });
});

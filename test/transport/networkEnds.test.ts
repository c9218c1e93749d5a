import assert from 'node:assert/strict';
import * as net from 'node:net';
import type { AddressInfo } from 'node:net';
import { networkEnds } from '../../src/transport/networkEnds';
import { SocketTransport } from '../../src/transport/socketTransport';

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
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { bindPort } from '../../src/transport/socketServer';

/** The timer that runs for a TCP socket of this machine, as Linux tells it: 02 is that of SO_KEEPALIVE. */
function timerOf(localPort: number, remotePort: number): string | undefined {
  const hex = (port: number) => `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const line of readFileSync('/proc/net/tcp', 'utf8').split('\n')) {
    const [, local, remote, , , timer] = line.trim().split(/\s+/);
    if (local?.endsWith(hex(localPort)) && remote?.endsWith(hex(remotePort))) return timer?.slice(0, 2);
  }
  return undefined;
}

describe('A connection to a port that is listened on', () => {
  it('is probed by the system where nothing comes for long, whatever is spoken there', async function () {
    // Only Linux tells.
    if (process.platform !== 'linux') return this.skip();
    let accepted: (socket: Socket) => void = () => undefined;
    const acceptance = new Promise<Socket>((resolve) => (accepted = resolve));
    const server = await bindPort({ host: '127.0.0.1', port: 0 }, accepted);
    const client = connect(server.port, '127.0.0.1');
    const socket = await acceptance;
    try {
      assert.equal(timerOf(server.port, socket.remotePort ?? 0), '02');
    } finally {
      client.destroy();
      socket.destroy();
      await server.close();
    }
  });
});

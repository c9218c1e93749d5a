import assert from 'node:assert/strict';
import * as net from 'node:net';
import { startBrokerServer } from '../../src/broker/brokerServer';
import { listenFor } from '../../src/transport/listening/listener';
import { listenOnSocket } from '../../src/transport/socketServer';
import { systemClock } from '../../src/transport/systemClock';

/** All that a server says until it closes. */
function ask(port: number, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = net.connect(port, '127.0.0.1', () => socket.write(request));
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => (text += chunk));
    socket.on('end', () => socket.end());
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
  });
}

describe('HTTP at a listener for MQTT', () => {
  const dependencies = { listen: listenOnSocket, clock: systemClock, newIdentifier: () => 'auto' };

  it('gets an answer of HTTP that names the port for MQTT over WebSocket, and the end', async () => {
    const webSocket = {
      name: 'ws',
      port: 0,
      listen: listenFor({ protocol: 'ws' }),
      webSocket: 'ws' as const,
    };
    const server = await startBrokerServer({ port: 0, furtherListeners: [webSocket] }, dependencies);
    const ended: string[] = [];
    server.broker.onDidDisconnect(({ ending }) =>
      ended.push(ending.kind === 'protocol' ? ending.violation.id : ending.kind),
    );
    try {
      const answer = await ask(server.port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      const [head = '', body = ''] = answer.split('\r\n\r\n');
      assert.match(head, /^HTTP\/1\.1 400 Bad Request\r\n/);
      assert.match(head, new RegExp(`^Content-Length: ${body.length}\r?$`, 'm'));
      const port = server.listeners[1]?.port ?? 0;
      assert.equal(
        body,
        `This port is for MQTT, not for HTTP. MQTT over WebSocket is spoken at port ${port} (ws).\n`,
      );
      assert.deepEqual(ended, ['httpOnPlainPort']);
    } finally {
      await server.close();
    }
  });

  it('is told where there is no such port, and what is no HTTP gets nothing', async () => {
    const server = await startBrokerServer({ port: 0 }, dependencies);
    try {
      assert.match(
        await ask(server.port, 'POST /x HTTP/1.1\r\n\r\n'),
        /does not listen for MQTT over WebSocket\.\n$/,
      );
      assert.equal(await ask(server.port, 'hello'), '');
    } finally {
      await server.close();
    }
  });
});

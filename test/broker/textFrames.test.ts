import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import type { ConnectionEnded } from '../../src/broker/brokerEvents';
import { type BrokerServer, startBrokerServer } from '../../src/broker/brokerServer';
import { brokenClause } from '../../src/cli/brokerLog';
import { encode } from '../../src/protocol/codec';
import { listenFor } from '../../src/transport/listening/listener';
import { systemClock } from '../../src/transport/systemClock';
import { a } from '../support/packets';

const [textOpcode, binaryOpcode] = [1, 2];

/** A frame of a client (RFC 6455, 5.2), masked with zeros. */
function frame(opcode: number, payload: Uint8Array): Uint8Array {
  assert.ok(payload.length < 126);
  return Buffer.concat([Uint8Array.of(0x80 | opcode, 0x80 | payload.length, 0, 0, 0, 0), payload]);
}

/** What firmware does that was never told how a WebSocket is closed: it sends, and answers nothing. */
async function sends(port: number, frames: Uint8Array): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  const key = Buffer.alloc(16).toString('base64');
  socket.write(
    `GET /mqtt HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${key}\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n',
  );
  await new Promise((resolve) => socket.once('data', resolve));
  socket.write(frames);
  return socket;
}

describe('A device that sends text in its WebSocket', () => {
  const connectPacket = encode(a.connect({ clientIdentifier: 'dev' }), 5);
  const withPassword = encode(a.connect({ userName: 'me', password: Uint8Array.of(0xc3) }), 5);
  const retained = encode(a.publish('lamp', 0, 0, { retain: true, payload: Uint8Array.of(1) }), 5);
  let server: BrokerServer;
  let ended: Promise<ConnectionEnded>;
  let connected = 0;

  beforeEach(async () => {
    connected = 0;
    server = await startBrokerServer(
      { port: 0 },
      { clock: systemClock, newIdentifier: () => 'auto', listen: listenFor({ protocol: 'ws' }) },
    );
    server.broker.onDidConnect(() => connected++);
    ended = new Promise((resolve) => server.broker.onDidDisconnect(resolve));
  });
  afterEach(() => server.close());

  for (const [what, packet] of [
    ['a CONNECT', connectPacket],
    ['a CONNECT that is no UTF-8', withPassword],
  ] as const) {
    it(`is told so at once where that is ${what}, whether it closes or not, and nothing behind it is heard [MQTT-6.0.0-1]`, async () => {
      const frames = [frame(textOpcode, packet), frame(binaryOpcode, connectPacket)];
      const socket = await sends(server.port, Buffer.concat(frames));
      const ending = await ended;
      assert.equal(brokenClause(ending), 'MQTT-6.0.0-1');
      assert.ok(ending.ending.kind === 'dropped');
      assert.match(ending.ending.failure?.detail ?? '', /^it begins with 10 /);
      assert.equal(connected, 0);
      socket.destroy();
    });
  }

  it('is disconnected by it, and what comes behind it is not published', async () => {
    const frames = [
      frame(binaryOpcode, connectPacket),
      frame(textOpcode, retained),
      frame(binaryOpcode, retained),
    ];
    const socket = await sends(server.port, Buffer.concat(frames));
    const ending = await ended;
    assert.deepEqual([ending.clientIdentifier, brokenClause(ending)], ['dev', 'MQTT-6.0.0-1']);
    // It is over for the device, too, though it closes nothing.
    await new Promise((resolve) => socket.once('close', resolve));
    assert.deepEqual(
      [...server.broker.retainedMessages()]
        .map(({ topicName }) => topicName)
        .filter((topic) => topic === 'lamp'),
      [],
    );
  });
});

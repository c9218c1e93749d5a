import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { concatBytes } from '../../src/base/bytes';
import { ConnectionCapture } from '../../src/capture/connectionCapture';
import { PacketLog } from '../../src/capture/packetLog';
import { MqttClient } from '../../src/client/mqttClient';
import { encode, PacketReader } from '../../src/protocol/codec';
import { PacketFramer } from '../../src/protocol/packetFramer';
import { connectSocket } from '../../src/transport/socketTransport';
import { systemClock } from '../../src/transport/systemClock';
import { a } from '../support/packets';

const host = '127.0.0.1';
const messages = 60_000;

const payloadOf = (index: number): Uint8Array => {
  const payload = new Uint8Array(200).fill(index & 0xff);
  new DataView(payload.buffer).setUint32(0, index);
  return payload;
};

describe('A client on a socket whose peer reads in fits and starts', () => {
  it('sends every message as it was, though it writes into buffers again that were sent', async function () {
    this.timeout(30_000);
    const chunks: Uint8Array[] = [];
    const server = createServer((socket: Socket) => {
      socket.once('data', () => socket.write(encode(a.connack(), 4)));
      let read = 0;
      socket.on('data', (chunk) => {
        chunks.push(chunk);
        read += chunk.length;
        if (read < 200_000) return;
        read = 0;
        socket.pause();
        setTimeout(() => socket.resume(), 20);
      });
      socket.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    const address = server.address();
    assert.ok(address !== null && typeof address === 'object');
    const log = new PacketLog({ byteBudget: 64 * 1024 * 1024 });
    const client = new MqttClient(
      { version: 4, clientIdentifier: 'fits', cleanStart: true, keepAlive: 60 },
      {
        open: () => connectSocket({ host, port: address.port }),
        clock: systemClock,
        tap: () => new ConnectionCapture(log, 'fits'),
      },
    );
    const closed = new Promise((resolve) =>
      server.once('connection', (socket) => socket.once('close', resolve)),
    );
    await client.connect();
    for (let index = 0; index < messages;) {
      const turn: Promise<unknown>[] = [];
      for (let size = 1 + (index % 13); size > 0 && index < messages; size--, index++) {
        turn.push(client.publish({ topicName: 't', payload: payloadOf(index) }));
      }
      await Promise.all(turn);
    }
    await client.disconnect();
    await closed;
    server.close();
    const reader = new PacketReader();
    const packets: Uint8Array[] = [];
    new PacketFramer().push(concatBytes(chunks), (buffer, start, end) =>
      packets.push(buffer.slice(start, end)),
    );
    const published = packets.slice(1, -1);
    assert.equal(published.length, messages);
    for (const [index, bytes] of published.entries()) {
      const packet = reader.read(bytes, 0, bytes.length, 4);
      assert.ok(packet.type === 'PUBLISH');
      assert.deepEqual(packet.payload, payloadOf(index));
    }
    const captured = packets.map((_, index) => index).filter((index) => index % 101 === 0);
    for (const index of captured) {
      // CONNACK comes after the first.
      assert.deepEqual(log.bytesAt(index === 0 ? 1 : index + 2), packets[index]);
    }
  });
});

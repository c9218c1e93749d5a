import assert from 'node:assert/strict';
import * as net from 'node:net';
import type { AddressInfo } from 'node:net';
import { ConnectionCapture } from '../../src/capture/connectionCapture';
import { PacketLog } from '../../src/capture/packetLog';
import { MqttClient } from '../../src/client/mqttClient';
import { encode } from '../../src/protocol/codec';
import { connectSocket } from '../../src/transport/socketTransport';
import { systemClock } from '../../src/transport/systemClock';
import { benchOptions } from '../support/clientBench';
import { a } from '../support/packets';

/** The largest PUBLISH there is: Remaining Length of 268,435,455, less topic name, Packet Identifier and Property Length. */
const size = 268_435_455 - 6;
/** The PUBLISH before its payload: QoS 1, topic "t", Packet Identifier 1, no Properties. */
const header = Uint8Array.of(0x32, 0xff, 0xff, 0xff, 0x7f, 0, 1, 0x74, 0, 1, 0);
const chunk = new Uint8Array(1_048_576).fill(0x5a);

describe('A message of 256 MiB over a socket that is captured', function () {
  this.timeout(120_000);

  it('comes whole, goes out whole, and both are in the packet log', async () => {
    let received = 0;
    const server = net.createServer((socket) => {
      socket.on('data', (bytes) => {
        if (received === 0) void greet(socket);
        const before = received;
        received += bytes.length;
        // CONNECT, PUBACK and then the message that goes back.
        if (before < size && received >= size) socket.write(encode(a.acknowledgement('PUBACK', 1), 5));
      });
    });
    const greet = async (socket: net.Socket): Promise<void> => {
      socket.write(encode(a.connack(), 5));
      socket.write(header);
      for (let left = size; left > 0; left -= chunk.length) {
        if (socket.write(chunk.subarray(0, left))) continue;
        await new Promise((resolve) => socket.once('drain', resolve));
      }
    };
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const log = new PacketLog({ byteBudget: 1_073_741_824 });
    const client = new MqttClient(
      { ...benchOptions, cleanStart: true },
      {
        open: () => connectSocket({ host: '127.0.0.1', port }),
        clock: systemClock,
        tap: () => new ConnectionCapture(log, 'bench'),
      },
    );
    try {
      const came = new Promise<Uint8Array>((resolve) =>
        client.onMessages(([message]) => message && resolve(message.payload)),
      );
      await client.connect();
      const payload = await came;
      assert.equal(payload.length, size);
      assert.ok(Buffer.from(payload.buffer, payload.byteOffset, size).equals(Buffer.alloc(size, 0x5a)));
      const { reasonCode } = await client.publish({ topicName: 't', payload, qos: 1 });
      assert.equal(reasonCode, 0);
      assert.ok(received > size);
      const lengths = Array.from(
        { length: log.end - log.first },
        (_, index) => log.bytesAt(log.first + index)?.length,
      );
      assert.deepEqual(
        lengths.filter((length = 0) => length > size),
        [size + header.length, size + header.length],
      );
    } finally {
      client.dispose();
      server.close();
      log.dispose();
    }
  });
});

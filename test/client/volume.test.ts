import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { encode, PacketReader, PacketWriter } from '../../src/protocol/codec';
import type { ControlPacket } from '../../src/protocol/controlPacket';
import { PacketFramer } from '../../src/protocol/packetFramer';
import type { Transport, TransportListener } from '../../src/session/effects';
import { memoryLink } from '../../src/transport/memoryLink';
import { MqttClient } from '../../src/client/mqttClient';
import { Broker } from '../../src/broker/broker';
import { benchOptions, ClientBench } from '../support/clientBench';
import { outcome } from '../support/outcome';
import { repositoryRoot } from '../support/paths';
import { FakeClock, turn } from '../support/fakeClock';
import { a } from '../support/packets';

/** A transport that counts what is written to it. */
function counted(transport: Transport): { transport: Transport; writes: number; bytes: number } {
  const count = { transport, writes: 0, bytes: 0 };
  const write = transport.write.bind(transport);
  transport.write = (bytes) => {
    count.writes++;
    count.bytes += bytes.length;
    return write(bytes);
  };
  return count;
}

async function stepsForEach(qos: 0 | 1, messages: number): Promise<number> {
  const program = ['--import', 'tsx', 'test/support/floodWork.ts', String(qos), String(messages)];
  const { stdout } = await promisify(execFile)(process.execPath, program, { cwd: repositoryRoot });
  return Number(stdout);
}

/** A server that lets the client in, and acknowledges when it is told to. */
class Acknowledger {
  private readonly inFlight = new Set<number>();
  private readonly framer = new PacketFramer();
  private readonly reader = new PacketReader();
  published = 0;
  mostInFlight = 0;

  constructor(private readonly transport: Transport) {
    transport.start({
      bytes: (chunk) => this.framer.push(chunk, (...frame) => this.packet(this.reader.read(...frame, 5))),
      drained: () => undefined,
      closed: () => undefined,
    });
  }

  acknowledge(): void {
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight.size);
    const out = new PacketWriter();
    for (const identifier of this.inFlight) out.write(a.acknowledgement('PUBACK', identifier), 5);
    this.inFlight.clear();
    if (out.length > 0) this.transport.write(out.take());
  }

  private packet(packet: ControlPacket): void {
    if (packet.type === 'CONNECT') this.transport.write(encode(a.connack(), 5));
    if (packet.type !== 'PUBLISH') return;
    assert.ok(!this.inFlight.has(packet.packetIdentifier));
    this.inFlight.add(packet.packetIdentifier);
    this.published++;
  }
}

/** A client connected to a broker in the same process. */
async function brokered() {
  const clock = new FakeClock();
  const broker = new Broker({}, { clock, newIdentifier: () => 'auto' });
  const [ours, theirs] = memoryLink();
  const count = counted(ours);
  broker.accept(theirs);
  const client = new MqttClient(benchOptions, { open: () => Promise.resolve(ours), clock });
  await client.connect();
  return { client, count };
}

describe('A client in a flood', () => {
  it('settles 70,000 QoS 1 publishes at once, and has no identifier in flight twice [MQTT-2.2.1-3]', async () => {
    const [ours, theirs] = memoryLink();
    const server = new Acknowledger(theirs);
    const client = new MqttClient(benchOptions, {
      open: () => Promise.resolve(ours),
      clock: new FakeClock(),
    });
    await client.connect();
    const payload = Uint8Array.of(1);
    const all = Array.from({ length: 70_000 }, () => client.publish({ topicName: 't', payload, qos: 1 }));
    while (server.published < 70_000) {
      await turn();
      server.acknowledge();
    }
    assert.ok((await Promise.all(all)).every(({ reasonCode }) => reasonCode === 0));
    assert.equal(server.mostInFlight, 65_535);
    await client.disconnect();
  });

  it('writes each of 80,000 QoS 0 publishes once', async () => {
    const { client, count } = await brokered();
    const before = count.bytes;
    const payload = new Uint8Array(64);
    await Promise.all(Array.from({ length: 80_000 }, () => client.publish({ topicName: 't', payload })));
    assert.equal(count.bytes - before, 80_000 * 70);
    await client.disconnect();
  });

  for (const qos of [0, 1] as const) {
    it(`does as much for each of 80,000 QoS ${qos} publishes at once as for each of 5,000`, async () => {
      const steps = (messages: number) => stepsForEach(qos, messages);
      const [few, many] = await Promise.all([steps(5_000), steps(80_000)]);
      assert.ok(few > 10 && many <= few * 1.1, `${many} steps for each message, ${few} with few`);
    }).timeout(60_000);
  }

  it('takes no more messages than its bound, however slow the server is', async () => {
    const bench = new ClientBench({ queue: { messages: 1_000, bytes: 1_000_000 } });
    await bench.connected();
    bench.server.stopReading();
    const payload = new Uint8Array(1_000);
    const all = Array.from({ length: 5_000 }, () => bench.publish('t', 1, { payload }));
    await turn();
    const outcomes = await Promise.all(all.map(outcome));
    const waiting = outcomes.filter((each) => each === 'pending').length;
    assert.equal(waiting, Math.floor(1_000_000 / 1_257));
    assert.ok(outcomes.every((each) => each === 'pending' || each === 'queueFull'));
    bench.client.dispose();
  });
});

describe('A consumer that takes its time', () => {
  it('pauses the socket until it is done, batch by batch, and misses nothing', async () => {
    const bench = new ClientBench();
    await bench.connected();
    const seen: string[][] = [];
    let done: () => void = () => undefined;
    bench.client.consume(
      (messages) => {
        seen.push(messages.map(({ topicName }) => topicName));
        return new Promise((resolve) => (done = resolve));
      },
      (error) => assert.fail(String(error)),
    );
    await bench.server.send(a.publish('1'), a.publish('2'));
    await bench.server.send(a.publish('3'));
    await bench.server.send(a.publish('4'));
    assert.deepEqual(seen, [['1', '2']]);
    done();
    await bench.server.received();
    assert.deepEqual(seen, [['1', '2'], ['3']]);
    done();
    await bench.server.received();
    assert.deepEqual(seen, [['1', '2'], ['3'], ['4']]);
  });

  it('that fails is told, and does not stop what follows', async () => {
    const bench = new ClientBench();
    await bench.connected();
    const errors: unknown[] = [];
    bench.client.consume(
      () => Promise.reject(new Error('full')),
      (error) => errors.push(error),
    );
    await bench.server.send(a.publish('1'));
    await bench.server.send(a.publish('2'));
    assert.equal(errors.length, 2);
  });

  it('keeps the next connection paused too, once it is up', async () => {
    const bench = new ClientBench();
    await bench.connected();
    const holds = [bench.client.hold(), bench.client.hold()];
    await turn();
    await bench.drop();
    await bench.reconnected();
    await bench.server.send(a.publish('1'));
    assert.deepEqual(bench.received, []);
    holds[0]?.dispose();
    holds[0]?.dispose();
    await bench.server.received();
    assert.deepEqual(bench.received, []);
    holds[1]?.dispose();
    await bench.server.received();
    assert.equal(bench.received.length, 1);
  });
});

/** A transport whose server takes everything, counts it, and says what a test says. */
class Sink implements Transport {
  readonly peer = 'sink';
  listener: TransportListener | undefined;
  bytes = 0;

  start(listener: TransportListener): void {
    this.listener = listener;
  }

  write(bytes: Uint8Array): boolean {
    if (this.bytes === 0) queueMicrotask(() => this.listener?.bytes(encode(a.connack(), 5)));
    this.bytes += bytes.length;
    return true;
  }

  pauseReading(): void {}
  end(): void {}
  dispose(): void {}
}

describe('A payload of the largest size', () => {
  // Remaining Length of 268,435,455, less topic name and Property Length.
  const header = Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0x7f, 0, 1, 0x74, 0);
  const size = 268_435_455 - 4;

  it('goes out and comes in where the limits let it', async function () {
    this.timeout(60_000);
    const sink = new Sink();
    const client = new MqttClient(benchOptions, {
      open: () => Promise.resolve(sink),
      clock: new FakeClock(),
    });
    await client.connect();
    const before = sink.bytes;
    await client.publish({ topicName: 't', payload: new Uint8Array(size) });
    assert.equal(sink.bytes - before, header.length + size);
    const sizes: number[] = [];
    client.onMessages((messages) => sizes.push(...messages.map(({ payload }) => payload.length)));
    sink.listener?.bytes(header);
    const part = new Uint8Array(16_777_216);
    for (let left = size; left > 0; left -= part.length) sink.listener?.bytes(part.subarray(0, left));
    assert.deepEqual(sizes, [size]);
    client.dispose();
  });
});

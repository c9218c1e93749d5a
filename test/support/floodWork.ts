import { WorkCount } from './workCount';

/*
 * Publishes so many messages at once, and answers with how many steps of our code each took. The arguments are the QoS and
 * the number of messages. A program of its own: code has to be loaded after counting has begun.
 */

async function main(qos: 0 | 1, messages: number): Promise<void> {
  const work = new WorkCount();
  await work.start();
  const { Broker } = await import('../../src/broker/broker');
  const { MqttClient } = await import('../../src/client/mqttClient');
  const { memoryLink } = await import('../../src/transport/memoryLink');
  const { FakeClock } = await import('./fakeClock');
  const { benchOptions } = await import('./clientBench');
  const clock = new FakeClock();
  const broker = new Broker({}, { clock, newIdentifier: () => 'auto' });
  const [ours, theirs] = memoryLink();
  broker.accept(theirs);
  const client = new MqttClient(benchOptions, { open: () => Promise.resolve(ours), clock });
  await client.connect();
  const payload = new Uint8Array(64);
  await work.take();
  await Promise.all(Array.from({ length: messages }, () => client.publish({ topicName: 't', payload, qos })));
  process.stdout.write(String((await work.take()) / messages));
}

const [qos, messages] = process.argv.slice(2).map(Number);
void main(qos === 1 ? 1 : 0, messages ?? 0);

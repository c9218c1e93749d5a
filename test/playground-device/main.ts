// The other end for `npm start` and for whoever tries the playground: a broker on this machine with a simulated board.
//   node dist/playground.js --port 1883     another port where that one is taken; 0: any
// Prints "listening on 127.0.0.1:PORT" when the board is online, and ends at Ctrl+C.
import { randomUUID } from 'node:crypto';
import { TransportFailureError } from '../../src/base/transportFailure';
import { startBrokerServer, type BrokerServer } from '../../src/broker/brokerServer';
import { listenOnSocket } from '../../src/transport/socketServer';
import { connectSocket } from '../../src/transport/socketTransport';
import { systemClock } from '../../src/transport/systemClock';
import { SimulatedDevice } from './simulatedDevice';

const host = '127.0.0.1';

async function main(): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
  const server = await start(wantedPort(process.argv.slice(2)));
  const device = new SimulatedDevice(() => connectSocket({ host, port: server.port }), systemClock);
  await device.start();
  console.log(`listening on ${host}:${server.port}`);
  await stopped;
  await device.stop();
  await server.close();
}

function wantedPort(args: readonly string[]): number {
  const [name, value, ...more] = args;
  const port = Number(value);
  if (name !== '--port' || more.length > 0 || !Number.isInteger(port) || port < 0 || port > 65535) {
    throw new Error('Usage: playground --port N, with N from 0 to 65535; 0 takes a free port');
  }
  return port;
}

/** A broker on the port, or on a free one where somebody else has it. */
async function start(port: number): Promise<BrokerServer> {
  const dependencies = {
    listen: listenOnSocket,
    clock: systemClock,
    newIdentifier: () => `auto-${randomUUID()}`,
  };
  try {
    return await startBrokerServer({ host, port }, dependencies);
  } catch (error) {
    if (!(error instanceof TransportFailureError) || error.failure.code !== 'addressInUse') throw error;
    return startBrokerServer({ host, port: 0 }, dependencies);
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});

import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { Aedes } from 'aedes';
import { startBrokerServer } from '../../../src/broker/brokerServer';
import { ConnectionCapture } from '../../../src/capture/connectionCapture';
import { listenOnSocket } from '../../../src/transport/socketServer';
import { systemClock } from '../../../src/transport/systemClock';
import { fullLog } from '../client/fullLog';

/* The process of a broker that has no program of its own: ours with its connections captured, or the peer in Node. */

async function captured(): Promise<number> {
  const log = fullLog();
  const server = await startBrokerServer(
    { port: 0 },
    {
      ...{ listen: listenOnSocket, clock: systemClock, newIdentifier: () => `auto-${randomUUID()}` },
      tap: (peer) => new ConnectionCapture(log, peer),
    },
  );
  return server.port;
}

async function aedes(): Promise<number> {
  const broker = await Aedes.createBroker();
  const server = createServer({ noDelay: true }, (socket) => void broker.handle(socket));
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, resolve));
  return (server.address() as AddressInfo).port;
}

void (process.argv[2] === 'aedes' ? aedes() : captured()).then((port) =>
  console.log(`listening on 127.0.0.1:${port}`),
);

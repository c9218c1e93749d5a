import { randomUUID } from 'node:crypto';
import type { BrokerOptions } from '../../src/broker/broker';
import type { BrokerServer } from '../../src/broker/brokerServer';
import { startBrokerServer } from '../../src/broker/brokerServer';
import { listenOnSocket } from '../../src/transport/socketServer';
import { systemClock } from '../../src/transport/systemClock';

/** This project's broker on a free port of 127.0.0.1. */
export function startOwnBroker(options: BrokerOptions = {}): Promise<BrokerServer> {
  return startBrokerServer(
    { port: 0, ...options },
    { listen: listenOnSocket, clock: systemClock, newIdentifier: () => `auto-${randomUUID()}` },
  );
}

import type { Listen } from '../session/effects';
import type { BrokerDependencies, BrokerOptions } from './broker';
import { Broker } from './broker';

export interface BrokerServerOptions extends BrokerOptions {
  /** 0 lets the system choose. */
  readonly port: number;
  /** The address to listen on; only this machine, 127.0.0.1, if absent. */
  readonly host?: string;
}

export interface BrokerServerDependencies extends BrokerDependencies {
  readonly listen: Listen;
}

/** A broker that listens on a port. */
export interface BrokerServer {
  readonly host: string;
  readonly port: number;
  readonly broker: Broker;
  /** Disconnects everybody and frees the port. */
  close(): Promise<void>;
}

/** Starts a broker; rejects with a TransportFailureError where the port cannot be had. */
export async function startBrokerServer(
  { host = '127.0.0.1', port, ...options }: BrokerServerOptions,
  { listen, ...dependencies }: BrokerServerDependencies,
): Promise<BrokerServer> {
  const broker = new Broker(options, dependencies);
  const server = await listen({ host, port }, (transport) => broker.accept(transport));
  return {
    host: server.host,
    port: server.port,
    broker,
    close: async () => {
      const freed = server.close();
      await broker.close();
      await freed;
    },
  };
}

import type { Listen, RefusedConnection, TransportServer } from '../session/effects';
import type { WebSocketPort } from '../session/httpAnswer';
import { Broker } from './broker';
import type { BrokerDependencies, BrokerOptions } from './brokerOptions';

/** Where a broker listens. */
export interface ListenerOptions {
  /** For rules and for people; `mqtt` if absent. */
  readonly name?: string;
  /** The address to listen on; only this machine, 127.0.0.1, if absent. */
  readonly host?: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** How it listens: TLS, WebSocket and what they need are settled in here. That of the dependencies if absent. */
  readonly listen?: Listen;
  /** It speaks MQTT over WebSocket, which clients hear of that speak HTTP to another one. */
  readonly webSocket?: WebSocketPort['scheme'];
}

/** The first listener, and further ones. */
export interface BrokerServerOptions extends BrokerOptions, ListenerOptions {
  readonly furtherListeners?: readonly ListenerOptions[];
}

export interface BrokerServerDependencies extends BrokerDependencies {
  readonly listen: Listen;
  /** Hears of the broker before anybody can connect to it. */
  readonly created?: (broker: Broker) => void;
  /** Hears of connections whose handshake of TLS or WebSocket failed; what they sent is in the capture too. */
  readonly refused?: (refused: RefusedConnection, listener: string) => void;
}

/** A place where the broker is reached. */
export interface BoundListener {
  readonly name: string;
  readonly host: string;
  /** The real one where 0 was asked for. */
  readonly port: number;
}

/** A broker that listens on a port. */
export interface BrokerServer {
  /** Of the first listener. */
  readonly host: string;
  readonly port: number;
  /** All of them, in the order of the options. */
  readonly listeners: readonly BoundListener[];
  readonly broker: Broker;
  /** Disconnects everybody and frees the ports. */
  close(): Promise<void>;
}

/**
 * Starts a broker; rejects with a TransportFailureError where one of the ports cannot be had. Where it rejects none is held, and
 * the journal is closed.
 */
export async function startBrokerServer(
  { name, host, port, listen: ownListen, webSocket, furtherListeners = [], ...options }: BrokerServerOptions,
  { listen, created, refused, ...dependencies }: BrokerServerDependencies,
): Promise<BrokerServer> {
  const webSocketPorts: WebSocketPort[] = [];
  const broker = await brokerOf(options, { ...dependencies, webSocketPorts: () => webSocketPorts });
  const first: ListenerOptions = {
    port,
    ...(name !== undefined && { name }),
    ...(host !== undefined && { host }),
    ...(ownListen && { listen: ownListen }),
    ...(webSocket && { webSocket }),
  };
  const bound: (readonly [BoundListener, TransportServer])[] = [];
  try {
    created?.(broker);
    await broker.ready();
    for (const { name = 'mqtt', host = '127.0.0.1', ...each } of [first, ...furtherListeners]) {
      const bind = each.listen ?? listen;
      const server = await bind(
        { host, port: each.port, handshakeTimeout: () => broker.connectTimeout },
        (transport) => broker.accept(transport, name),
        (connection) => {
          capture(connection, name, dependencies);
          refused?.(connection, name);
        },
      );
      bound.push([{ name, host: server.host, port: server.port }, server]);
      if (each.webSocket) webSocketPorts.push({ scheme: each.webSocket, port: server.port });
    }
  } catch (error) {
    await Promise.all(bound.map(([, server]) => server.close()));
    await broker.close();
    throw error;
  }
  const listeners = bound.map(([listener]) => listener);
  const [{ host: boundHost, port: boundPort } = { host: '', port: 0 }] = listeners;
  return {
    host: boundHost,
    port: boundPort,
    listeners,
    broker,
    close: async () => {
      const freed = bound.map(([, server]) => server.close());
      await broker.close();
      await Promise.all(freed);
    },
  };
}

/** Without a pace all that was kept is taken up at once. */
async function brokerOf(options: BrokerOptions, dependencies: BrokerDependencies): Promise<Broker> {
  try {
    return new Broker(options, dependencies);
  } catch (error) {
    await options.journal?.close();
    throw error;
  }
}

/** A connection that never became MQTT is captured as well, with what it sent first. */
function capture(
  { peer, received }: RefusedConnection,
  listener: string,
  dependencies: BrokerDependencies,
): void {
  if (received.length === 0) return;
  const at = dependencies.clock.now();
  const tap = dependencies.tap?.(peer, { peer, listener, security: undefined });
  tap?.chunk('in', received, at);
  tap?.closed(at);
}

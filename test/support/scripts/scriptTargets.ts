import { once } from 'node:events';
import * as net from 'node:net';
import { decodeUtf8 } from '../../../src/base/utf8';
import { Broker } from '../../../src/broker/broker';
import type { BrokerOptions } from '../../../src/broker/broker';
import { memoryLink } from '../../../src/transport/memoryLink';
import { FakeClock, turn } from '../fakeClock';
import { startMosquitto } from '../mosquitto';
import { startOwnBroker } from '../ownBroker';
import type { ScriptSetup } from './script';
import { ScriptLink } from './scriptLink';
import type { ScriptTarget } from './scriptPlayer';

/** How long another process gets before nothing counts as nothing, in milliseconds. */
const settling = 60;

/** This project's broker in this process: no socket, and a clock that goes when the script says so. */
export function memoryTarget(setup: ScriptSetup | undefined): ScriptTarget {
  const clock = new FakeClock();
  let identifiers = 0;
  const broker = new Broker(brokerOptions(setup), {
    clock,
    newIdentifier: () => `assigned-${++identifiers}`,
  });
  broker.onDidFail(({ error }) => {
    throw error;
  });
  return {
    open: () => {
      const [clientEnd, serverEnd] = memoryLink();
      const link = new ScriptLink(
        (bytes) => clientEnd.write(bytes),
        () => clientEnd.end(),
        () => clientEnd.dispose(),
      );
      clientEnd.start({
        bytes: (chunk) => link.received(chunk.slice()),
        drained: () => undefined,
        closed: () => link.ended(),
      });
      broker.accept(serverEnd);
      return Promise.resolve(link);
    },
    settle: async () => {
      // What one client sends to another takes a turn at each hop.
      for (let hop = 0; hop < 8; hop++) await turn();
    },
    pass: (seconds) => clock.pass(seconds * 1000),
    patience: 500,
    stop: () => broker.close(),
  };
}

/** This project's broker behind a real socket, with real time. */
export async function socketTarget(setup: ScriptSetup | undefined): Promise<ScriptTarget> {
  const server = await startOwnBroker(brokerOptions(setup));
  return overTcp(server.port, 5_000, () => server.close());
}

/** Debian's mosquitto, as it comes. */
export async function mosquittoTarget(): Promise<ScriptTarget> {
  const mosquitto = await startMosquitto({ logTypes: ['error', 'information'] });
  return overTcp(mosquitto.port, 3_000, () => mosquitto.stop());
}

function overTcp(port: number, patience: number, stop: () => Promise<void>): ScriptTarget {
  const sockets = new Set<net.Socket>();
  return {
    open: async () => {
      const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
      await once(socket, 'connect');
      sockets.add(socket);
      const link = new ScriptLink(
        (bytes) => socket.write(bytes),
        () => socket.end(),
        () => socket.resetAndDestroy(),
      );
      socket.on('data', (chunk) => link.received(chunk));
      // A broker that closes while bytes are under way to it resets the connection: that is how it closed.
      socket.on('error', () => link.ended());
      socket.on('close', () => link.ended());
      socket.on('end', () => link.ended());
      return link;
    },
    settle: () => pause(settling),
    pass: (seconds) => pause(seconds * 1000),
    patience,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await stop();
    },
  };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function brokerOptions({ users, options }: ScriptSetup = {}): BrokerOptions {
  if (!users) return { ...options };
  return {
    ...options,
    accessControl: {
      authenticate: ({ userName, password }) =>
        userName !== undefined && password !== undefined && users[userName] === decodeUtf8(password),
    },
  };
}

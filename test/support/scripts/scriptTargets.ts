import { once } from 'node:events';
import * as net from 'node:net';
import { decodeUtf8, encodeUtf8 } from '../../../src/base/utf8';
import type {
  AccessControl,
  AuthenticationStep,
  ServerAuthenticator,
} from '../../../src/broker/accessControl';
import { Broker } from '../../../src/broker/broker';
import type { BrokerOptions } from '../../../src/broker/broker';
import { encode } from '../../../src/protocol/codec';
import { memoryLink } from '../../../src/transport/memoryLink';
import { FakeClock, turn } from '../fakeClock';
import { startMosquitto } from '../mosquitto';
import { startOwnBroker } from '../ownBroker';
import { a } from '../packets';
import type { ScriptSetup } from './script';
import { ScriptLink } from './scriptLink';
import type { ScriptTarget } from './scriptPlayer';

/** How long a broker behind a socket gets before nothing counts as nothing, in milliseconds. */
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
  return overTcp(
    server.port,
    5_000,
    () => pause(settling),
    () => server.close(),
  );
}

/** Debian's mosquitto, as it comes. */
export async function mosquittoTarget(): Promise<ScriptTarget> {
  const mosquitto = await startMosquitto({
    logTypes: ['error', 'information'],
    // Otherwise a second packet may come after what the observer is answered: Nagle's algorithm holds it back.
    configuration: ['set_tcp_nodelay true'],
  });
  const observer = await startObserver(mosquitto.port);
  return overTcp(
    mosquitto.port,
    3_000,
    () => observer.settle(),
    () => {
      observer.socket.destroy();
      return mosquitto.stop();
    },
  );
}

/**
 * A client beside those of the script. A broker that works in one thread has done all it was asked before when it has
 * answered twice: the first answer may come before what arrived in the same round.
 */
async function startObserver(port: number) {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  const connect = encode(a.connect({ protocolVersion: 4, clientIdentifier: 'observer' }), 4);
  const answer = async (request: Uint8Array): Promise<void> => {
    socket.write(request);
    await once(socket, 'data');
  };
  await answer(connect);
  const settle = async (): Promise<void> => {
    for (let round = 0; round < 2; round++) await answer(encode({ type: 'PINGREQ' }, 4));
    await pause(settling);
  };
  return { socket, settle };
}

function overTcp(
  port: number,
  patience: number,
  settle: () => Promise<void>,
  stop: () => Promise<void>,
): ScriptTarget {
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
    settle,
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

function brokerOptions({ users, forbidden, riddle: offersRiddle, options }: ScriptSetup = {}): BrokerOptions {
  if (!users && !forbidden && !offersRiddle) return { ...options };
  const accessControl: AccessControl = {
    authenticate: ({ userName, password }) =>
      !users ||
      (userName !== undefined && password !== undefined && users[userName] === decodeUtf8(password)),
    mayPublish: (_, topicName) => !forbidden?.publish.includes(topicName),
    maySubscribe: (_, topicFilter) => !forbidden?.subscribe.includes(topicFilter),
    methods: offersRiddle ? [riddle] : [],
  };
  return { ...options, accessControl };
}

/** An Authentication Method whose bytes are the same each time: who says `me` is asked `who?`, and has to say `ada`. */
const riddle: ServerAuthenticator = {
  method: 'RIDDLE',
  begin: () => ({
    respond: (data): AuthenticationStep => {
      switch (data && decodeUtf8(data)) {
        case 'me':
          return { kind: 'continue', data: encodeUtf8('who?') };
        case 'ada':
          return { kind: 'success', data: encodeUtf8('hello'), userName: 'ada' };
        default:
          return { kind: 'failure' };
      }
    },
  }),
};

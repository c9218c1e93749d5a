import { randomUUID } from 'node:crypto';
import { TransportFailureError } from '../base/transportFailure';
import { startBrokerServer } from '../broker/brokerServer';
import { listenOnSocket } from '../transport/socketServer';
import { addressText } from '../transport/socketTransport';
import { systemClock } from '../transport/systemClock';
import { connectedLine, endedLine, failedLine } from './brokerLog';
import { parseArguments, portOption } from './options';
import type { Command } from './terminal';
import { UsageError } from './terminal';

/** `broker --port N [--host H]`: serves until it is told to stop. */
export const broker: Command = async (args, terminal) => {
  const { options, rest } = parseArguments(args, ['--port', '--host']);
  if (rest[0] !== undefined) throw new UsageError(`broker takes no "${rest[0]}"; it takes --port and --host`);
  const given = options.get('--port');
  if (given === undefined) throw new UsageError('broker needs --port N; 0 takes a free one');
  const port = portOption('--port', given);
  const host = options.get('--host') ?? '127.0.0.1';
  const stopped = stopRequested();
  const server = await startBrokerServer(
    { host, port },
    { listen: listenOnSocket, clock: systemClock, newIdentifier: () => `auto-${randomUUID()}` },
  ).catch((error: unknown) => {
    if (error instanceof TransportFailureError) throw new UsageError(portProblem(error, host, port));
    throw error;
  });
  server.broker.onDidConnect((client) => terminal.out(connectedLine(client)));
  server.broker.onDidDisconnect((ended) => terminal.out(endedLine(ended)));
  server.broker.onDidFail((failure) => terminal.error(failedLine(failure)));
  terminal.out(`listening on ${addressText(server.host, server.port)}`);
  await stopped;
  await server.close();
  return 0;
};

/** Resolves at Ctrl+C or when somebody ends the process. */
function stopRequested(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}

function portProblem({ failure }: TransportFailureError, host: string, port: number): string {
  const address = addressText(host, port);
  switch (failure.code) {
    case 'addressInUse':
      return `--port: ${address} is in use; end the program that listens there or choose another port`;
    case 'notPermitted':
      return `--port: this user may not listen on ${address}; choose a port above 1023`;
    case 'hostNotFound':
      return `--host: "${host}" is not known; use an address of this machine`;
    default:
      return `--host: cannot listen on ${address} (${failure.detail}); use an address of this machine`;
  }
}

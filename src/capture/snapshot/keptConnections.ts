import type { Direction, NetworkEnds } from '../../session/effects';
import type { ConnectionEnd, KnownConnection } from '../connectionNames';

/*
 * What a snapshot has of a connection: its number, where and when it ended, the ports of its two ends and which way its
 * CONNECT went, each NaN where it is not known; its name and the addresses of its two ends.
 */
export const numbersOfConnection = 6;
export const textsOfConnection = 3;

const directions: readonly Direction[] = ['in', 'out'];

export function numbersOf(connections: readonly KnownConnection[]): Float64Array {
  const numbers = new Float64Array(connections.length * numbersOfConnection);
  for (const [index, { number, end, ends, client }] of connections.entries()) {
    const known = [number, end?.end, end?.at, ends?.local.port, ends?.remote.port];
    const way = client && directions.indexOf(client);
    numbers.set(
      [...known, way].map((each) => each ?? Number.NaN),
      index * numbersOfConnection,
    );
  }
  return numbers;
}

export function textsOf(connections: readonly KnownConnection[]): readonly string[] {
  return connections.flatMap(({ name, ends }) => [
    name,
    ends?.local.address ?? '',
    ends?.remote.address ?? '',
  ]);
}

/** What the two above made; undefined where that cannot be. */
export function connectionsIn(
  numbers: Float64Array,
  texts: readonly string[],
  endOfLog: number,
): readonly KnownConnection[] | undefined {
  const connections: KnownConnection[] = [];
  for (let index = 0; index * numbersOfConnection < numbers.length; index++) {
    const at = index * numbersOfConnection;
    const [number = 0, end = 0, closedAt = 0, localPort = 0, remotePort = 0, way = 0] = numbers.subarray(at);
    const [name = '', local = '', remote = ''] = texts.slice(index * textsOfConnection);
    if (!isWithin(number, 1, 0xffff_ffff) || !(Number.isNaN(end) || isWithin(end, 1, endOfLog)))
      return undefined;
    connections.push({
      ...{ number, name, end: endOf(end, closedAt) },
      ends: networkEnds(local, localPort, remote, remotePort),
      client: directions[way],
    });
  }
  return connections;
}

function endOf(end: number, at: number): ConnectionEnd | undefined {
  return Number.isNaN(end) ? undefined : { end, at: Number.isFinite(at) ? at : undefined };
}

function networkEnds(
  local: string,
  localPort: number,
  remote: string,
  remotePort: number,
): NetworkEnds | undefined {
  if (!isWithin(localPort, 0, 0xffff) || !isWithin(remotePort, 0, 0xffff)) return undefined;
  return { local: { address: local, port: localPort }, remote: { address: remote, port: remotePort } };
}

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

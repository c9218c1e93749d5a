import type { NetworkEnd } from '../../session/effects';
import type { PacketLog } from '../packetLog';
import type { Endpoint, Endpoints } from './endpoints';

/** The ends of a connection that this program captured itself, as far as its transport told them. */
export function capturedEndpoints(log: PacketLog, connection: number): Endpoints | undefined {
  const ends = log.networkEnds(connection);
  const local = ends && endpointOf(ends.local);
  const remote = ends && endpointOf(ends.remote);
  if (!local || !remote || local.address.length !== remote.address.length) return undefined;
  // What comes in is a client's where this end is the server.
  return log.isFromClient(connection, 'in')
    ? { client: remote, server: local }
    : { client: local, server: remote };
}

function endpointOf({ address, port }: NetworkEnd): Endpoint | undefined {
  const bytes = addressBytes(address);
  return bytes && { address: bytes, port };
}

/** An address as text in bytes: 4, also of one of IPv4 that is written as of IPv6, or 16. Undefined where it is none. */
export function addressBytes(text: string): Uint8Array | undefined {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(text)?.[1];
  if (!text.includes(':') || mapped !== undefined) return ipv4Bytes(mapped ?? text);
  // The zone says which network an address of a link is in, on this computer alone.
  const halves = (text.split('%', 1)[0] ?? '').split('::');
  if (halves.length > 2) return undefined;
  const [front = [], back = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - front.length - back.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...front, ...Array<string>(missing).fill('0'), ...back];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return Uint8Array.from(
    groups.flatMap((group) => {
      const value = Number.parseInt(group, 16);
      return [value >> 8, value & 0xff];
    }),
  );
}

function ipv4Bytes(text: string): Uint8Array | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) {
    return undefined;
  }
  return Uint8Array.from(parts, Number);
}

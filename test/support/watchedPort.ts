import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { PacketReader } from '../../src/protocol/codec';
import type { ControlPacket, ProtocolVersion } from '../../src/protocol/controlPacket';
import { PacketFramer } from '../../src/protocol/packetFramer';

/** A port in front of a server's, for what no server's log has. */
export interface WatchedPort {
  readonly port: number;
  /** What clients sent so far. */
  packets(version: ProtocolVersion): readonly ControlPacket[];
  stop(): Promise<void>;
}

/** Passes everything on to a port of 127.0.0.1 and back. For one client after another. */
export async function watchPort(target: number): Promise<WatchedPort> {
  const chunks: Buffer[] = [];
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const behind = connect(target, '127.0.0.1');
    for (const [from, to] of [
      [client, behind],
      [behind, client],
    ] as const) {
      open.add(from);
      from.on('error', () => to.destroy()).on('close', () => open.delete(from));
      from.pipe(to);
    }
    client.on('data', (chunk) => chunks.push(chunk));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    packets: (version) => {
      const found: ControlPacket[] = [];
      const reader = new PacketReader();
      new PacketFramer().push(Buffer.concat(chunks), (buffer, start, end) => {
        found.push(reader.read(buffer, start, end, version));
      });
      return found;
    },
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

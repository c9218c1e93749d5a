import { ConnectionCapture } from '../../capture/connectionCapture';
import type { PacketLog } from '../../capture/packetLog';
import type { ConnectionProfile } from '../connections/connectionProfile';

/** Captures the connections of profiles and knows which of the log are whose: two profiles may have the same name. */
export class ProfileCaptures {
  private readonly connections = new Map<string, Set<number>>();

  constructor(private readonly log: PacketLog) {}

  open({ key, name }: Pick<ConnectionProfile, 'key' | 'name'>): ConnectionCapture {
    const capture = new ConnectionCapture(this.log, name);
    const connections = this.of(key);
    for (const connection of connections) {
      // The log forgets a connection with its last packet.
      if (this.log.connectionName(connection) === undefined) connections.delete(connection);
    }
    connections.add(capture.connection);
    this.connections.set(key, connections);
    return capture;
  }

  /** The numbers of a profile's connections in the log, of this window. */
  of(key: string): Set<number> {
    return this.connections.get(key) ?? new Set();
  }
}

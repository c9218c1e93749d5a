import { readConnectionName } from '../../base/connectionName';
import { steadyNameOf } from '../../capture/clientIdentity';
import type { WithSecrets } from '../../capture/filter/seek';
import type { PacketContexts } from '../../capture/packetContexts';
import type { PacketLog } from '../../capture/packetLog';
import { rowRest } from '../../capture/rowSecrets';
import { concealSecrets, findSecrets } from '../../inspector/concealment';
import { excerptLength, type LogRow } from '../../inspector/contract';

/** A packet as people may see it. */
export interface ShownPacket {
  readonly row: LogRow;
  /** All of its bytes, with secrets replaced: a view into the log where there are none. */
  readonly bytes: Uint8Array;
}

/** The packets of a log as they leave the extension host: without secrets, and with what is known of them. */
export class ShownPackets {
  constructor(
    private readonly log: PacketLog,
    private readonly contexts: PacketContexts,
  ) {}

  /** All bytes of a packet as the log has them, and where secrets are; undefined where the log does not hold it. */
  withSecrets(sequence: number): WithSecrets | undefined {
    const captured = this.log.row(sequence);
    const bytes = this.log.bytesAt(sequence);
    if (!captured || !bytes) return undefined;
    return { bytes, secrets: findSecrets(bytes, captured.version, rowRest(this.log, captured)) };
  }

  /** Undefined where the log does not hold the packet. */
  of(sequence: number): ShownPacket | undefined {
    const { log } = this;
    const captured = log.row(sequence);
    const raw = log.bytesAt(sequence);
    if (!captured || !raw) return undefined;
    const { at, connection, version, kind, topic, length, decoded, endsPrevious = false } = captured;
    const { bytes, concealed } = concealSecrets(raw, version, rowRest(log, captured));
    const client = log.connectionName(connection) ?? `connection ${connection}`;
    const isWhole =
      readConnectionName(client).identifier !== undefined && steadyNameOf(log, connection) === client;
    // A copy, never a view: with a view the whole segment behind it would travel.
    const excerpt = bytes.slice(0, excerptLength);
    const context = this.contexts.of(captured);
    const direction = decoded ? undefined : captured.direction;
    const shown = { at, direction, client, version, kind, topic, length, excerpt, context, concealed };
    return {
      row: {
        ...shown,
        ...(isWhole && { isWholeName: true }),
        ...(captured.cut && { cut: true }),
        endsPrevious,
        endsFraming: captured.rest === 'first',
      },
      bytes,
    };
  }
}

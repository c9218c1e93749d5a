import type { Clock } from '../../base/clock';
import { logStream } from '../../capture/decodedStream';
import type { PacketLog } from '../../capture/packetLog';
import type { ProtocolVersion } from '../../protocol/controlPacket';
import { dissectStream } from '../../protocol/dissectStream';
import { showBytes } from '../../protocol/show';
import { describeGuess } from '../../protocol/versionGuess';
import { versionNames } from '../../protocol/versionNames';
import { showInformation } from '../reporting/notifications';

export interface InspectBytesDependencies {
  readonly log: PacketLog;
  readonly clock: Clock;
  readonly inspect: (sequence: number) => void;
}

const versions: readonly ProtocolVersion[] = [5, 4, 3];

/**
 * Opens the packets of bytes that came over no connection in the inspector, under the name of where they stand. Where no
 * CONNECT says which version they are of, it is a guess: where another parses as much, that is told, with the other versions to choose from.
 * @param version where a person has chosen one.
 */
export async function inspectBytes(
  dependencies: InspectBytesDependencies,
  name: string,
  bytes: Uint8Array,
  version?: ProtocolVersion,
): Promise<void> {
  const { log, clock, inspect } = dependencies;
  const stream = dissectStream(bytes, version);
  const { first } = logStream(log, name, bytes, stream, clock.now());
  if (first !== undefined) inspect(first);
  const { versionSource } = stream;
  if (versionSource.from !== 'guess' || (versionSource.certain && versionSource.parsed > 0)) return;
  const others = versions.filter((each) => each !== stream.version);
  await showInformation(
    `${name}: ${showBytes(bytes.length)}. ${describeGuess(stream.version, versionSource)}`,
    ...others.map((other) => ({
      caption: `Read as ${versionNames[other]}`,
      run: () => inspectBytes(dependencies, name, bytes, other),
    })),
  );
}

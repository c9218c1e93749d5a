import { DisposableStack, type Disposable } from '../../base/lifecycle';
import { PacketContexts } from '../../capture/packetContexts';
import type { MosquittoServer } from '../../capture/copies/mosquittoPub';
import type { PacketLog } from '../../capture/packetLog';
import type { ConnectionPicker } from '../connections/connectionPicker';
import type { Connections } from '../connections/connections';
import type { LiveConnection } from '../connections/liveConnection';
import type { Publisher } from '../connections/publisher';
import type { SnippetFiles } from '../snippets/snippetFiles';
import { CopyCommands } from './commands/copyCommands';
import { filterCommands } from './commands/filterCommands';
import { MessageCommands } from './commands/messageCommands';
import { PayloadCommands } from './commands/payloadCommands';
import { PayloadDocuments } from './commands/payloadDocuments';
import { SelectedPackets } from './commands/selectedPackets';
import { viewCommands } from './commands/viewCommands';
import type { InspectorPanels } from './inspectorPanels';
import { ShownPackets } from './shownPackets';

export interface InspectorCommandsDependencies {
  readonly log: PacketLog;
  readonly inspectors: InspectorPanels;
  readonly connections: Connections;
  readonly picker: ConnectionPicker;
  readonly publisher: Publisher;
  readonly snippets: SnippetFiles;
  /** The numbers in the log that a profile's connections have. */
  readonly capturesOf: (connectionKey: string) => ReadonlySet<number>;
}

/** Everything the inspector's menus and the palette do with packets that are selected there. */
export class InspectorCommands implements Disposable {
  private readonly held = new DisposableStack();
  /** The packets that a command given a row is about. */
  readonly selected: SelectedPackets;
  readonly handlers;

  constructor(dependencies: InspectorCommandsDependencies) {
    const { log, inspectors, connections, picker, publisher, snippets, capturesOf } = dependencies;
    const packets = new ShownPackets(log, new PacketContexts(log));
    const selected = new SelectedPackets({ log, packets, inspectors });
    this.selected = selected;
    const documents = this.held.add(new PayloadDocuments(selected));
    const connectionOf = (connection: number): LiveConnection | undefined =>
      // The numbers of a capture file's connections are its own.
      inspectors.active?.file
        ? undefined
        : connections.all().find(({ key }) => capturesOf(key).has(connection));
    this.handlers = {
      ...new CopyCommands({ selected, serverOf: (connection) => serverOf(connectionOf(connection)) }),
      ...new MessageCommands({ selected, picker, publisher, snippets, connectionOf }),
      ...new PayloadCommands(selected, documents),
      ...viewCommands(inspectors),
      ...filterCommands({ log, inspectors, picker }),
    };
  }

  dispose(): void {
    this.held.dispose();
  }
}

/** What mosquitto_pub may be told of a connection's server: it speaks neither WebSocket nor Unix sockets. */
function serverOf(connection: LiveConnection | undefined): MosquittoServer | undefined {
  if (!connection) return undefined;
  const { host, port, network, userName } = connection.profile;
  const { transport } = network;
  if (transport !== 'tcp' && transport !== 'tls') return undefined;
  return { host, port, tls: transport === 'tls', login: userName !== undefined };
}

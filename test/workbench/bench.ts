import type { VersionName } from '../../src/contributions/settings';
import { type Mosquitto, type MosquittoOptions, startMosquitto } from '../support/mosquitto';
import { type Peer, requirePeer, requireVscode } from '../support/peers';
import { Workbench, type WorkbenchOptions } from '../support/workbench';
import { connect, subscribe, temporaryWorkspace } from './person';

export interface BenchOptions extends Omit<WorkbenchOptions, 'workspace'> {
  /** Files of the workspace by their paths in it. */
  readonly files?: Readonly<Record<string, string>>;
  /** What the suite needs besides Chromium and mosquitto. */
  readonly peers?: readonly Peer[];
  /** What the broker is started with. */
  readonly broker?: MosquittoOptions;
  /** Connections to the broker that stand in the user settings, for suites that are not about how they get there. */
  readonly connections?: readonly { readonly name: string; readonly version: VersionName }[];
}

/** VS Code on a folder of its own with the MQTT container open, and a broker that it may connect to. */
export interface Bench {
  readonly workbench: Workbench;
  readonly broker: Mosquitto;
  /** Absolute path of the workspace. */
  readonly folder: string;
}

/**
 * Gives the suite that is being described a bench of its own: starts it before the tests, hands it to `ready`, leaves a
 * picture of every test that fails, and ends it after them.
 */
export function useBench(options: BenchOptions, ready: (bench: Bench) => void | Promise<void>): void {
  const { files, peers = [], broker: brokerOptions, connections = [], ...workbenchOptions } = options;
  let workspace: ReturnType<typeof temporaryWorkspace> | undefined;
  let broker: Mosquitto | undefined;
  let workbench: Workbench | undefined;

  before(async function () {
    requireVscode(this);
    requirePeer(this, 'mosquitto', ...peers);
    workspace = temporaryWorkspace(files);
    const { folder } = workspace;
    broker = await startMosquitto(brokerOptions);
    const { port } = broker;
    const written = connections.map((each) => ({ ...each, host: '127.0.0.1', port }));
    const settings = {
      ...workbenchOptions.settings,
      ...(written.length > 0 && { 'mqttWorkbench.connections': written }),
    };
    workbench = await Workbench.open({ ...workbenchOptions, settings, workspace: folder });
    // The extension is there once its container is.
    await workbench.openContainer('MQTT');
    await ready({ workbench, broker, folder });
  });
  after(async () => {
    await workbench?.close();
    await broker?.stop();
    workspace?.remove();
  });
  afterEach(async function () {
    const { currentTest } = this;
    if (currentTest?.state === 'failed') await workbench?.screenshot(`failed-${currentTest.title}`);
  });
}

/** The connection that {@link connectBench} brings up. */
export const bench50 = { name: 'bench', version: '5.0' } as const;

/** Brings the connection {@link bench50} up and subscribes on it. */
export async function connectBench(workbench: Workbench, topicFilter: string, qos: 0 | 1 | 2): Promise<void> {
  await connect(workbench, bench50.name);
  await subscribe(workbench, topicFilter, qos);
}

import { type Mosquitto, type MosquittoOptions, startMosquitto } from '../support/mosquitto';
import { type Peer, requirePeer, requireVscode } from '../support/peers';
import { Workbench, type WorkbenchOptions } from '../support/workbench';
import { addConnection, connect, subscribe, temporaryWorkspace } from './person';

export interface BenchOptions extends Omit<WorkbenchOptions, 'workspace'> {
  /** Files of the workspace by their paths in it. */
  readonly files?: Readonly<Record<string, string>>;
  /** What the suite needs besides Chromium and mosquitto. */
  readonly peers?: readonly Peer[];
  /** What the broker is started with. */
  readonly broker?: MosquittoOptions;
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
  const { files, peers = [], broker: brokerOptions, ...workbenchOptions } = options;
  let workspace: ReturnType<typeof temporaryWorkspace> | undefined;
  let broker: Mosquitto | undefined;
  let workbench: Workbench | undefined;

  before(async function () {
    requireVscode(this);
    requirePeer(this, 'mosquitto', ...peers);
    workspace = temporaryWorkspace(files);
    const { folder } = workspace;
    broker = await startMosquitto(brokerOptions);
    workbench = await Workbench.open({ ...workbenchOptions, workspace: folder });
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

/** Adds a connection called `bench` over MQTT 5.0, brings it up and subscribes on it. */
export async function connectBench(
  { workbench, broker }: Bench,
  topicFilter: string,
  qos: 0 | 1 | 2,
  user?: { readonly name: string; readonly password: string },
): Promise<void> {
  await addConnection(workbench, { name: 'bench', port: broker.port, version: '5.0', ...(user && { user }) });
  await connect(workbench, 'bench');
  await subscribe(workbench, topicFilter, qos);
}

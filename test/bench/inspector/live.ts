import { fork } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { build } from 'esbuild';
import type { FrameLocator } from 'playwright-core';
import type { LoopDelay } from '../../support/loopMeter';
import { startMosquitto, type Mosquitto } from '../../support/mosquitto';
import { cacheFolder, repositoryRoot } from '../../support/paths';
import { Workbench } from '../../support/workbench';
import { connect, subscribe } from '../../workbench/person';
import { median, print } from '../interleave';
import { fieldsAfterClick } from './fieldsAfterClick';
import type { Fed, Feed } from './liveSender';
import { framesDrawn, newestSequence, watchFrames } from './liveView';

const folder = path.join(cacheFolder, 'bench', 'live');
/** Milliseconds of following between two clicks. */
const betweenClicks = 2000;
/** Where a CPU profile of the extension host goes, if it is wanted. */
const profileFile = process.env['MQTT_WORKBENCH_PROFILE'];

/**
 * Messages come in real VS Code through our client from mosquitto while the inspector follows them: how long the event
 * loop of the extension host is held up, whether anything is lost, and whether the view answers meanwhile.
 */
export async function live(bench: string, rate = 20_000, seconds = 60): Promise<void> {
  const meter = await bundle();
  const port = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-bench-live-')), 'port');
  const broker = await startMosquitto({
    // Nothing of QoS 0 may be dropped on its way to us, however far behind we are.
    configuration: ['max_queued_messages 0'],
    logTypes: ['error', 'warning', 'information'],
  });
  try {
    const workbench = await Workbench.open({
      suite: 'live',
      workspace: path.dirname(port),
      extension: { folder: repositoryRoot },
      besides: [meter],
      // Without a keep alive nothing comes but what was sent.
      settings: {
        // Only where VS Code is served does it look through all processes for their ports, in its extension host.
        'remote.autoForwardPorts': false,
        'mqttWorkbench.connections': [
          { name: 'bench', host: '127.0.0.1', port: broker.port, version: '5.0', keepAlive: 0 },
        ],
      },
      environment: { MQTT_WORKBENCH_METER_PORT: port },
      viewport: { width: 1600, height: 1000 },
    });
    try {
      await measure(`${bench} at ${rate} messages/s for ${seconds} s`, {
        workbench,
        broker,
        port,
        rate,
        seconds,
      });
    } catch (error) {
      await workbench.screenshot('failed');
      throw error;
    } finally {
      await workbench.close();
    }
  } finally {
    await broker.stop();
    fs.rmSync(path.dirname(port), { recursive: true });
  }
}

interface Scene {
  readonly workbench: Workbench;
  readonly broker: Mosquitto;
  readonly port: string;
  readonly rate: number;
  readonly seconds: number;
}

async function measure(bench: string, { workbench, broker, port, rate, seconds }: Scene): Promise<void> {
  const line = (metric: string, value: number, unit: string): void =>
    print({ bench, subject: 'ours', metric, value, unit });
  await workbench.openContainer('MQTT');
  await connect(workbench, 'bench');
  await subscribe(workbench, '#', 0);
  await workbench.runCommand('MQTT: Open Inspector');
  const inspector = workbench.webview();
  await inspector.locator('[data-sequence]').first().waitFor();
  const before = await newestSequence(inspector);

  const ask = meterAt(port);
  await ask('reset');
  await watchFrames(inspector);
  if (profileFile !== undefined) await ask('profile');
  const sender = fork(path.join(folder, 'liveSender.js'));
  const feed: Feed = { port: broker.port, rate, seconds };
  const fed = new Promise<Fed>((resolve, reject) => {
    sender.once('message', (message) => resolve(message as Fed));
    sender.once('exit', () => reject(new Error('The sender ended early')));
  });
  sender.send(feed);
  const clicks = await clickMeanwhile(inspector, fed);
  const { sent, took } = await fed;
  const delay = (await ask('delay')) as LoopDelay;
  if (profileFile !== undefined) fs.writeFileSync(profileFile, JSON.stringify(await ask('profile')));
  const frames = await framesDrawn(inspector);
  sender.disconnect();

  line('messages sent', sent, '');
  line('rate that was sent', (sent / took) * 1000, '1/s');
  line('event-loop delay of the extension host, p50', delay.p50, 'ms');
  line('event-loop delay of the extension host, p99', delay.p99, 'ms');
  line('event-loop delay of the extension host, max', delay.max, 'ms');
  line('work of the extension host itself in each of these delays, p99', delay.worked.p99, 'ms');
  line('work of the extension host itself in each of these delays, max', delay.worked.max, 'ms');
  line('CPU of the extension host', delay.cpu * 100, '%');
  line('memory of the extension host', delay.memory, 'MiB');
  line('from the click on a packet to its fields, median', median(clicks), 'ms');
  line('from the click on a packet to its fields, longest', Math.max(...clicks), 'ms');
  line('frames drawn by the view', frames.perSecond, '1/s');
  line('longest time without a frame', frames.longest, 'ms');
  await lost(bench, { workbench, inspector, before, sent });
}

/** Follows the newest packets, and looks at one now and then, until all are sent. Returns milliseconds to its fields. */
async function clickMeanwhile(inspector: FrameLocator, fed: Promise<Fed>): Promise<number[]> {
  let sending = true;
  const over = fed.finally(() => (sending = false));
  over.catch(() => undefined);
  const taken: number[] = [];
  for (;;) {
    await Promise.race([over, new Promise((resolve) => setTimeout(resolve, betweenClicks))]);
    if (!sending) return taken;
    taken.push(await fieldsAfterClick(inspector.locator('body')));
    await inspector.getByRole('button', { name: 'Follow the newest packet' }).click({ timeout: 8000 });
  }
}

interface Counted {
  readonly workbench: Workbench;
  readonly inspector: FrameLocator;
  readonly before: number;
  readonly sent: number;
}

/**
 * Every packet that ever came has a number of its own, so the newest tells how many came, those too that went for the
 * capture budget. The subscription counts what the client handed over.
 */
async function lost(bench: string, { workbench, inspector, before, sent }: Counted): Promise<void> {
  const line = (metric: string, value: number): void =>
    print({ bench, subject: 'ours', metric, value, unit: '' });
  const subscription = workbench.view('Subscriptions');
  await subscription.waitForRow('#', /· 0\/s/);
  const row = await subscription.waitForRow('#');
  const received = Number(/· ([\d,]+) ·/.exec(row.description)?.[1]?.replaceAll(',', ''));
  line('messages lost on their way to the subscription', sent - received);
  line('messages lost on their way to the log', sent - ((await newestSequence(inspector)) - before));
  const evicted = await inspector.locator('.toolbar .evicted').allTextContents();
  const packets = Number(evicted[0]?.trim().split(' ')[0]?.replaceAll(',', '') ?? 0);
  line('packets that went for the capture budget, as the panel says', packets);
  await workbench.screenshot('after');
}

/** Bundles the sender, and the extension that measures, whose folder is returned. */
async function bundle(): Promise<string> {
  await build({
    absWorkingDir: repositoryRoot,
    entryPoints: ['test/bench/inspector/liveSender.ts', 'test/support/loopMeter.ts'],
    outdir: folder,
    entryNames: '[name]',
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'warning',
  });
  const manifest = {
    ...{ name: 'loop-meter', publisher: 'mqtt-workbench-tests', version: '1.0.0' },
    ...{ engines: { vscode: '^1.100.0' }, main: './loopMeter.js', activationEvents: ['*'] },
  };
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
  return folder;
}

function meterAt(file: string): (what: 'reset' | 'delay' | 'profile') => Promise<unknown> {
  return async (what) => {
    const port = fs.readFileSync(file, 'utf8');
    const response = await fetch(`http://127.0.0.1:${port}/${what}`);
    if (!response.ok) throw new Error(`The extension host's meter answered ${response.status}`);
    return (await response.json()) as unknown;
  };
}

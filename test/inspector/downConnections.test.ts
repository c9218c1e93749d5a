import assert from 'node:assert/strict';
import { Emitter } from '../../src/base/lifecycle';
import { PacketLog } from '../../src/capture/packetLog';
import { downConnections, downPorts } from '../../src/ui/inspector/downConnections';
import { captured } from '../support/packetLogs';
import { describeInspector } from './harness/inspectorSuite';

type Given = Parameters<typeof downConnections>[1][number];

const connection = (name: string, state: 'connected' | 'disconnected' | 'connecting' = 'disconnected') =>
  ({ key: `user:${name}`, profile: { name }, state: { state } }) as unknown as Given;

/** A log with one packet of `bench`. */
function benchLog(): PacketLog {
  const log = new PacketLog({ byteBudget: 1024 * 1024 });
  const number = log.openConnection('bench');
  log.append({ ...captured, connection: number }, Uint8Array.of(0xd0, 0));
  return log;
}

describe('The connections that an inspector offers to make again', () => {
  it('are those that its packets are of', () => {
    const all = [connection('staging'), connection('bench')];
    assert.deepEqual(downConnections(benchLog(), all), [{ key: 'user:bench', name: 'bench' }]);
  });

  it('are all where there are no packets', () => {
    const log = new PacketLog({ byteBudget: 1024 * 1024 });
    const names = downConnections(log, [connection('staging'), connection('bench')]).map(({ name }) => name);
    assert.deepEqual(names, ['staging', 'bench']);
  });

  it('are none while one is up or is being made', () => {
    for (const state of ['connected', 'connecting'] as const)
      assert.deepEqual(downConnections(benchLog(), [connection('bench'), connection('other', state)]), []);
  });

  it('are none while the local broker runs, and asked for anew when it starts or stops', () => {
    const [ofConnections, ofBroker] = [new Emitter<void>(), new Emitter<void>()];
    let isRunning = false;
    const broker = { isRunning: () => isRunning, onDidChange: ofBroker.event };
    const connections = { all: () => [connection('bench')], onDidChange: ofConnections.event };
    const ports = downPorts({ log: benchLog(), connections, broker });
    const told: number[] = [];
    const listening = ports.onDidChange(() => void told.push(ports.down().length));
    isRunning = true;
    ofBroker.fire();
    ofConnections.fire();
    isRunning = false;
    ofBroker.fire();
    listening.dispose();
    ofBroker.fire();
    ofConnections.fire();
    assert.deepEqual(told, [0, 0, 1]);
  });
});

describeInspector('A panel while nothing is connected', (open) => {
  const bench = { key: 'user:bench', name: 'bench' };

  it('says so beside the count, offers to reconnect, and is silent once something is', async () => {
    const { page, host } = await open({ width: 600 });
    await host((harness) => harness.conversation(5), undefined);
    await host((harness, down) => harness.setDown([down]), bench);
    await page.locator('.not-connected', { hasText: 'Not connected' }).waitFor();
    await page.getByRole('button', { name: 'Reconnect bench' }).click();
    await host((harness) => harness.setDown([]), undefined);
    await page.locator('.not-connected').waitFor({ state: 'detached' });
    assert.deepEqual(await host(({ reconnected }) => reconnected, undefined), ['user:bench']);
  });

  it('lets a person choose where there are several', async () => {
    const { page, host } = await open();
    await host((harness) => harness.conversation(5), undefined);
    const two = [bench, { key: 'user:esp', name: 'esp' }];
    await host((harness, down) => harness.setDown(down), two);
    await page.getByRole('button', { name: 'Reconnect one of the connections' }).click();
    await page.waitForFunction(
      () =>
        (globalThis as unknown as { harness: { reconnected: unknown[] } }).harness.reconnected.length === 1,
    );
    assert.deepEqual(await host(({ reconnected }) => [reconnected.length, reconnected[0]], undefined), [
      1,
      undefined,
    ]);
  });

  it('offers to connect where it is empty, by name', async () => {
    const { page, host } = await open();
    await page.getByRole('heading', { name: 'No packets captured yet' }).waitFor();
    await host((harness, down) => harness.setDown([down, { key: 'user:esp', name: 'esp' }]), bench);
    await page.getByRole('button', { name: 'Connect bench' }).waitFor();
    await page.getByRole('button', { name: 'Connect esp' }).click();
    await page.waitForFunction(
      () =>
        (globalThis as unknown as { harness: { reconnected: unknown[] } }).harness.reconnected.length === 1,
    );
    assert.deepEqual(await host(({ reconnected }) => reconnected, undefined), ['user:esp']);
  });
});

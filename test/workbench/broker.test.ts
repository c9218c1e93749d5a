import { strict as assert } from 'node:assert';
import * as net from 'node:net';
import * as path from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { freePort, portIsOpen } from '../support/freePort';
import { gesture } from '../support/gesture';
import { restOn } from '../support/hover';
import { requirePeer } from '../support/peers';
import { sendUntilClosed } from '../support/rawPeer';
import { themeNames, type Theme } from '../support/themes';
import type { ViewPane } from '../support/viewPane';
import { Workbench } from '../support/workbench';
import { copied, saveAs, temporaryWorkspace } from './person';

const root = 'Local broker';

describe('The local broker in real VS Code', function () {
  this.timeout(120_000);
  const workspace = temporaryWorkspace();
  let port: number;
  let workbench: Workbench;
  let view: ViewPane;
  const clients: MqttClient[] = [];

  const connect = async (clientId: string, protocolVersion: 4 | 5): Promise<MqttClient> => {
    const client = await connectAsync({
      ...{ host: '127.0.0.1', port, protocol: 'mqtt', reconnectPeriod: 0 },
      ...{ clientId, protocolVersion, keepalive: 60, clean: protocolVersion === 5 },
      ...(protocolVersion === 5 && { properties: { sessionExpiryInterval: 3600 } }),
    });
    clients.push(client);
    return client;
  };

  /** Filters the inspector in front, which shows nothing but the packet whose identifier was in use then, marked. */
  const shownMarked = async (): Promise<void> => {
    const inspector = workbench.webview();
    await inspector.getByRole('combobox', { name: /filter/i }).click();
    await workbench.page.keyboard.type('violation exists and packet == PUBLISH');
    await workbench.page.keyboard.press('Escape');
    await workbench.page.keyboard.press('Enter');
    await inspector.locator('.filter-count', { hasText: /1 of \d+/ }).waitFor();
    const row = inspector.locator('.packet-row', { hasText: /PUBLISH[^]*Packet Identifier 1 is in use/ });
    await row.click();
    await inspector.getByRole('treeitem', { name: /Packet Identifier 1 is in use/ }).waitFor();
  };

  before(async function () {
    requirePeer(this, 'chromium');
    port = await freePort();
    workbench = await Workbench.open({
      suite: 'broker',
      workspace: workspace.folder,
      machineSettings: { 'mqttWorkbench.broker.tcpPort': port },
      // Settings open as a tab, as in older versions, not as a dialog over everything.
      settings: { 'workbench.editor.useModal': 'off' },
      viewport: { width: 1280, height: 1000 },
    });
    view = workbench.view('Connections');
    await workbench.openContainer('MQTT');
    // What is scrolled away is not drawn.
    for (const other of ['Subscriptions', 'Snippets'])
      await workbench.view(other).pane.locator('.pane-header').click();
  });
  after(async () => {
    for (const client of clients) await client.endAsync(true);
    await workbench?.close();
    workspace.remove();
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench.screenshot(`failed-${this.currentTest.title}`);
  });

  it('is started by a button where nothing is connected yet, and says where it is reached', async () => {
    assert.match(await view.welcome(), /start a broker right here/);
    await workbench.screenshot('welcome');
    await view.pressWelcome('Start Local Broker');
    const row = await view.waitForRow(root, `127.0.0.1:${port}`);
    assert.match(row.ariaLabel, /^Local broker, running, 0 clients connected/);
    assert.equal(row.expanded, true);
    await view.waitForRow(`mqtt://127.0.0.1:${port}`);
    await workbench.screenshot('started');
  });

  it('shows a client that connects, with all there is to tell of it', async () => {
    const client = await connect('esp32-7f2a', 5);
    await client.subscribeAsync('devices/+/set', { qos: 1 });
    await client.publishAsync('devices/esp32-7f2a/state', '{"on":true,"mV":3312}', { qos: 1, retain: true });
    await view.waitForRow('esp32-7f2a', '5.0 · up <1 min · 127.0.0.1');
    await view.setExpanded('esp32-7f2a', true);
    await view.waitForRow('Keep alive', /^60 s · \d+ s left$/);
    await view.waitForRow('Messages', '1 in · 0 out');
    await view.waitForRow('Session', 'kept for 1 h');
    const subscriptions = await view.waitForRow('Subscriptions', '1');
    assert.equal(subscriptions.expanded, false);
    await view.setExpanded('Subscriptions', true);
    const subscription = await view.waitForRow('devices/+/set', 'QoS 1');
    assert.equal(subscription.level, subscriptions.level + 1);
    await workbench.screenshot('client');
  });

  it('shows the packets of a client in the inspector, under its name, from the first byte', async () => {
    await view.pressInline('esp32-7f2a', 'Show Packets of Client');
    const inspector = workbench.webview();
    const connectRow = inspector.locator('.packet-row', { hasText: 'CONNECT' }).first();
    await connectRow.waitFor();
    assert.match((await connectRow.textContent()) ?? '', /esp32-7f2a[^]*CONNECT/);
    await workbench.screenshot('packets');
  });

  it('says once that a device breaks the protocol, and shows the packet', async () => {
    // A Will QoS of 3.
    const bytes = [
      0x10, 0x16, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 0x1e, 0, 60, 0, 3, 0x64, 0x65, 0x76, 0, 1, 0x77,
    ];
    await sendUntilClosed(port, [...bytes, 0, 2, 0x61, 0x62]);
    const toast = await workbench.notification('dev (127.0.0.1) at the local broker');
    assert.match((await toast.textContent()) ?? '', /\[MQTT-3\.1\.2-14\]/);
    // It slides in.
    await toast.hover();
    await workbench.screenshot('violation');
    await workbench.answerNotification('dev (127.0.0.1) at the local broker', 'Show Packet');
    const selected = workbench
      .webview()
      .locator('.packet-row.selected, .packet-row[aria-selected="true"]')
      .filter({ hasText: /dev[^]*CONNECT/ });
    await selected.waitFor();
    await view.waitForRow('Problems', '1');
    await workbench.screenshot('violation-packet');
  });

  it('names what never became MQTT', async () => {
    await sendUntilClosed(port, [...Buffer.from('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n')]);
    await sendUntilClosed(port, [0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0]);
    await view.waitForRow('Problems', '3');
    await view.setExpanded('Problems', true);
    await view.waitForRow('127.0.0.1', 'TLS hello on a plain port');
    await view.waitForRow('127.0.0.1', 'HTTP on an MQTT port');
    await workbench.screenshot('problems');
    await workbench.clearNotifications();
  });

  it('opens a retained message, and clears it after a question', async () => {
    await view.setExpanded('Retained messages', true);
    const topic = 'devices/esp32-7f2a/state';
    await view.waitForRow(topic, '{"on":true,"mV":3312}');
    await view.pressInline(topic, 'Open Retained');
    await workbench.page.locator('.tab.active[aria-label^="state.json"]').waitFor();
    await workbench.page.locator('.view-line', { hasText: '"mV": 3312' }).waitFor();
    await workbench.screenshot('retained');
    await view.contextMenu(topic, 'Copy Retained Topic');
    await copied(workbench, topic);
    await view.pressInline(topic, 'Clear Retained');
    assert.match(await workbench.dialog(), /Clear the retained message of "devices\/esp32-7f2a\/state"\?/);
    await workbench.answerDialog('Clear');
    await view.waitForRow('Retained messages', 'none');
  });

  it('shows more of a long list where its last row is pressed', async () => {
    const topics = Array.from({ length: 502 }, (_, number) => `node-${number}`);
    const retain = async (payload: string): Promise<void> => {
      for (const topic of topics) await clients[0]?.publishAsync(topic, payload, { qos: 1, retain: true });
    };
    await retain('on');
    await view.waitForRow('Retained messages', '502');
    await view.select('Retained messages');
    await workbench.page.keyboard.press('ArrowRight');
    await workbench.page.keyboard.press('End');
    await view.waitForRow('2 more messages', 'show all');
    await workbench.screenshot('more');
    await view.select('2 more messages');
    await view.waitForRow('node-501', 'on');
    await workbench.page.keyboard.press('Home');
    await retain('');
    await view.waitForRow('Retained messages', 'none');
  });

  it('sends a client away with the reason that is chosen, and forgets its session', async () => {
    const client = clients[0];
    assert.ok(client);
    const told = new Promise<number | undefined>((resolve) =>
      client.once('disconnect', ({ reasonCode }) => resolve(reasonCode)),
    );
    await gesture(async () => {
      await view.pressInline('esp32-7f2a', 'Disconnect Client');
      await workbench.quickInput.waitFor('Reason Code of DISCONNECT');
      await workbench.screenshot('reasons');
      await workbench.quickInput.choose('Server busy');
    });
    assert.equal(await told, 0x89);
    await view.waitForRow('esp32-7f2a', /session ends in/);
    await view.contextMenu('esp32-7f2a', 'Forget Session of Client…');
    assert.match(
      await workbench.dialog(),
      /Forget the session of esp32-7f2a\?.*This also deletes 1 subscription/,
    );
    await workbench.answerDialog('Forget');
    await view.waitForRowGone('esp32-7f2a');
  });

  it('tells of two devices that fight over one identifier', async () => {
    for (let time = 0; time < 4; time++) {
      const client = await connect('twin', 4);
      client.on('error', () => undefined);
    }
    await workbench.notification('Two clients use this Client Identifier');
    await view.waitForRow('twin', /1 problem · 3\.1\.1 · .* · 127\.0\.0\.1/);
    await workbench.clearNotifications();
  });

  it('sends a client of 3.1.1 away without asking for a reason that it would not hear', async () => {
    // A row of that name is below it too.
    await view.setExpanded('Problems', false);
    await view.pressInline('twin', 'Disconnect Client');
    assert.match(await workbench.dialog(), /Disconnect twin\?.*No reason can be told before MQTT 5\.0/);
    await workbench.screenshot('disconnect-311');
    await workbench.answerDialog('Disconnect');
    await view.waitForRow('twin', /session kept without end/);
  });

  it('tells of a message that is lost since its identifier is in use, and shows it', async () => {
    const connect = [0x10, 0x10, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 60, 0, 4, 0x6c, 0x6f, 0x73, 0x74];
    const publish = (topic: number) => [0x34, 6, 0, 1, topic, 0, 1, 0x78];
    await sendUntilClosed(port, [...connect, ...publish(0x61), ...publish(0x62), 0xe0, 0]);
    const toast = await workbench.notification('lost (127.0.0.1) at the local broker');
    assert.match((await toast.textContent()) ?? '', /Packet Identifier 1 is in use[^]*\[MQTT-2\.3\.1-2\]/);
    await toast.hover();
    await workbench.screenshot('lost-message');
    await workbench.answerNotification('lost (127.0.0.1) at the local broker', 'Show Packet');
    const selected = workbench
      .webview()
      .locator('.packet-row.selected, .packet-row[aria-selected="true"]', { hasText: 'PUBLISH' })
      .first();
    await selected.waitFor();
    assert.match((await selected.textContent()) ?? '', /lost[^]*PUBLISH[^]*Packet Identifier 1 is in use/);
    await workbench
      .webview()
      .getByRole('treeitem', { name: /Packet Identifier 1 is in use/ })
      .waitFor();
    await workbench.screenshot('lost-message-packet');
  });

  it('has marked that packet in what is saved, too, when it is opened again', async () => {
    await gesture(async () => {
      await workbench.runCommand('MQTT: Save Packets…');
      await workbench.quickInput.pick('Which packets to save', 'All packets');
    });
    await saveAs(workbench, path.join(workspace.folder, 'saved.pcapng'));
    await workbench.answerNotification('saved to saved.pcapng', 'Open');
    await workbench.page.locator('.tabs-container .tab.active[aria-label*="saved.pcapng"]').waitFor();
    await shownMarked();
    await workbench.screenshot('lost-message-saved');
    await workbench.closeTab('saved.pcapng');
  });

  it('copies the certificate of its authority, as PEM and as a C header', async () => {
    await workbench.runCommand('MQTT: Copy CA Certificate as PEM');
    await workbench.page.waitForFunction(async () =>
      (await navigator.clipboard.readText()).startsWith('-----BEGIN CERTIFICATE-----'),
    );
    // The menu has it where a listener has TLS; the palette always.
    await workbench.runCommand('MQTT: Copy CA Certificate as C Header');
    await workbench.page.waitForFunction(async () =>
      (await navigator.clipboard.readText()).includes('mqtt_ca_pem'),
    );
  });

  it('shows its addresses to type into a device, with a QR code', async () => {
    await gesture(async () => {
      await view.pressInline(root, 'Show Local Broker Addresses');
      await workbench.quickInput.waitFor('Address to type into the device');
      await workbench.screenshot('addresses');
      await workbench.quickInput.choose(`mqtt://127.0.0.1:${port}`);
    });
    await copied(workbench, `mqtt://127.0.0.1:${port}`);
    await view.pressInline(`mqtt://127.0.0.1:${port}`, 'Show QR Code');
    await workbench.webview(undefined, 0).locator('img').waitFor();
    await workbench.screenshot('qr-code');
    const address = view.row(`mqtt://127.0.0.1:${port}`).locator('.label-name');
    await restOn(workbench.page, address, workbench.page.locator('.monaco-hover img'));
    await workbench.screenshot('qr-code-tooltip');
    await workbench.runCommand('View: Close All Editors');
  });

  it('asks before it is reachable from the network without a password', async () => {
    await view.contextMenu(root, 'Make Local Broker Reachable from the Network…');
    assert.match(await workbench.dialog(), /Let everybody in the network use the local broker\?.*0\.0\.0\.0/);
    await workbench.screenshot('network-question');
    await workbench.answerDialog('Add User…');
    await workbench.quickInput.answer('User name that devices send', 'ada');
    await workbench.quickInput.answer('Password; only a hash of it is kept', 'secret');
    // At once, with the notification still there.
    await workbench.quickInput.waitFor('Address to type into the device');
    await workbench.quickInput.cancel();
    await workbench.notification('The user "ada" is known to the local broker');
    await workbench.clearNotifications();
    await view.contextMenu(root, 'Limit Local Broker to This Computer');
    await view.waitForRow(root, new RegExp(`^0 clients · 127\\.0\\.0\\.1:${port}`));
  });

  it('is open to everybody there only where a person wants that', async () => {
    await workbench.runCommand('MQTT: Remove Local Broker User…');
    await workbench.quickInput.pick('User to remove', 'ada');
    await workbench.answerDialog('Remove');
    await view.contextMenu(root, 'Make Local Broker Reachable from the Network…');
    await workbench.dialog();
    await workbench.answerDialog('Start Without a Password');
    await workbench.quickInput.waitFor('Address to type into the device');
    await workbench.quickInput.cancel();
    await view.waitForRow(root, /^open to the network · /);
    await workbench.screenshot('network');
    await view.contextMenu(root, 'Limit Local Broker to This Computer');
    await view.waitForRow(root, new RegExp(`^0 clients · 127\\.0\\.0\\.1:${port}`));
  });

  it('has its settings in sections of their own, what is needed first above the limits', async () => {
    await view.contextMenu(root, 'Open Local Broker Settings');
    const sections = workbench.page.locator('.settings-toc-container .settings-toc-entry');
    await sections.filter({ hasText: 'Broker Limits' }).waitFor();
    await workbench.screenshot('settings');
    const [first] = await workbench.page
      .locator('.settings-editor-tree .setting-item-label')
      .allTextContents();
    assert.equal(first, 'Listeners');
    await workbench.runCommand('View: Close All Editors');
  });

  it('looks right in every kind of theme, and in a narrow sidebar', async () => {
    await connect('esp32-7f2a', 5);
    await view.waitForRow('esp32-7f2a');
    for (const theme of Object.keys(themeNames) as Theme[]) {
      await workbench.setTheme(theme);
      await workbench.screenshot(`theme-${theme.replaceAll(' ', '-')}`);
    }
    await workbench.setTheme('dark');
    await workbench.page.setViewportSize({ width: 560, height: 1000 });
    await view.waitForRow('esp32-7f2a');
    await workbench.screenshot('narrow');
    await workbench.page.setViewportSize({ width: 1280, height: 1000 });
  });

  it('stops, and says so to its clients', async () => {
    const client = clients.at(-1);
    assert.ok(client);
    const told = new Promise<number | undefined>((resolve) =>
      client.once('disconnect', ({ reasonCode }) => resolve(reasonCode)),
    );
    await view.pressInline(root, 'Stop');
    assert.equal(await told, 0x8b);
    await view.waitForRow(root, 'not started');
    assert.equal(await portIsOpen(port), false);
    await workbench.screenshot('stopped');
  });

  it('names the port that is in use and the program that has it, and starts on another one', async () => {
    const other = net.createServer();
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
    try {
      await view.pressInline(root, 'Start');
      await view.waitForRow(root, new RegExp(`^port ${port} is in use`));
      const toast = await workbench.notification(`port ${port} (MQTT) is in use`);
      const text = (await toast.textContent()) ?? '';
      if (process.platform === 'linux') assert.match(text, new RegExp(`process ${process.pid}`));
      const [, next = ''] = /use port (\d+), which is free/.exec(text) ?? [];
      assert.notEqual(next, '');
      await workbench.screenshot('port-in-use');
      await workbench.answerNotification(`port ${port} (MQTT) is in use`, `Use Port ${next}`);
      await view.waitForRow(root, `127.0.0.1:${next}`);
    } finally {
      await new Promise<void>((resolve) => other.close(() => resolve()));
    }
  });

  it('is stopped when the window closes', async () => {
    const [, running = ''] =
      /127\.0\.0\.1:(\d+)/.exec((await view.waitForRow(root, '127.0.0.1')).description) ?? [];
    assert.equal(await portIsOpen(Number(running)), true);
    await workbench.reload();
    await workbench.openContainer('MQTT');
    assert.match(await view.welcome(), /Nothing is connected yet/);
    assert.equal(await portIsOpen(Number(running)), false);
  });

  it('has its packets after that, with what it found wrong with them', async () => {
    await workbench.runCommand('MQTT: Open Inspector');
    await shownMarked();
    await workbench.screenshot('after-reload');
  });

  it('leaves nothing uncaught behind', () => assert.deepEqual(workbench.errors(), []));
});

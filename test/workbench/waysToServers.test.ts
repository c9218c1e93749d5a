import { strict as assert } from 'node:assert';
import * as fs from 'node:fs';
import { CertificateFolder } from '../support/certificates';
import { becomes } from '../support/eventually';
import { freePort } from '../support/freePort';
import { restOn } from '../support/hover';
import { type Mosquitto, startMosquitto } from '../support/mosquitto';
import { requirePeer } from '../support/peers';
import { startHttpProxy, startSocksProxy, type TestProxy } from '../support/proxies';
import type { ViewPane } from '../support/viewPane';
import type { Workbench } from '../support/workbench';
import { connect, copied } from './person';
import { sharedWorkbench } from './sharedWorkbench';

const user = { name: 'ada', password: 'p@ss/w#rd' };

describe('Ways to a server in real VS Code', function () {
  this.timeout(120_000);
  const files = new CertificateFolder();
  let broker: Mosquitto;
  let strict: Mosquitto;
  let strictPort: number;
  let httpProxy: TestProxy;
  let socksProxy: TestProxy;
  let workbench: Workbench;
  let view: ViewPane;

  before(async function () {
    requirePeer(this, 'chromium', 'mosquitto');
    files.authority('authority');
    files.certificate('server', 'authority', { hosts: 'IP:127.0.0.1' });
    files.certificate('device', 'authority');
    files.encryptKey('device');
    broker = await startMosquitto({ user });
    strictPort = await freePort();
    strict = await startMosquitto({
      configuration: [
        `listener ${strictPort} 127.0.0.1`,
        `certfile ${files.file('server.pem')}`,
        `keyfile ${files.file('server.key')}`,
        `cafile ${files.file('authority.pem')}`,
        'require_certificate true',
      ],
    });
    httpProxy = await startHttpProxy({ credentials: 'eve:through' });
    socksProxy = await startSocksProxy();
    workbench = await sharedWorkbench({
      suite: 'ways-to-servers',
      viewport: { width: 1280, height: 1000 },
    });
    view = workbench.view('Connections');
    await workbench.openContainer('MQTT');
  });
  after(async () => {
    await Promise.all([broker?.stop(), strict?.stop(), httpProxy?.close(), socksProxy?.close()]);
    files.remove();
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench.screenshot(`failed-${this.currentTest.title}`);
  });

  /**
   * Writes fields into a connection of the user settings, as somebody does by hand who finds none for them in the form. It
   * gets another name, whose row says that VS Code has read it.
   */
  async function writeByHand(before: string, after: { readonly name: string; readonly proxy: string }) {
    const file = workbench.server.settingsFile;
    const settings = JSON.parse(fs.readFileSync(file, 'utf8')) as {
      'mqttWorkbench.connections': { name: string }[];
    };
    const connections = settings['mqttWorkbench.connections'].map((each) =>
      each.name === before ? { ...each, ...after } : each,
    );
    await workbench.runCommand('Preferences: Open User Settings (JSON)');
    const editor = workbench.editor('settings.json');
    await editor.waitOpen();
    await editor.replaceAll(JSON.stringify({ ...settings, 'mqttWorkbench.connections': connections }));
    await workbench.page.keyboard.press('ControlOrMeta+s');
    await view.waitForRow(after.name);
    // Over everything else, in newer versions of VS Code.
    await workbench.page.locator('.monaco-modal-editor-block .codicon-close').first().click();
  }

  it('are said by a URL with user name and password, of which the settings get no password', async () => {
    await workbench.runCommand('MQTT: Add Connection…');
    const { quickInput } = workbench;
    await quickInput.answer('Name of the connection', 'pasted');
    await quickInput.pick('How to get to the server', 'MQTT over TCP');
    const url = `mqtt://${user.name}:${encodeURIComponent(user.password)}@127.0.0.1:${broker.port}`;
    await quickInput.answer("Host: the server's name or address", url);
    await quickInput.pick('Protocol version', 'MQTT 5.0');
    await quickInput.waitFor('Where to save the connection');
    await workbench.screenshot('last-step');
    await quickInput.pick('Where to save the connection', 'User settings');
    await view.waitForRow('pasted', `127.0.0.1:${broker.port} · 5.0`);
    const settings = fs.readFileSync(workbench.server.settingsFile, 'utf8');
    assert.match(settings, /"userName": "ada"/);
    for (const secret of [user.password, encodeURIComponent(user.password)]) {
      assert.ok(!settings.includes(secret), settings);
    }
    await connect(workbench, 'pasted');
    await broker.logged(/New client connected from 127\.0\.0\.1.* u'ada'/);
  });

  it('lead with a session and a will that the form asked for', async () => {
    await view.pressInline('pasted', 'Disconnect');
    await view.waitForRow('pasted', /^[^/]*$/);
    await view.contextMenu('pasted', 'Edit Connection…');
    const { quickInput } = workbench;
    for (const step of ['Name of the connection', 'How to get to the server', 'Host:', 'Port']) {
      await quickInput.waitFor(step);
      await quickInput.accept();
    }
    await quickInput.pick('Protocol version', 'MQTT 5.0');
    for (const step of ['User name', 'keep the one that is stored']) {
      await quickInput.waitFor(step);
      await quickInput.accept();
    }
    await quickInput.pick('Save the connection', 'More options first…');
    await quickInput.waitFor('Which session to start with');
    await workbench.screenshot('session');
    await quickInput.pick('Which session to start with', 'Resume the session');
    await quickInput.answer('Client Identifier', 'desk-1');
    await quickInput.waitFor('How many seconds the server keeps');
    await quickInput.type('an hour');
    await quickInput.accept();
    assert.match(await quickInput.complaint(), /must be a whole number from 0 to 4294967295/);
    await workbench.screenshot('session-expiry');
    await quickInput.answer('Session Expiry', '120');
    await quickInput.pick('when the connection breaks', 'A will message…');
    await quickInput.answer('Topic to publish the will to', 'clients/desk-1');
    await quickInput.answer('Payload of the will', 'gone');
    await quickInput.pick('Quality of service of the will', 'QoS 1');
    await quickInput.pick('Whether the server keeps the will', 'Retained');
    await quickInput.answer('How many seconds the server waits', '');
    // The row says nothing of them, and until they are written the ones of before count.
    const settings = () => fs.promises.readFile(workbench.server.settingsFile, 'utf8');
    await becomes(async () => (await settings()).includes('clients/desk-1'), true);
    await connect(workbench, 'pasted');
    await broker.logged(/as desk-1 \(p5, c0, k60, u'ada'\)/);
    await broker.logged(/Will message specified \(4 bytes\) \(r1, q1\)/);
    await view.setExpanded('pasted', true);
    await view.waitForRow('session: new');
    await view.pressInline('pasted', 'Disconnect');
    await view.waitForRow('pasted', /^[^/]*$/);
  });

  it('go through an HTTP proxy, whose password is asked for', async () => {
    const name = 'http proxy';
    await writeByHand('pasted', { name, proxy: `http://eve@127.0.0.1:${httpProxy.port}` });
    // Another way is another place for a password: nobody may have it sent elsewhere by editing the settings.
    await view.contextMenu(name, 'Set Password…');
    await workbench.quickInput.answer('Password for', user.password);
    await view.pressInline(name, 'Connect');
    await workbench.answerNotification('proxy', 'Enter Proxy Password…');
    assert.equal(await workbench.quickInput.isPassword(), true);
    await workbench.quickInput.answer('Password for http://eve@127.0.0.1', 'through');
    await view.waitForRow(name, '/s');
    assert.ok(httpProxy.asked.length > 0);
    for (const asked of httpProxy.asked) assert.equal(asked, `127.0.0.1:${broker.port}`);
    assert.ok(!fs.readFileSync(workbench.server.settingsFile, 'utf8').includes('through'));
    await workbench.screenshot('http-proxy');
    await view.pressInline(name, 'Disconnect');
    await view.waitForRow(name, /^[^/]*$/);
  });

  it('go through a SOCKS 5 proxy', async () => {
    const name = 'socks proxy';
    await writeByHand('http proxy', { name, proxy: `socks5://127.0.0.1:${socksProxy.port}` });
    await view.contextMenu(name, 'Set Password…');
    await workbench.quickInput.answer('Password for', user.password);
    await connect(workbench, name);
    assert.deepEqual(socksProxy.asked, [`127.0.0.1:${broker.port}`]);
    await view.pressInline(name, 'Disconnect');
    await view.waitForRow(name, /^[^/]*$/);
  });

  it('take a client key that a passphrase opens, which is asked for until it does', async () => {
    await workbench.runCommand('MQTT: Add Connection…');
    const { quickInput } = workbench;
    await quickInput.answer('Name of the connection', 'device');
    await quickInput.pick('How to get to the server', 'MQTT over TLS');
    await quickInput.answer("Host: the server's name or address", '127.0.0.1');
    await quickInput.answer('Port', String(strictPort));
    await quickInput.pick('Who may vouch', 'Authorities in a file…');
    await quickInput.answer('File with the authorities', files.file('authority.pem'));
    await quickInput.pick('Certificate to show to the server', 'Certificate and key…');
    await quickInput.answer('File with the client certificate', files.file('device.pem'));
    await quickInput.answer('File with its key', files.file('device.encrypted.key'));
    await quickInput.pick('Protocol version', 'MQTT 5.0');
    await quickInput.answer('User name', '');
    await quickInput.pick('Where to save the connection', 'User settings');
    await view.pressInline('device', 'Connect');
    await view.waitForRow('device', /^passphrase needed for device\.encrypted\.key/);
    await workbench.answerNotification('no passphrase is stored', 'Enter Passphrase…');
    assert.equal(await quickInput.isPassword(), true);
    await quickInput.answer('Passphrase of', 'wrong');
    await view.waitForRow('device', /^wrong passphrase for device\.encrypted\.key/);
  });

  it('are told of in full where the sidebar is too narrow for the reason', async () => {
    await workbench.clearNotifications();
    await workbench.page.setViewportSize({ width: 560, height: 1000 });
    for (const theme of ['dark', 'light', 'high contrast'] as const) {
      await workbench.setTheme(theme);
      await workbench.screenshot(`narrow-${theme.replace(' ', '-')}`);
    }
    const hover = workbench.page.locator('.monaco-hover:visible', { hasText: 'device' }).first();
    const told = await restOn(workbench.page, view.row('device'), hover);
    assert.match(told, /Enter the passphrase again\./);
    await workbench.screenshot('narrow-tooltip');
    await view.contextMenu('device', 'Show Details');
    assert.match(
      await workbench.dialog(),
      /device: not connected, wrong passphrase[^]*Enter the passphrase again\./,
    );
    await workbench.screenshot('details');
    await workbench.answerDialog('Copy');
    await workbench.page.waitForFunction(async () =>
      (await navigator.clipboard.readText()).includes('Enter the passphrase again.'),
    );
    await workbench.setTheme('dark');
    await workbench.page.setViewportSize({ width: 1280, height: 1000 });
  });

  it('lead on from the details of a failure', async () => {
    await view.contextMenu('device', 'Show Details');
    await workbench.dialog();
    await workbench.answerDialog('Enter Passphrase…');
    await workbench.quickInput.answer('Passphrase of', files.passphrase);
    await view.waitForRow('device', '/s');
    await strict.logged(/New client connected from 127\.0\.0\.1/);
    await view.contextMenu('device', 'Copy Address');
    await copied(workbench, `mqtts://127.0.0.1:${strictPort}`);
    const settings = fs.readFileSync(workbench.server.settingsFile, 'utf8');
    assert.ok(!settings.includes(files.passphrase), settings);
  });

  it('leave nothing uncaught behind', () => assert.deepEqual(workbench.errors(), []));
});

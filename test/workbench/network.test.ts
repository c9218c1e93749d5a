import { strict as assert } from 'node:assert';
import * as fs from 'node:fs';
import { CertificateFolder } from '../support/certificates';
import { freePort } from '../support/freePort';
import { type Mosquitto, startMosquitto } from '../support/mosquitto';
import { requirePeer } from '../support/peers';
import type { ViewPane } from '../support/viewPane';
import type { Workbench } from '../support/workbench';
import { connect } from './person';
import { sharedWorkbench } from './sharedWorkbench';

describe('A connection over TLS in real VS Code', function () {
  this.timeout(120_000);
  const files = new CertificateFolder();
  let port: number;
  let broker: Mosquitto;
  let workbench: Workbench;
  let view: ViewPane;

  before(async function () {
    requirePeer(this, 'chromium', 'mosquitto');
    files.certificate('self', 'self', { hosts: 'IP:127.0.0.1,DNS:localhost' });
    port = await freePort();
    broker = await startMosquitto({
      configuration: [
        `listener ${port} 127.0.0.1`,
        `certfile ${files.file('self.pem')}`,
        `keyfile ${files.file('self.key')}`,
      ],
    });
    workbench = await sharedWorkbench({
      suite: 'network',
      viewport: { width: 1280, height: 900 },
    });
    view = workbench.view('Connections');
    await workbench.openContainer('MQTT');
  });
  after(async () => {
    await broker?.stop();
    files.remove();
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench.screenshot(`failed-${this.currentTest.title}`);
  });

  it('is added with a URL in the place of the host, and says whose certificate it does not trust', async () => {
    await workbench.runCommand('MQTT: Add Connection…');
    const { quickInput } = workbench;
    await quickInput.answer('Name of the connection', 'secure');
    await quickInput.waitFor('How to get to the server');
    await workbench.screenshot('transports');
    await quickInput.pick('How to get to the server', 'MQTT over TCP');
    await quickInput.answer("Host: the server's name or address", `mqtts://127.0.0.1:${port}`);
    await quickInput.waitFor('Who may vouch');
    await workbench.screenshot('server-certificate');
    await quickInput.pick('Who may vouch', 'Authorities of this computer');
    await quickInput.pick('Certificate to show to the server', 'No client certificate');
    await quickInput.pick('Protocol version', 'MQTT 5.0');
    await quickInput.answer('User name', '');
    await quickInput.pick('Where to save the connection', 'User settings');
    await view.waitForRow('secure', `mqtts://127.0.0.1:${port} · 5.0`);

    await view.pressInline('secure', 'Connect');
    await view.waitForRow('secure', 'certificate is self-signed');
    const toast = await workbench.notification('is not trusted, so nothing was sent');
    assert.match(
      (await toast.textContent()) ?? '',
      /Nobody vouches for its certificate\. Its certificate is for CN=self, O=Acme, signed by itself.*SHA-256 fingerprint/,
    );
    await workbench.screenshot('self-signed');
  });

  it('connects with the certificate that is chosen as authority', async () => {
    await workbench.answerNotification('is not trusted', 'Edit Connection…');
    const { quickInput } = workbench;
    for (const step of ['Name of the connection', 'How to get to the server']) {
      await quickInput.waitFor(step);
      await quickInput.accept();
    }
    for (const step of ["Host: the server's name or address", 'Port']) {
      await quickInput.waitFor(step);
      await quickInput.accept();
    }
    await quickInput.pick('Who may vouch', 'Authorities in a file…');
    await quickInput.waitFor('File with the authorities');
    await workbench.screenshot('authorities');
    // Here VS Code draws its own file dialog, in the place of the question.
    await workbench.page.getByRole('button', { name: 'Browse…' }).click();
    await quickInput.waitForLabel('..');
    await quickInput.type(`${files.folder}/`);
    await quickInput.choose('self.pem');
    await quickInput.waitFor('File with the authorities');
    assert.equal(await quickInput.value(), files.file('self.pem'));
    await quickInput.accept();
    await quickInput.pick('Certificate to show to the server', 'No client certificate');
    await quickInput.pick('Protocol version', 'MQTT 5.0');
    await quickInput.answer('User name', '');
    await quickInput.pick('Save the connection', 'Save');
    await view.waitForRow('secure', `mqtts://127.0.0.1:${port} · 5.0`);
    await connect(workbench, 'secure');
    await view.setExpanded('secure', true);
    await view.waitForRow('session: new', /^TLS 1\.3 · 60 s keep alive/);
    const settings = fs.readFileSync(workbench.server.settingsFile, 'utf8');
    assert.match(settings, /"transport": "tls"/);
    await workbench.screenshot('connected');
  });

  it('says that it is insecure where nothing is verified', async () => {
    await view.pressInline('secure', 'Disconnect');
    await view.waitForRow('secure', /^[^/]*\/\/[^/]*$/);
    await view.contextMenu('secure', 'Edit Connection…');
    const { quickInput } = workbench;
    for (const step of [
      'Name of the connection',
      'How to get to the server',
      "Host: the server's name or address",
      'Port',
    ]) {
      await quickInput.waitFor(step);
      await quickInput.accept();
    }
    await quickInput.pick('Who may vouch', 'Do not verify');
    await quickInput.pick('Certificate to show to the server', 'No client certificate');
    await quickInput.pick('Protocol version', 'MQTT 5.0');
    await quickInput.answer('User name', '');
    await quickInput.pick('Save the connection', 'Save');
    const row = await view.waitForRow('secure', /^insecure · /);
    assert.match(row.ariaLabel, /^secure, insecure, not connected/);
    await connect(workbench, 'secure');
    await workbench.screenshot('insecure');
  });

  it('leaves nothing uncaught behind', () => assert.deepEqual(workbench.errors(), []));
});

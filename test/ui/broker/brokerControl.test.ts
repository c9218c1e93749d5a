import * as assert from 'node:assert/strict';
import { fakeVscode } from '../../support/vscodeFake';
import type { BrokerSettingName } from '../../../src/contributions/brokerSettings';
import { BrokerControl, NetworkConsent, offerRestart } from '../../../src/ui/broker/brokerControl';
import { eventually } from '../../support/eventually';
import { BrokerWindow, settings as settingsOf } from './brokerWindow';

const { window: shown, workspace, commands, env } = fakeVscode;

function control() {
  const window = new BrokerWindow();
  const log: string[] = [];
  const note = (line: string) => void log.push(line);
  const settings = (): Record<string, unknown> => ({ ...window.written });
  const subject = new BrokerControl({
    local: window.local,
    users: window.users,
    read: (name: BrokerSettingName) => settingsOf(window.written)(name),
    write: (name: BrokerSettingName, value: unknown) => {
      window.written = { ...settings(), [name]: value };
      return Promise.resolve();
    },
    consent: new NetworkConsent(window.users),
    log: { info: note, warn: note, error: note },
  });
  shown.messages.length = 0;
  shown.press = undefined;
  commands.executed.length = 0;
  return { window, subject, log };
}

const told = () => shown.messages.map(({ kind, text }) => `${kind}: ${text}`);

describe('Commands about the local broker', () => {
  afterEach(() => {
    workspace.isTrusted = true;
    shown.press = undefined;
    shown.toastsStay = false;
  });

  it('start it on another port where one is in use, and remember that', async () => {
    const { window, subject, log } = control();
    window.taken.add(1883);
    shown.press = 'Use Port 1884';
    await subject.startBroker();
    await new Promise((resolve) => setImmediate(resolve));
    assert.match(
      told().join(),
      /^error: The local broker was not started: port 1883 \(MQTT\) is in use by mosquitto/,
    );
    assert.deepEqual(shown.messages[0]?.buttons, ['Use Port 1884', 'Try Again', 'Open Settings']);
    assert.deepEqual(window.written, { 'broker.tcpPort': 1884 });
    assert.deepEqual(commands.executed, ['mqttWorkbench.startBroker']);
    assert.equal(log.length, 1);
  });

  it('offer no port that another listener of the broker has', async () => {
    const { window, subject } = control();
    window.written = { 'broker.listeners': ['ws', 'tcp'], 'broker.wsPort': 8083, 'broker.tcpPort': 8084 };
    window.taken.add(8083);
    await subject.startBroker();
    assert.equal(shown.messages[0]?.buttons[0], 'Use Port 8085');
  });

  it('do not open it to the network before a person has agreed', async () => {
    const { window, subject } = control();
    await subject.openBrokerToNetwork();
    assert.deepEqual(told(), ['warning: Let everybody in the network use the local broker?']);
    assert.deepEqual(shown.messages[0]?.buttons, ['Add User…', 'Start Without a Password']);
    assert.deepEqual([window.written, window.local.state.kind], [{}, 'stopped']);
  });

  it('open it once a person has agreed, and show its addresses', async () => {
    const { window, subject } = control();
    shown.press = 'Start Without a Password';
    await subject.openBrokerToNetwork();
    assert.deepEqual(window.written, { 'broker.host': '0.0.0.0' });
    assert.equal(window.local.state.kind, 'running');
    assert.deepEqual(commands.executed, ['mqttWorkbench.showBrokerAddresses']);
    shown.messages.length = 0;
    await subject.closeBrokerToNetwork();
    assert.deepEqual([window.written, told()], [{ 'broker.host': '127.0.0.1' }, []]);
    assert.equal(window.local.state.kind, 'running');
  });

  it('ask nothing where every device needs a password', async () => {
    const { window, subject } = control();
    await window.users.add('ada', 'secret');
    await subject.openBrokerToNetwork();
    assert.deepEqual([told(), window.local.state.kind], [[], 'running']);
  });

  it('add a user, and go on at once: what waits for that does not wait for the notification', async () => {
    const { window, subject } = control();
    shown.toastsStay = true;
    shown.boxes.length = 0;
    const added = subject.addBrokerUser();
    for (const answer of ['ada', 'secret']) {
      const box = await eventually(
        () => Promise.resolve(shown.boxes.shift()),
        (found) => assert.ok(found),
      );
      assert.ok(box);
      box.value = answer;
      box.accepted.fire();
    }
    await added;
    assert.match(told().join(), /^information: The user "ada" is known to the local broker from now on\./);
    assert.deepEqual([...((await window.users.all()) ?? new Map()).keys()], ['ada']);
  });

  it('do not offer a user where that would keep nobody out', async () => {
    const { window, subject } = control();
    window.written = { 'broker.anonymous': 'always' };
    await window.users.add('ada', 'secret');
    await subject.openBrokerToNetwork();
    assert.deepEqual(shown.messages[0]?.buttons, ['Start Without a Password']);
    assert.equal(window.local.state.kind, 'stopped');
  });

  it('say how many clients another address disconnects, and ask where nothing else is asked', async () => {
    const { window, subject } = control();
    await window.users.add('ada', 'secret');
    window.written = { 'broker.anonymous': 'loopback' };
    await subject.startBroker();
    await window.device(4, '127.0.0.1').connect('dev');
    await subject.openBrokerToNetwork();
    assert.deepEqual(told(), ['warning: Make the local broker reachable from the network?']);
    assert.match(
      shown.messages[0]?.detail ?? '',
      /disconnects 1 client; sessions and retained messages stay\.$/,
    );
    assert.equal(window.written['broker.host'], undefined);
    shown.press = 'Restart Local Broker';
    await subject.openBrokerToNetwork();
    assert.equal(window.written['broker.host'], '0.0.0.0');
    shown.messages.length = 0;
    await window.device(4, '127.0.0.1').connect('dev');
    shown.press = undefined;
    await subject.closeBrokerToNetwork();
    assert.match(told().join(), /^warning: Limit the local broker to this computer\?$/);
    assert.equal(window.written['broker.host'], '0.0.0.0');
  });

  it('say it in the question that comes anyway', async () => {
    const { window, subject } = control();
    await subject.startBroker();
    for (const name of ['one', 'two']) await window.device().connect(name);
    await subject.openBrokerToNetwork();
    assert.equal(shown.messages.length, 1);
    assert.match(shown.messages[0]?.detail ?? '', /disconnects 2 clients; sessions/);
  });

  it('open nothing to the network in a workspace that is not trusted', async () => {
    const { window, subject } = control();
    workspace.isTrusted = false;
    await subject.openBrokerToNetwork();
    assert.match(told().join(), /this workspace is not trusted\. Trust the workspace, or limit the broker/);
    assert.deepEqual([window.written, window.local.state.kind], [{}, 'stopped']);
  });

  it('open the settings where they are kept: in a remote window, those of that machine', async () => {
    const { subject } = control();
    await subject.openBrokerSettings();
    env.remoteName = 'wsl';
    try {
      await subject.openBrokerSettings();
    } finally {
      env.remoteName = undefined;
    }
    assert.deepEqual(commands.executed, [
      'workbench.action.openSettings',
      'workbench.action.openRemoteSettings',
    ]);
  });

  it('say how many clients a restart disconnects that settings need', async () => {
    control();
    await offerRestart(2);
    await offerRestart(0);
    assert.match(told()[0] ?? '', /^warning: Settings .* it disconnects 2 clients; sessions and retained/);
    assert.match(told()[1] ?? '', /no client is connected now; sessions/);
    assert.deepEqual(shown.messages[0]?.buttons, ['Restart Local Broker']);
  });
});

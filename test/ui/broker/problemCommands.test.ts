import * as assert from 'node:assert/strict';
import { fakeVscode } from '../../support/vscodeFake';
import { brokerContext } from '../../../src/ui/broker/brokerContext';
import { LocalBrokerNode } from '../../../src/ui/broker/brokerNodes';
import { ProblemNode } from '../../../src/ui/broker/problemNode';
import { problemRow } from '../../../src/ui/broker/clientRow';
import { ProblemCommands } from '../../../src/ui/broker/problemCommands';
import { BrokerWindow, settings } from './brokerWindow';

const { env } = fakeVscode;

/** A broker at which a device has sent a CONNECT with a reserved flag. */
async function withProblem() {
  const window = new BrokerWindow();
  const { local, problems, clock } = window;
  await local.start();
  await window.device().send([0x10, 13, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 3, 0, 60, 0, 1, 0x64]);
  const shown: number[] = [];
  let quiet = 0;
  const commands = new ProblemCommands({
    problems,
    inspect: (sequence) => void shown.push(sequence),
    beQuiet: () => Promise.resolve(void quiet++),
  });
  const root = new LocalBrokerNode({ local, problems, clock });
  const node = root.children().at(-1)?.children()?.[0];
  assert.ok(node instanceof ProblemNode);
  return { window, problems, commands, node, shown, quiet: () => quiet };
}

describe('The menu of a problem at the local broker', () => {
  it('shows its packet, copies it, dismisses it, and ends notifications', async () => {
    const { window, problems, commands, node, shown, quiet } = await withProblem();
    await commands.showBrokerProblem(node);
    assert.deepEqual(
      shown.map((sequence) => window.rowText(sequence).split(' ').slice(-2)),
      [['in', 'CONNECT']],
    );
    await commands.copyBrokerProblem(node);
    assert.match(env.clipboard.text, /^\d{4}-.*Z .*192\.168\.1\.31.*: .*\[MQTT-3\.1\.2-3\]/s);
    await commands.quietBrokerProblems();
    assert.equal(quiet(), 1);
    await commands.dismissBrokerProblem(node);
    assert.deepEqual(problems.all(), []);
    // The row may be gone before the command runs.
    await commands.dismissBrokerProblem(node);
    await commands.showBrokerProblem(node);
    assert.equal(shown.length, 1);
  });

  it('is of a row that does not repeat the address of who has an identifier', async () => {
    const { problems } = await withProblem();
    const [problem] = problems.all();
    assert.ok(problem);
    assert.equal(problemRow({ ...problem, clientIdentifier: 'd', who: 'd (192.168.1.31)' }).label, 'd');
    assert.equal(
      problemRow({ ...problem, clientIdentifier: undefined, who: '192.168.1.31' }).label,
      '192.168.1.31',
    );
  });
});

describe('What menus about the local broker depend on', () => {
  it('is how it runs, and where it does not what the settings say', async () => {
    const window = new BrokerWindow();
    const context = (written = {}) => brokerContext(window.local, settings(written));
    const usual = { brokerReachable: false, brokerTls: false, brokerQuiet: false };
    assert.deepEqual(context(), usual);
    const others = { 'broker.host': '0.0.0.0', 'broker.listeners': ['tcp', 'wss'], 'broker.quiet': true };
    assert.deepEqual(context(others), { brokerReachable: true, brokerTls: true, brokerQuiet: true });
    await window.local.start();
    assert.deepEqual(context(others), { ...usual, brokerQuiet: true });
    assert.deepEqual(context({ 'broker.listeners': 'no list' }), usual);
  });
});

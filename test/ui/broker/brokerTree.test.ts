import * as assert from 'node:assert/strict';
import '../../support/vscodeFake';
import { isArgument } from '../../../src/contributions/arguments';
import type { BrokerNode } from '../../../src/ui/broker/brokerNode';
import { BrokerTree } from '../../../src/ui/broker/brokerTree';
import { a } from '../../support/packets';
import { BrokerWindow } from './brokerWindow';

/** Draws what VS Code would: a row and all below it. */
function draw(tree: BrokerTree, node: BrokerNode): void {
  tree.item(node);
  for (const child of tree.children(node)) draw(tree, child);
}

async function shown() {
  const window = new BrokerWindow();
  const { local, problems, clock } = window;
  const tree = new BrokerTree({ local, problems, clock });
  await local.start();
  tree.roots(true);
  draw(tree, tree.root);
  const events: (readonly string[])[] = [];
  tree.onDidChange((nodes) => {
    events.push((nodes ?? []).map(({ id }) => id));
    for (const node of nodes ?? []) draw(tree, node);
  });
  return { window, tree, events };
}

const breaksRule = [0x10, 13, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 3, 0, 60, 0, 1, 0x64];

describe('The rows of the local broker', () => {
  it('are drawn anew where they changed: a problem that comes leaves the others as they are', async () => {
    const { window, tree, events } = await shown();
    await window.device().send(breaksRule);
    tree.tick();
    tree.tick();
    assert.deepEqual(events, [['broker/problems']]);
    tree.dispose();
  });

  it('are drawn in one event, and nothing twice that is below a row', async () => {
    const { window, tree, events } = await shown();
    await window.device().connect('a');
    await window.device().send(breaksRule);
    tree.tick();
    assert.deepEqual(events, [['broker']]);
    tree.dispose();
  });

  it('are all drawn anew once a second at most, so that a press on one is not lost again and again', async () => {
    const { window, tree, events } = await shown();
    const { clock } = window;
    await window.device().connect('a');
    tree.tick();
    await window.device().connect('b');
    await window.device().send(breaksRule);
    tree.tick();
    assert.deepEqual(events, [['broker'], ['broker/problems']]);
    await clock.pass(1_000);
    tree.tick();
    assert.deepEqual(events.at(-1), ['broker']);
    tree.dispose();
  });

  it('show more of a long list where its last row is pressed, which is all that is drawn anew', async () => {
    const { window, tree, events } = await shown();
    const client = window.device();
    await client.connect('a');
    for (let number = 0; number < 501; number++) {
      await client.sendPacket(a.publish(`node-${number}`, 0, 0, { retain: true }));
    }
    await window.clock.pass(1_000);
    tree.tick();
    events.length = 0;
    const [, list] = tree.children(tree.root);
    const more = list?.children()?.at(-1) ?? assert.fail();
    const { label, command } = tree.item(more);
    assert.equal(label, '1 more message');
    assert.equal(command?.command, 'mqttWorkbench.showMoreBrokerRows');
    const row: unknown = command.arguments?.[0];
    assert.ok(isArgument('brokerRow', row));
    tree.showMore(row);
    assert.deepEqual(events, [['broker/retained']]);
    assert.equal(list?.children()?.at(-1)?.row().label, 'node-500');
    tree.dispose();
  });
});
